"""Every pair of files under tests/records: a log in a format, and what becomes of its records.

`NAME.expected.json` holds one outcome, or a list of one a record:

    {"dead_letter": "not_json"}                  the typed reason
    {"events": [{"name": …, "occurred_at": …}]}  every field that is not at its default

An `event_id` that is a hash is given by what is hashed: `natural_key`. Adding a case is adding a
pair of files.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from msgspec.structs import asdict

from cjm_tracker.errors import DeadLetterReason
from cjm_tracker.events import ORDINAL_HEADER, Record
from cjm_tracker.mapping import load_mapping
from cjm_tracker.pipeline import Batch, Pipeline
from cjm_tracker.sources import Gives, format_named, formats
from cjm_tracker.sources.framing import numbered

RECORDS = Path(__file__).parents[1] / "records"
RECEIVED_AT = int(datetime(2030, 1, 1, tzinfo=UTC).timestamp() * 1000)
# Decided by the way of a record through the pipeline, not by what is written in a file.
NOT_IN_FILES = {"unknown_format", "too_large", "does_not_fit"}

PAYLOADS = sorted(path for path in RECORDS.glob("*/*") if not path.name.endswith(".expected.json"))
DEFAULTS: dict[str, Any] = {
    "touchpoint": "", "channel": "", "stage": "", "drop_reason": "", "identifiers": [],
    "attributes": {}, "outcome": "", "value": None, "currency": "", "duration_s": None,
    "wait_s": None, "metric": "", "score": None, "emotion": None, "comment": "", "revision": 0,
}  # fmt: skip


def expected_path(payload: Path) -> Path:
    return payload.with_name(f"{payload.stem}.expected.json")


def expected_outcomes(payload: Path) -> list[dict[str, Any]]:
    written = json.loads(expected_path(payload).read_text(encoding="utf-8"))
    outcomes = written if isinstance(written, list) else [written]
    return [
        {"events": [_whole(row) for row in outcome["events"]]} if "events" in outcome else outcome
        for outcome in outcomes
    ]


def _whole(row: dict[str, Any]) -> dict[str, Any]:
    if key := row.pop("natural_key", None):
        hashed = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in key)
        row["event_id"] = hashlib.sha256(hashed).hexdigest()[:32]
    return {**DEFAULTS, **row}


def outcomes(pipeline: Pipeline, payload: Path) -> list[dict[str, Any]]:
    format_ = format_named(payload.parent.name)
    with payload.open("rb") as stream:
        frames = numbered(format_.frames(stream))
        records = [
            Record("t", 0, offset, RECEIVED_AT, frame, {ORDINAL_HEADER: str(ordinal).encode()})
            for offset, (frame, ordinal) in enumerate(frames)
        ]
    return [_outcome(pipeline.process([record], format_)) for record in records]


def _outcome(batch: Batch) -> dict[str, Any]:
    if batch.dead_letters:
        return {"dead_letter": batch.dead_letters[0].reason}
    return {"events": [_row(fact) for fact in batch.facts]}


def _row(fact: Any) -> dict[str, Any]:
    event, point = asdict(fact.event), fact.touchpoint
    occurred_at = datetime(1970, 1, 1) + timedelta(milliseconds=event["occurred_at"])
    return {
        **event,
        "occurred_at": occurred_at.isoformat(timespec="milliseconds") + "Z",
        "identifiers": [list(identifier) for identifier in fact.event.identifiers],
        "attributes": {k: v for k, v in event["attributes"].items() if k != "format"},
        "value": None if event["value"] is None else str(event["value"]),
        "touchpoint": point.name,
        "channel": point.channel,
        "stage": point.stage,
        "drop_reason": point.drop_reason,
        "emotion": fact.emotion,
    }


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline(load_mapping(), b"key")


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_records_become_what_is_written_beside_them(payload: Path, pipeline: Pipeline) -> None:
    assert outcomes(pipeline, payload) == expected_outcomes(payload)


@pytest.mark.parametrize("name", formats())
def test_every_format_has_good_and_bad_examples(name: str) -> None:
    found = {
        kind
        for payload in PAYLOADS
        if payload.parent.name == name
        for outcome in expected_outcomes(payload)
        for kind in outcome
    }
    assert found == {"events", "dead_letter"}


def test_every_expectation_has_its_payload() -> None:
    written = {path for path in RECORDS.glob("*/*.expected.json")}
    assert written == {expected_path(payload) for payload in PAYLOADS}


def test_every_dead_letter_reason_has_an_example() -> None:
    shown = {
        outcome["dead_letter"]
        for payload in PAYLOADS
        for outcome in expected_outcomes(payload)
        if "dead_letter" in outcome
    }
    assert shown == set(get_args(DeadLetterReason)) - NOT_IN_FILES


@pytest.mark.parametrize("name", formats())
def test_examples_show_exactly_what_the_format_says_it_gives(name: str) -> None:
    events = [
        event
        for payload in PAYLOADS
        if payload.parent.name == name
        for outcome in expected_outcomes(payload)
        for event in outcome.get("events", ())
    ]
    format_ = format_named(name)
    given = {
        field for event in events for field in get_args(Gives) if event[field] != DEFAULTS[field]
    }
    kinds = {kind for event in events for kind, _ in event["identifiers"]}
    assert given == set(format_.gives)
    assert kinds == set(format_.identifiers)
    # A rule may drop as well, for reasons of its own.
    assert {event["drop_reason"] for event in events} >= set(format_.drops)
    assert format_.event_id and format_.clock
