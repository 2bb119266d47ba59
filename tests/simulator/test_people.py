"""Phone numbers, cards and rhythms: the small parts the world is built from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import phonenumbers
import pytest

from cjm_tracker.simulator.clock import CALLS, STORE, WEB, Rhythm, settle, when_open
from cjm_tracker.simulator.phones import national, phone_number
from cjm_tracker.simulator.shop import PRODUCTS, SHOP_TIME


@pytest.mark.parametrize("country", ["BG", "RU", "GB"])
def test_phone_numbers_are_valid_and_differ(country: str) -> None:
    numbers = [phone_number(country, ordinal) for ordinal in range(1, 500)]
    assert len(set(numbers)) == len(numbers)
    for number in numbers:
        assert phonenumbers.is_valid_number(phonenumbers.parse(number))
        read = phonenumbers.parse(national(number, country), country)
        e164 = phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164)
        assert e164 == number


def test_national_numbers_look_like_at_home() -> None:
    assert national("+359880123456", "BG") == "0880 123 456"
    assert national("+79160123456", "RU") == "8 (916) 012-34-56"
    assert national("+447400123456", "GB") == "07400 123456"


@pytest.mark.parametrize("rhythm", [WEB, CALLS, STORE])
def test_settling_never_goes_back_in_time(rhythm: Rhythm) -> None:
    rng = Random(5)
    for hours in range(0, 24 * 14, 5):
        moment = datetime(2026, 3, 20, tzinfo=UTC) + timedelta(hours=hours)
        settled = settle(rng, moment, rhythm)
        local = settled.astimezone(SHOP_TIME)
        assert settled >= moment
        assert rhythm.hours[local.hour] > 0
        assert rhythm.days[local.weekday()] > 0


def test_the_call_centre_is_closed_on_sundays() -> None:
    sunday = datetime(2026, 3, 22, 10, tzinfo=UTC)
    assert when_open(Random(1), sunday, CALLS).astimezone(SHOP_TIME).weekday() == 0
    monday = datetime(2026, 3, 23, 10, tzinfo=UTC)
    assert when_open(Random(1), monday, CALLS) == monday


def test_article_numbers_have_a_correct_check_digit() -> None:
    for product in PRODUCTS:
        digits = [int(digit) for digit in product.gtin]
        weights = [3 if place % 2 == 0 else 1 for place in range(14)]
        assert len(digits) == 14
        assert sum(d * w for d, w in zip(digits, weights, strict=True)) % 10 == 0
