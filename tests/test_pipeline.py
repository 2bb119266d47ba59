from __future__ import annotations

import json
from typing import Any

import pytest

from cjm_tracker.events import FORMAT_HEADER, ORDINAL_HEADER, Record
from cjm_tracker.identity import IdentityConfig
from cjm_tracker.mapping import load_mapping
from cjm_tracker.pipeline import EARLIEST, LEEWAY, MAX_RECORD, Batch, Pipeline
from cjm_tracker.sources import format_named
from cjm_tracker.touchpoints import SourceRules

NOW = 1_772_452_800_000  # 2026-03-02 12:00 UTC
SEGMENT = format_named("segment")


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline(load_mapping(), b"key")


def message(n: int = 0, **fields: Any) -> bytes:
    base = {"type": "page", "name": "Blog", "messageId": f"m{n}", "anonymousId": "c1",
            "timestamp": "2026-03-02T11:00:00Z"}  # fmt: skip
    return json.dumps(base | fields).encode()


def records(*values: bytes, **headers: bytes) -> list[Record]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return [Record("t", 0, n, NOW, value, named) for n, value in enumerate(values)]


def said(batch: Batch) -> list[Any]:
    return [fact._replace(record=None) for fact in batch.facts]


# --- neighbours and counters

IDENTIFY = message(8, type="identify")
MIXED = [message(1), b"{", message(2), IDENTIFY, b"\xff", message(3, timestamp="soon"), message(4)]


def test_a_bad_record_leaves_its_neighbours_unharmed(pipeline: Pipeline) -> None:
    batch = pipeline.process(records(message(1), b"{", message(2)), SEGMENT)
    assert [fact.event.event_id for fact in batch.facts] == ["m1", "m2"]


def test_every_record_is_stored_dropped_or_a_dead_letter(pipeline: Pipeline) -> None:
    batch = pipeline.process(records(*MIXED), SEGMENT)
    counts = (batch.records, batch.stored, batch.dropped, len(batch.dead_letters))
    assert counts == (7, 3, 1, 3)


def test_each_dead_letter_says_why(pipeline: Pipeline) -> None:
    letters = pipeline.process(records(*MIXED), SEGMENT).dead_letters
    assert [(letter.record.offset, letter.reason) for letter in letters] == [
        (1, "not_json"), (4, "not_utf8"), (5, "bad_field")
    ]  # fmt: skip


def test_no_records_are_an_empty_batch(pipeline: Pipeline) -> None:
    assert pipeline.process([], SEGMENT) == Batch()


def test_a_record_with_a_good_and_a_bad_event_is_one_dead_letter(pipeline: Pipeline) -> None:
    good = b"user_id,u1,cookie,c1,2026-03-02T11:00:00Z"
    batch = pipeline.process(records(good + b"\nuser_id,u1,cookie"), format_named("crosswalk"))
    assert (len(batch.facts), len(batch.dead_letters), batch.records) == (0, 1, 1)


def test_a_record_with_a_step_and_a_drop_is_stored(pipeline: Pipeline) -> None:
    sale = (
        "<Transaction><RetailStoreID>9</RetailStoreID><WorkstationID>1</WorkstationID>"
        "<SequenceNumber>1</SequenceNumber><BusinessDayDate>2026-03-02</BusinessDayDate>"
        "<EndDateTime>2026-03-02T10:00:00</EndDateTime>{}</Transaction>"
    )
    total = (
        '<RetailTransaction><Total TotalType="TransactionGrandAmount">1</Total></RetailTransaction>'
    )
    both = f"<POSLog>{sale.format('')}{sale.format(total)}</POSLog>".encode()
    batch = pipeline.process(records(both), format_named("poslog"))
    assert (len(batch.facts), batch.stored, batch.dropped) == (2, 1, 0)


# --- the same again


def test_the_same_records_give_the_same_batch(pipeline: Pipeline) -> None:
    assert pipeline.process(records(*MIXED), SEGMENT) == pipeline.process(records(*MIXED), SEGMENT)


def test_a_fresh_pipeline_gives_the_same_batch(pipeline: Pipeline) -> None:
    fresh = Pipeline(load_mapping(), b"key")
    assert fresh.process(records(*MIXED), SEGMENT) == pipeline.process(records(*MIXED), SEGMENT)


def test_what_an_event_says_does_not_depend_on_its_neighbours(pipeline: Pipeline) -> None:
    alone = [said(pipeline.process(records(value), SEGMENT)) for value in MIXED]
    assert said(pipeline.process(records(*MIXED), SEGMENT)) == sum(alone, [])


def test_the_version_names_the_mapping_and_its_content(pipeline: Pipeline) -> None:
    name, content = pipeline.version.split(":")
    assert name == pipeline.mapping.version and len(content) == 12


