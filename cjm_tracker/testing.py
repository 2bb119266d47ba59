"""Checking a format by pairs of files: a payload, and what becomes of its records.

For this repository and for packages outside it. `NAME.expected.json` holds one outcome, or a list
of one a record:

    {"dead_letter": "not_json"}                  the typed reason
    {"events": [{"name": …, "occurred_at": …}]}  every field that is not at its default

An `event_id` that is a hash is given by what is hashed: `natural_key`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

from msgspec.structs import asdict

from cjm_tracker.events import ORDINAL_HEADER, Record, Source
from cjm_tracker.mapping import Mapping
from cjm_tracker.pipeline import Batch, Fact, Pipeline
from cjm_tracker.sources import Format, Gives
from cjm_tracker.sources.framing import numbered

__all__ = [
    "bare_pipeline",
    "declared",
    "expected",
    "expected_path",
    "outcomes",
    "payloads",
    "shown",
]

RECEIVED_AT = int(datetime(2030, 1, 1, tzinfo=UTC).timestamp() * 1000)
DEFAULTS: dict[str, Any] = {
    "touchpoint": "", "channel": "", "stage": "", "drop_reason": "", "identifiers": [],
    "attributes": {}, "outcome": "", "value": None, "currency": "", "duration_s": None,
    "wait_s": None, "metric": "", "score": None, "emotion": None, "comment": "", "revision": 0,
}  # fmt: skip

Outcome = dict[str, Any]


def payloads(directory: Path) -> list[Path]:
    """The payloads of a directory, each of which has its expectation beside it."""
    return sorted(path for path in directory.glob("*") if not _is_expectation(path))


def _is_expectation(path: Path) -> bool:
    return path.name.endswith(".expected.json")


def expected_path(payload: Path) -> Path:
    """Where it is written what becomes of a payload."""
    return payload.with_name(f"{payload.stem}.expected.json")


def expected(payload: Path) -> list[Outcome]:
    """What is to become of a payload's records, with every field."""
    written = json.loads(expected_path(payload).read_text(encoding="utf-8"))
    found = written if isinstance(written, list) else [written]
    return [
        {"events": [_whole(row) for row in one["events"]]} if "events" in one else one
        for one in found
    ]


def _whole(row: dict[str, Any]) -> dict[str, Any]:
    if key := row.pop("natural_key", None):
        hashed = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in key)
        row["event_id"] = hashlib.sha256(hashed).hexdigest()[:32]
    return {**DEFAULTS, **row}


def bare_pipeline(source: Source, timezone: str = "UTC") -> Pipeline:
    """A pipeline whose mapping has no opinion: every event of the source stays unmapped."""
    never = {"when": {"event": ""}, "touchpoint": "never"}
    said = {
        "version": "bare",
        "timezone": timezone,
        "stages": ["any"],
        "sources": {source: {"channel": source, "rules": [never]}},
        "journeys": [{"name": "any", "inactivity": "30d"}],
    }
    return Pipeline(Mapping.model_validate(said), b"key")


def outcomes(payload: Path, format_: Format, pipeline: Pipeline) -> list[Outcome]:
    """What becomes of each record of a payload."""
    with payload.open("rb") as stream:
        records = [
            Record("t", 0, offset, RECEIVED_AT, frame, {ORDINAL_HEADER: str(ordinal).encode()})
            for offset, (frame, ordinal) in enumerate(numbered(format_.frames(stream)))
        ]
    return [_outcome(pipeline.process([record], format_)) for record in records]


def _outcome(batch: Batch) -> Outcome:
    if batch.dead_letters:
        return {"dead_letter": batch.dead_letters[0].reason}
    return {"events": [_row(fact) for fact in batch.facts]}


def _row(fact: Fact) -> dict[str, Any]:
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


def declared(format_: Format) -> dict[str, set[str]]:
    """What a format says that it gives."""
    return {
        "gives": set(format_.gives),
        "identifiers": set(format_.identifiers),
        "drops": set(format_.drops),
    }


def shown(found: Iterable[Path]) -> dict[str, set[str]]:
    """What the expectations of some payloads show that their format gives."""
    events = [row for path in found for one in expected(path) for row in one.get("events", ())]
    return {
        "gives": {
            field for row in events for field in get_args(Gives) if row[field] != DEFAULTS[field]
        },
        "identifiers": {kind for row in events for kind, _ in row["identifiers"]},
        "drops": {row["drop_reason"] for row in events} - {""},
    }
