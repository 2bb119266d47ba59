from __future__ import annotations

import pytest

from cjm_tracker.touchpoints.arrival import arrival


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({}, "direct"),
        ({"utm_medium": "cpc", "utm_source": "google"}, "paid_search"),
        ({"utm_medium": "CPC", "utm_source": "Facebook"}, "paid_social"),
        ({"utm_medium": "newsletter"}, "email"),
        ({"utm_medium": "affiliates", "referrer_host": "google.bg"}, "affiliate"),
        ({"utm_medium": "hologram", "referrer_host": "duckduckgo.com"}, "organic_search"),
        ({"click_id": "gclid", "referrer_host": "google.bg"}, "paid_search"),
        ({"click_id": "yclid"}, "paid_search"),
        ({"click_id": "fbclid", "referrer_host": "l.facebook.com"}, "social"),
        ({"click_id": "unheard_of"}, "direct"),
        ({"referrer_host": "www.google.co.uk"}, "organic_search"),
        ({"referrer_host": "google.bg"}, "organic_search"),
        ({"referrer_host": "yandex.ru"}, "organic_search"),
        ({"referrer_host": "ya.ru"}, "organic_search"),
        ({"referrer_host": "mail.google.com"}, "email"),
        ({"referrer_host": "m.vk.com"}, "social"),
        ({"referrer_host": "t.co"}, "social"),
        ({"referrer_host": "l.instagram.com"}, "social"),
        ({"referrer_host": "forum.example"}, "referral"),
        ({"referrer_host": "t.example"}, "referral"),
        ({"referrer_host": "google.example.com"}, "referral"),
        ({"referrer_host": "www.shop.example", "host": "shop.example"}, ""),
        ({"utm_source": "google"}, "organic_search"),
        ({"utm_source": "spring_flyer"}, "referral"),
    ],
    ids=str,
)
def test_how_a_visitor_came(attributes: dict[str, str], expected: str) -> None:
    assert arrival(attributes) == expected