# --- fingerprints


def fingerprint(pipeline: Pipeline, value: bytes) -> int:
    return pipeline.process(records(value), SEGMENT).facts[0].fingerprint


def test_a_retry_that_differs_only_in_when_it_was_sent_is_the_same_event(
    pipeline: Pipeline,
) -> None:
    one, again = message(sentAt="2026-03-02T11:00:01Z"), message(sentAt="2026-03-02T11:05:00Z")
    assert fingerprint(pipeline, one) == fingerprint(pipeline, again)


@pytest.mark.parametrize(
    "other",
    [{"name": "Help"}, {"anonymousId": "c2"}, {"timestamp": "2026-03-02T11:00:01Z"},
     {"properties": {"revenue": 1}}],
    ids=str,
)  # fmt: skip
def test_another_payload_under_the_same_id_is_told_apart(pipeline: Pipeline, other: Any) -> None:
    assert fingerprint(pipeline, message()) != fingerprint(pipeline, message(**other))


def test_a_fingerprint_does_not_depend_on_the_mapping(pipeline: Pipeline) -> None:
    other = Pipeline(pipeline.mapping.model_copy(update={"version": "other"}), b"other key")
    assert fingerprint(other, message()) == fingerprint(pipeline, message())


def test_a_fingerprint_is_the_same_in_every_process(pipeline: Pipeline) -> None:
    # It is stored: were it to change, every event read again would look like a conflict.
    assert fingerprint(pipeline, message()) == 4372807936860088874


# --- limits


def reason(pipeline: Pipeline, *found: Record) -> str:
    return pipeline.process(found, SEGMENT).dead_letters[0].reason


def test_a_record_of_ten_megabytes_is_too_large(pipeline: Pipeline) -> None:
    huge = message(properties={"x": "y" * 10_000_000})
    assert reason(pipeline, *records(huge)) == "too_large"


@pytest.mark.parametrize(("extra", "letters"), [(0, 0), (1, 1)])
def test_the_limit_is_a_mebibyte(pipeline: Pipeline, extra: int, letters: int) -> None:
    value = message(properties={"x": ""})
    padded = value.replace(b'"x": ""', b'"x": "' + b"y" * (MAX_RECORD - len(value) + extra) + b'"')
    assert len(pipeline.process(records(padded), SEGMENT).dead_letters) == letters


def stamped(ms: int) -> bytes:
    from datetime import UTC, datetime, timedelta

    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
    return message(timestamp=moment.isoformat())


@pytest.mark.parametrize("ms", [EARLIEST, NOW, NOW + LEEWAY])
def test_times_within_the_limits_are_kept(pipeline: Pipeline, ms: int) -> None:
    facts = pipeline.process(records(stamped(ms)), SEGMENT).facts
    assert [fact.event.occurred_at for fact in facts] == [ms]


@pytest.mark.parametrize("ms", [0, EARLIEST - 1, NOW + LEEWAY + 1, 253_402_300_799_999])
def test_times_beyond_the_limits_are_dead_letters(pipeline: Pipeline, ms: int) -> None:
    assert reason(pipeline, *records(stamped(ms))) == "time_out_of_range"


# --- headers


def test_a_record_may_name_its_format(pipeline: Pipeline) -> None:
    call = b'{"ContactId": "a", "InitiationTimestamp": "2026-03-02T11:00:00Z"}'
    batch = pipeline.process(records(call, **{FORMAT_HEADER: b"amazon_connect"}), SEGMENT)
    assert (batch.facts[0].source, batch.facts[0].format) == ("call_centre", "amazon_connect")


def test_a_dead_letter_is_of_the_source_of_the_format_it_names(pipeline: Pipeline) -> None:
    batch = pipeline.process(records(b"{", **{FORMAT_HEADER: b"amazon_connect"}), SEGMENT)
    assert batch.dead_letters[0].source == "call_centre"


@pytest.mark.parametrize("name", [b"klingon", b"\xff\xfe", b"x" * 500])
def test_a_format_that_is_not_installed_is_a_dead_letter(pipeline: Pipeline, name: bytes) -> None:
    letter = pipeline.process(records(message(), **{FORMAT_HEADER: name}), SEGMENT).dead_letters[0]
    assert letter.reason == "unknown_format" and len(letter.format) <= 60


def test_equal_lines_with_other_ordinals_are_two_events(pipeline: Pipeline) -> None:
    line = b'198.51.100.7 - - [02/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 1'
    apache = format_named("apache_combined")
    ids = {
        pipeline.process(records(line, **{ORDINAL_HEADER: n}), apache).facts[0].event.event_id
        for n in (b"0", b"1")
    }
    assert len(ids) == 2


# --- what rules and identity say


