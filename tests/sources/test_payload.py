from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.sources import payload

SOFIA = ZoneInfo("Europe/Sofia")


def reason_of(call, *arguments) -> str:
    with pytest.raises(InvalidRecord) as caught:
        call(*arguments)
    return caught.value.reason


# --- clocks


@pytest.mark.parametrize(
    ("written", "zone", "utc"),
    [
        ("1970-01-01T00:00:00Z", None, "1970-01-01T00:00:00.000"),
        ("1969-12-31T23:59:59.999Z", None, "1969-12-31T23:59:59.999"),
        ("2026-03-02T10:00:00.123999Z", None, "2026-03-02T10:00:00.123"),
        ("2026-03-02T10:00:00,5+00:00", None, "2026-03-02T10:00:00.500"),
        ("2026-03-02 10:00:00-11:30", None, "2026-03-02T21:30:00.000"),
        ("20260302T100000Z", None, "2026-03-02T10:00:00.000"),
        ("9999-12-31T23:59:59.999Z", None, "9999-12-31T23:59:59.999"),
        ("2026-03-02", SOFIA, "2026-03-01T22:00:00.000"),
        ("2026-07-02T10:00:00", SOFIA, "2026-07-02T07:00:00.000"),
        ("2026-07-02T10:00:00Z", SOFIA, "2026-07-02T10:00:00.000"),
    ],
)
def test_times_become_milliseconds_of_utc(written: str, zone: ZoneInfo | None, utc: str) -> None:
    moment = datetime.fromisoformat(utc + "+00:00")
    assert payload.instant(written, "at", zone) == (
        moment - datetime(1970, 1, 1, tzinfo=UTC)
    ) // timedelta(milliseconds=1)


def test_in_the_hour_that_autumn_repeats_the_first_one_is_meant() -> None:
    # 2026-10-25: 04:00 summer time becomes 03:00; 03:30 comes at 00:30 and at 01:30 UTC.
    assert payload.instant("2026-10-25T03:30:00", "at", SOFIA) == payload.instant(
        "2026-10-25T00:30:00Z", "at"
    )


def test_a_time_in_the_hour_that_spring_leaves_out_is_read_as_just_before_it() -> None:
    # 2026-03-29: 03:00 becomes 04:00; a till whose clock was late writes 03:30, meaning 04:30.
    assert payload.instant("2026-03-29T03:30:00", "at", SOFIA) == payload.instant(
        "2026-03-29T04:30:00", "at", SOFIA
    )


@pytest.mark.parametrize(
    "written",
    [
        "", " ", "yesterday", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "24:00",
        "2026-03-02T24:00:00Z", "2026-03-02T23:59:60Z", "2026-03-02T10:00:00+25:00", "1772446080",
        "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00", "2026-03-02T10:00:00",
        "10000-01-01T00:00:00Z", "२०२६-०३-०२T10:00:00Z",
    ],
)  # fmt: skip
def test_what_is_no_instant_is_a_bad_field(written: str) -> None:
    assert reason_of(payload.instant, written, "at") == "bad_field"


def test_milliseconds_never_pass_through_a_float() -> None:
    moment = datetime(2026, 3, 2, 10, 0, 0, 1000, tzinfo=timezone(timedelta(hours=2)))
    assert payload.milliseconds(moment) == 1_772_438_400_001


# --- money and numbers


@pytest.mark.parametrize(
    ("written", "value"),
    [("19.99", "19.99"), (0.1, "0.1"), (-3, "-3"), ("1e3", "1000"), (0, "0"), ("0.0001", "0.0001"),
     ("999999999999.99", "999999999999.99"), (434.99999999999994, "435"), ("-19.99996", "-20"),
     ("0.00005", "0"), ("1e-999999", "0")],
)  # fmt: skip
def test_amounts_are_exact(written: str | float, value: str) -> None:
    assert payload.amount(written, "sum") == Decimal(value)


@pytest.mark.parametrize(
    "written",
    ["NaN", "sNaN", "Infinity", "-Infinity", float("nan"), float("inf"), "1e999", "-1e1000000",
     "1e1000000", "1000000000000", "-1000000000000", "", "12,50", "€ 5", "1e99999999999999999999"],
)  # fmt: skip
def test_what_is_no_money_is_a_bad_field(written: str | float) -> None:
    assert reason_of(payload.amount, written, "sum") == "bad_field"


@pytest.mark.parametrize("written", ["", "1.5", "six", "1000000001", "9" * 400, "9" * 5000])
def test_what_is_no_count_is_a_bad_field(written: str) -> None:
    assert reason_of(payload.whole, written, "n") == "bad_field"


def test_whole_numbers_may_be_negative() -> None:
    assert payload.whole("-12", "n") == -12


# --- ids


def test_natural_ids_of_different_parts_differ_though_the_text_is_the_same() -> None:
    assert payload.natural_id(["a", "bc"]) != payload.natural_id(["ab", "c"])


def test_natural_ids_of_an_empty_part_and_of_none_differ() -> None:
    assert payload.natural_id(["a", ""]) != payload.natural_id(["a"])


def test_natural_ids_do_not_tell_text_from_its_bytes() -> None:
    assert payload.natural_id(["дом"]) == payload.natural_id(["дом".encode()])


def test_natural_ids_stay_what_they_were() -> None:
    # Stored ids depend on it: a change makes every event of old logs a new one.
    assert payload.natural_id(["online_retail", "536365"]) == "0f60329fee0d16e15c9c4fef79e373e3"


