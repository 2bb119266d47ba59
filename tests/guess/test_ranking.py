"""Every payload there is, guessed: its own format comes first."""

from __future__ import annotations

import bz2
import json
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from cjm_tracker.guess import CERTAIN, Candidate, Sample, ranked, sample_of, trial
from cjm_tracker.guess.sample import BYTES, RECORDS
from cjm_tracker.inputs import open_logs
from cjm_tracker.mapping import Mapping, load_mapping
from cjm_tracker.pipeline import Pipeline
from cjm_tracker.testing import RECEIVED_AT, bare_pipeline, payloads

from ..shared import shared

GOOD = [
    path
    for folder in sorted((Path(__file__).parents[1] / "records").iterdir())
    for path in payloads(folder)
    if not path.name.startswith("bad_")
]
NO_RECORD = {"shopify/empty_page_holds_nothing.json"}
# First, but too little comes out of them to be certain.
BARE = {
    "square/other_webhook_is_no_contact.json": "no event but a drop",
    "survey_csv/no_answer_is_dropped.csv": "a row without any answer",
    "woocommerce/webhook_of_the_shop_itself.json": "no event but a drop",
    "zendesk_tickets/ticket_without_anybody.json": "two fields, which a call of Zendesk has too",
}
CALL = {"type": "track", "event": "Sale", "userId": "u", "timestamp": "2026-03-02T10:00:00Z"}

# The formats of published payloads, by folder.
PUBLISHED = {
    "amazon_connect": "amazon_connect amazon_connect_events",
    "asterisk": "asterisk_cdr asterisk_cel asterisk_queue_log",
    "epcis": "epcis",
    "ga4_bigquery": "ga4",
    "matomo_log_analytics_fixtures": (
        "access_json apache_combined elb haproxy s3_access w3c_extended"
    ),
    "poslog": "poslog",
    "posthog": "posthog",
    "qualtrics_fivetran_seeds": "qualtrics_csv",
    "segment": "segment",
    "shopify": "shopify",
    "shopify/fivetran_seeds": "shopify_csv",
    "snowplow_enriched_tsv": "snowplow",
    "square": "square",
    "twilio": "twilio_voice",
    "typeform": "typeform",
    "woocommerce": "woocommerce",
    "wootric_inmoment": "wootric",
    "zendesk_support_fivetran_seeds": "zendesk_tickets_csv",
    "zendesk_talk": "zendesk_talk",
}
# Shopify's payment of an order is no contact, and nothing of it comes out; its id and its time
# would do for a Zendesk ticket.
WRONG = {"transactions.json": "zendesk_tickets"}


@cache
def pipeline() -> Pipeline:
    return trial(load_mapping())


def guess(content: bytes) -> list[Candidate]:
    return ranked(Sample("log", content, False), pipeline(), RECEIVED_AT)


def guess_file(path: Path) -> list[Candidate]:
    with ExitStack() as stack:
        (log,) = open_logs([str(path)], stack)
        return ranked(sample_of(log), pipeline(), RECEIVED_AT)


def test_every_payload_is_guessed_to_be_in_its_own_format() -> None:
    found = {f"{path.parent.name}/{path.name}": guess(path.read_bytes()) for path in GOOD}
    assert {name for name, candidates in found.items() if not candidates} == NO_RECORD
    firsts = {name: candidates[0] for name, candidates in found.items() if candidates}
    other = {n: one.format.name for n, one in firsts.items() if one.format.name != n.split("/")[0]}
    assert other == {}
    assert {name for name, one in firsts.items() if one.confidence < CERTAIN} == set(BARE)


@pytest.mark.real
def test_published_payloads() -> None:
    """The others are no logs, or examples without an id: nothing reads them."""
    right, wrong = 0, {}
    for folder, names in PUBLISHED.items():
        for path in filter(Path.is_file, shared(f"formats/{folder}").iterdir()):
            first = next(iter(guess_file(path)), None)
            if first and first.confidence >= CERTAIN:
                right += (is_own := first.format.name in names.split())
                wrong |= {} if is_own else {path.name: first.format.name}
    assert (right, wrong) == (94, WRONG)


def test_what_speaks_for_a_format() -> None:
    calls = [{**CALL, "messageId": f"m{n}"} for n in range(9)] + [{**CALL, "type": "odd"}]
    calls[0] |= {"type": "identify", "traits": {"email": "ann@example.com"}}
    (one,) = guess("\n".join(map(json.dumps, calls)).encode())
    assert (one.format.name, one.records, one.events, one.drops) == ("segment", 10, 8, 1)
    assert one.identifiers == {"user_id": 1.0, "email": 1 / 9}
    assert one.why == (
        "read: 9 of 10 records, 8 as events, 1 as drops; identifiers: user_id 100%, email 11%"
    )


def test_two_formats_that_read_alike_are_not_certain() -> None:
    """An order with little in it: a shop's, or a ticket of a help desk."""
    found = guess(b'{"id": 1, "created_at": "2026-03-02T10:00:00Z"}\n')
    assert len(found) > 1
    assert sum(one.confidence for one in found) < 1
    assert found[0].confidence < CERTAIN


@pytest.mark.parametrize(
    "content",
    [b"", b"hello\n", b"at,kind\n2026-03-02,a\n", b"{}\n", b"\x89PNG\r\n", b"<a><b/></a>"],
)
def test_what_is_in_no_format(content: bytes) -> None:
    assert guess(content) == []


@pytest.mark.parametrize("form", ["lines", "array", "packed lines"])
def test_of_a_large_log_the_beginning_is_enough(form: str, tmp_path: Path) -> None:
    calls = [{**CALL, "messageId": f"m{n}", "context": {"x": "y" * 999}} for n in range(1500)]
    lines = "".join(json.dumps(call) + "\n" for call in calls).encode()
    texts = {
        "lines": lines,
        "array": json.dumps(calls, indent=1).encode(),
        "packed lines": bz2.compress(lines),
    }
    (tmp_path / "log").write_bytes(texts[form])
    (one,) = guess_file(tmp_path / "log")
    assert (one.format.name, one.records, one.events) == ("segment", RECORDS, RECORDS)


def test_a_record_that_the_sample_cuts_is_left_out(tmp_path: Path) -> None:
    long = "".join(
        json.dumps({**CALL, "messageId": f"m{n}", "context": {"x": "y" * 9_999}}) + "\n"
        for n in range(200)
    )
    (tmp_path / "log").write_text(long)
    with ExitStack() as stack:
        (log,) = open_logs([str(tmp_path / "log")], stack)
        sample = sample_of(log)
    assert sample.is_cut and len(sample.content) <= BYTES
    assert sample.content.endswith(b"}\n")
    (one,) = ranked(sample, pipeline(), RECEIVED_AT)
    assert one.records == one.events < RECORDS


def test_a_format_of_the_mapping_is_tried_too() -> None:
    table = {
        "format": "csv", "source": "store",
        "columns": {"event_id": "no", "occurred_at": "at", "name": "kind", "value": "sum"},
    }  # fmt: skip
    plan = bare_pipeline("store").mapping
    said = {**plan.model_dump(mode="json", exclude_unset=True), "formats": {"tills": table}}
    plan = Mapping.model_validate(said)
    content = b"no,at,kind,sum\n1,2026-03-02T10:00:00Z,sale,5\n"
    (one,) = ranked(Sample("log", content, False), trial(plan), RECEIVED_AT)
    assert one.format.name == "tills"
    assert one.gives == ("value",)