def test_a_drop_the_source_decides_stands_above_the_rules(pipeline: Pipeline) -> None:
    (fact,) = pipeline.process(records(IDENTIFY), SEGMENT).facts
    assert (fact.touchpoint.name, fact.touchpoint.drop_reason) == ("", "identity_only")


def test_an_unmapped_event_counts_as_stored(pipeline: Pipeline) -> None:
    batch = pipeline.process(records(message(type="track", event="Never Heard Of")), SEGMENT)
    assert (batch.stored, batch.facts[0].touchpoint.name) == (1, "")


def test_a_phone_is_read_in_the_country_the_customer_names(pipeline: Pipeline) -> None:
    def number(country: str, phone: str) -> int:
        traits = {"phone": phone, "country": country}
        value = message(type="identify", anonymousId=None, traits=traits)
        return pipeline.process(records(value), SEGMENT).facts[0].identifiers[0].number

    assert number("GB", "07700 900123") == number("BG", "+447700900123")


def identifying(section: dict[str, Any], **changed: Any) -> Pipeline:
    """A pipeline by the preset, with another identity section."""
    identity = IdentityConfig.model_validate({"region": "BG", **section})
    mapping = load_mapping().model_copy(update={"identity": identity, **changed})
    return Pipeline(mapping, b"key")


def test_an_account_joins_none_of_its_customers(pipeline: Pipeline) -> None:
    crosswalk = b"account,Acme,user_id,u1,2026-03-02T11:00:00Z"
    (fact,) = pipeline.process(records(crosswalk), format_named("crosswalk")).facts
    assert [known.value for known in fact.identifiers] == ["u1"]
    assert fact.account and (fact.account.kind, fact.account.value) == ("account", "Acme")


def test_most_events_name_no_account(pipeline: Pipeline) -> None:
    assert pipeline.process(records(message()), SEGMENT).facts[0].account is None


AGENTS = {
    "declared": [
        {"kind": "user_id", "as": "agent", "prefix": "agent."},
        {"kind": "customer_number", "as": "agent", "values": ["9664491"]},
    ]
}
BY_AN_AGENT = message(userId="agent.maria")


def test_an_agents_identifier_is_kept_beside_the_customers() -> None:
    (fact,) = identifying(AGENTS).process(records(BY_AN_AGENT), SEGMENT).facts
    assert [known.value for known in fact.identifiers] == ["c1"]
    assert fact.event.attributes["agent"] == "agent.maria"


def test_an_agent_the_event_names_itself_stands() -> None:
    call = (
        b"AA0101\t33116\t9664491\t2\tPS\t990111\t0:00:31\t0:00:36\t5\t0:00:36\t0:03:09\t153\t"
        b"AGENT\t0:03:09\t0:05:24\t135\tDORIT"
    )
    (fact,) = identifying(AGENTS).process(records(call), format_named("seelab_calls")).facts
    assert (fact.identifiers, fact.event.attributes["agent"]) == ((), "DORIT")


def test_rules_may_ask_who_the_agent_is() -> None:
    rule = {"when": {"agent": {"prefix": "agent."}}, "touchpoint": "helped_online"}
    website = SourceRules.model_validate({"channel": "web", "rules": [rule]})
    pipeline = identifying(AGENTS, sources={"website": website})
    (fact,) = pipeline.process(records(BY_AN_AGENT), SEGMENT).facts
    assert fact.touchpoint.name == "helped_online"


def test_a_fingerprint_does_not_depend_on_who_is_an_agent(pipeline: Pipeline) -> None:
    assert fingerprint(identifying(AGENTS), BY_AN_AGENT) == fingerprint(pipeline, BY_AN_AGENT)


def test_a_card_with_a_wrong_check_digit_is_left_out_and_its_event_kept() -> None:
    checked = identifying({"kinds": {"loyalty_card": {"check_digit": "luhn"}}})
    crosswalk = b"loyalty_card,7992-7398-710,user_id,u1,2026-03-02T11:00:00Z"
    batch = checked.process(records(crosswalk), format_named("crosswalk"))
    assert ([k.value for k in batch.facts[0].identifiers], batch.dead_letters) == (["u1"], [])


@pytest.mark.parametrize("country", ["Austria", "Germany", "Bulgaria", "", None])
def test_a_country_that_is_no_code_leaves_the_mappings_region(
    pipeline: Pipeline, country: str | None
) -> None:
    traits = {"phone": "0888 123 456", "country": country}
    value = message(type="identify", anonymousId=None, traits=traits)
    found = pipeline.process(records(value), SEGMENT).facts[0].identifiers
    plain = message(type="identify", anonymousId=None, traits={"phone": "+359888123456"})
    assert found == pipeline.process(records(plain), SEGMENT).facts[0].identifiers
