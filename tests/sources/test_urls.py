"""Click ids: the name of one is kept, its value never."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from cjm_tracker.events import Record
from cjm_tracker.sources import FormatOptions, format_named
from cjm_tracker.sources.urls import CLICK_IDS, campaign_in, click_id_in
from cjm_tracker.touchpoints import arrival

RECORDS = Path(__file__).parents[1] / "records"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("https://www.lamps.example/desk?gclid=EAIaIQ", "gclid"),
        ("https://www.lamps.example/desk?a=1&fbclid=IwAR0#top", "fbclid"),
        ("utm_source=x;yclid=77", "yclid"),
        ("li_fat_id=1", "li_fat_id"),
        ("https://www.lamps.example/desk?gclid=", None),
        ("https://www.lamps.example/desk?gclid=&msclkid=5", "msclkid"),
        ("https://www.lamps.example/gclid=5", None),
        ("https://www.lamps.example/?notgclid=5", None),
        ("https://www.lamps.example/?next=gclid", None),
        ("", None),
        (None, None),
    ],
)
def test_which_click_id_an_address_carries(written: str | None, name: str | None) -> None:
    assert click_id_in(written) == name


def test_a_query_says_campaign_and_click_id_and_nothing_else() -> None:
    query = "utm_source=google&utm_medium=cpc&gclid=EAIaIQ&email=ann@shop.example"
    found = campaign_in(query)
    assert found == {"utm_source": "google", "utm_medium": "cpc", "click_id": "gclid"}
    assert campaign_in("gclid=EAIaIQ") == {"click_id": "gclid"}
    assert campaign_in("q=lamp") == {}


@pytest.mark.parametrize("name", CLICK_IDS)
def test_every_click_id_tells_how_a_visitor_came(name: str) -> None:
    assert arrival.arrival({"click_id": name}) != "direct"


def test_those_that_are_looked_for_are_those_that_are_understood() -> None:
    assert set(CLICK_IDS) == set(arrival.CLICK_IDS)


@pytest.mark.parametrize(
    ("format_name", "payload", "old", "new"),
    [
        ("segment", "page_from_an_ad.json", "?utm_medium=cpc", "?utm_medium=cpc&gclid=Cj0KCQ"),
        ("ga4", "page_view_from_a_mail.jsonl", "?for=mila", "?gclid=Cj0KCQ"),
        ("ga4", "page_view_from_a_mail.jsonl", '"manual_source"',
         '"gclid": "Cj0KCQ", "manual_source"'),
        ("posthog", "pageview_of_somebody_unknown.json", '"gclid": null', '"gclid": "Cj0KCQ"'),
        ("posthog", "pageview_of_somebody_unknown.json", "?utm_source=mail", "?gclid=Cj0KCQ"),
        ("snowplow", "page_view_from_a_mail.tsv", "?utm_source=mail", "?gclid=Cj0KCQ"),
        ("apache_combined", "page_without_its_query.txt", "?", "?gclid=Cj0KCQ&"),
        ("shopify", "cart_checkout_and_order_share_a_cookie.jsonl", "?utm_source",
         "?gclid=Cj0KCQ&utm_source"),
    ],
)  # fmt: skip
def test_formats_keep_the_name_and_not_the_value(
    format_name: str, payload: str, old: str, new: str
) -> None:
    format_, options = format_named(format_name), FormatOptions()
    written = (RECORDS / format_name / payload).read_text(encoding="utf-8")
    assert old in written
    frames = format_.frames(io.BytesIO(written.replace(old, new, 1).encode()))
    events = [one for value in frames for one in format_.parse(Record("", 0, 0, 0, value), options)]
    assert "gclid" in [event.attributes.get("click_id") for event in events]
    assert "Cj0KCQ" not in str(events)