@pytest.mark.parametrize(
    ("given", "reason"), [("", "missing_field"), (" \t", "missing_field"), ("x" * 201, "bad_field")]
)
def test_a_useless_id_is_refused(given: str, reason: str) -> None:
    assert reason_of(payload.event_id, given, "id") == reason


# --- attributes


def test_absent_attributes_are_left_out() -> None:
    assert payload.attributes(a=None, b="", c=0, d=False) == {"c": "0", "d": "False"}


def test_overlong_attributes_are_cut() -> None:
    assert payload.attributes(a="x" * 5000) == {"a": "x" * 1000}


@pytest.mark.parametrize("nested", [["x"], {"x": 1}, [[]]])
def test_lists_and_objects_are_no_attributes(nested: object) -> None:
    assert payload.attributes(a=nested) == {}


def test_a_value_nested_beyond_pythons_stack_is_no_attribute() -> None:
    document = payload.json_object(b'{"a":' + b"[" * 1000 + b"]" * 1000 + b"}")
    assert payload.attributes(a=document["a"]) == {}


# --- JSON


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"{} {}", "not_json"),
        (b'{"a": NaN}', "not_json"),
        (b'{"a": Infinity}', "not_json"),
        (b'{"a": 1e999}', "not_json"),
        (b"{'a': 1}", "not_json"),
        (b'{"a": "\\ud800"}', "not_json"),
        (b"\xef\xbb\xbf{}", "not_json"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "not_json"),
        (b'{"a": "\xff"}', "not_utf8"),
        (b"\xff\xfe{\x00}\x00", "not_utf8"),
        (b"[]", "wrong_layout"),
        (b"17", "wrong_layout"),
        (b'"text"', "wrong_layout"),
        (b"null", "wrong_layout"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_no_json_object_is_refused_with_its_reason(value: bytes, reason: str) -> None:
    assert reason_of(payload.json_object, value) == reason


def test_the_detail_of_a_bad_field_never_shows_its_value() -> None:
    class Model(payload.Payload):
        age: int

    with pytest.raises(InvalidRecord) as caught:
        payload.checked(Model, {"age": "ana@shop.example"})
    assert "age" in caught.value.detail and "ana" not in caught.value.detail


def test_nan_is_no_number_of_a_payload() -> None:
    class Model(payload.Payload):
        score: float

    assert reason_of(payload.checked, Model, {"score": float("nan")}) == "bad_field"


# --- CSV


@pytest.mark.parametrize(
    "value", [b"a", b"a,b,c", b"a\rb,c", b"", b"a,b\n\nc,d", b"x" * 140_000 + b",b"],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
def test_rows_of_another_width_are_refused(value: bytes) -> None:
    assert reason_of(payload.csv_rows, value, 2) == "wrong_layout"


def test_quoted_fields_may_hold_the_delimiter() -> None:
    assert payload.csv_rows(b'"a,b",c\nd,"e ""f"""', 2) == [["a,b", "c"], ["d", 'e "f"']]


def test_csv_that_is_not_utf8_is_refused() -> None:
    assert reason_of(payload.csv_rows, b"a,\xff", 2) == "not_utf8"


# --- XML

BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a0 "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
    + b"]><z>&a11;</z>"
)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (BILLION_LAUGHS, "not_xml"),
        (b'<!DOCTYPE z [<!ENTITY e SYSTEM "file:///etc/passwd">]><z>&e;</z>', "not_xml"),
        (b'<!DOCTYPE z SYSTEM "http://198.51.100.1/z.dtd"><z/>', "not_xml"),
        (b"<z>&nbsp;</z>", "not_xml"),
        (b"<a><b></a>", "not_xml"),
        (b"", "not_xml"),
        (b"<a/><b/>", "not_xml"),
        (b"<p:a/>", "not_xml"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "not_xml"),
        (b"<a>\xff</a>", "not_utf8"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_xml_that_is_malformed_or_an_attack_is_refused(value: bytes, reason: str) -> None:
    began = perf_counter()
    assert reason_of(payload.xml_root, value) == reason
    assert perf_counter() - began < 1


def test_elements_nested_deeply_do_no_harm() -> None:
    root = payload.xml_root(b"<a>" * 50_000 + b"</a>" * 50_000)
    assert sum(1 for _ in root.iter()) == 50_000


# --- times counted from 1970


@pytest.mark.parametrize(
    ("written", "per_second", "ms"),
    [
        (1772439330.8155608, 1, 1_772_439_330_815),
        ("1772439330.815", 1, 1_772_439_330_815),
        ("1772439330815999", 1_000_000, 1_772_439_330_815),
        (-1, 1, -1_000),
    ],
)
def test_seconds_and_their_parts_become_milliseconds(
    written: str | float, per_second: int, ms: int
) -> None:
    assert payload.since_1970(written, "ts", per_second) == ms


@pytest.mark.parametrize("written", ["", "soon", "NaN", "Infinity", "9" * 30, "1e999999999"])
def test_a_count_that_is_no_time_is_refused(written: str) -> None:
    assert reason_of(payload.since_1970, written, "ts") == "bad_field"


# --- batches


def test_each_of_a_batch_is_completed_by_what_is_said_for_all() -> None:
    document = {
        "sentAt": "t",
        "context": {"page": "all", "locale": "bg"},
        "batch": [{"id": 1}, {"id": 2, "sentAt": "own", "context": {"page": "own"}}],
    }
    assert payload.in_batch(document, "context", "sentAt", "absent") == [
        {"id": 1, "sentAt": "t", "context": {"page": "all", "locale": "bg"}},
        {"id": 2, "sentAt": "own", "context": {"page": "own", "locale": "bg"}},
    ]
