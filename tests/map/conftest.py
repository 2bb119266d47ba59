"""A small world in a warehouse of its own: read into maps, then closed before any test runs.

Three customers: Ana buys, calls in vain, calls again and complains; Boris looks and leaves;
Vera looked an hour ago and may still buy.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from cjm_tracker.answers import map_of
from cjm_tracker.events import Record
from cjm_tracker.kpis import Kpi
from cjm_tracker.map import JourneyMap
from cjm_tracker.mapping import Language, load_mapping
from cjm_tracker.pipeline import Pipeline
from cjm_tracker.sources import format_named
from cjm_tracker.warehouse import Warehouse, connect, stitch, store

NOW = int(datetime(2026, 11, 2, tzinfo=UTC).timestamp() * 1000)
HOSTILE = "\"><script>alert('1')</script> & it's late"

ANA = {"userId": "ana", "context": {"traits": {"phone": "+359888000001"}}}


def _web(at: str, event: str, **who: Any) -> dict[str, Any]:
    kind = {"type": "page"} if event == "Home" else {"type": "track", "event": event}
    return {"messageId": f"{event} {at}", "timestamp": at, **kind, **who}


def _call(at: str, wait: int, **more: Any) -> dict[str, Any]:
    return {
        "ContactId": at,
        "InitiationTimestamp": at,
        "DisconnectTimestamp": at.replace(":00:00Z", ":05:00Z"),
        "CustomerEndpoint": {"Type": "TELEPHONE_NUMBER", "Address": "+359888000001"},
        "Queue": {"Name": "Help", "Duration": wait},
        **more,
    }


def _answer(at: str, score: int, text: str) -> dict[str, Any]:
    answers = [{"field": {"ref": "csat"}, "number": score}, {"field": {"ref": "c"}, "text": text}]
    hidden = {"user_id": "ana", "touchpoint": "contact", "lang": "en"}
    response = {"token": at, "submitted_at": at, "hidden": hidden, "answers": answers}
    return {"event_type": "form_response", "form_response": response}


LOGS: dict[str, list[dict[str, Any]]] = {
    "segment": [
        _web("2026-09-01T10:00:00Z", "Product Viewed", **ANA),
        _web("2026-09-01T10:05:00Z", "Product Viewed", **ANA),
        _web("2026-09-01T10:06:00Z", "Signed In", **ANA),
        _web("2026-09-01T10:10:00Z", "Checkout Started", **ANA),
        _web("2026-09-01T10:12:00Z", "Order Completed", **ANA),
        _web("2026-09-06T10:00:00Z", "Home", **ANA),
        _web("2026-09-01T12:00:00Z", "Home", userId="boris"),
        _web("2026-09-01T12:01:00Z", "Product Viewed", userId="boris"),
        _web("2026-11-01T12:00:00Z", "Product Viewed", userId="vera"),
    ],
    "amazon_connect": [
        _call("2026-09-02T10:00:00Z", 120),
        _call("2026-09-03T10:00:00Z", 60, Agent={}, Attributes={"topic": "complaint"}),
    ],
    "typeform": [_answer("2026-09-04T10:00:00Z", 1, HOSTILE)],
}


@dataclass(frozen=True)
class Maps:
    """The world as maps: before anything was loaded, and after."""

    empty: JourneyMap
    english: JourneyMap
    russian: JourneyMap


@pytest.fixture(scope="session")
def maps(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Maps:
    path: Path = tmp_path_factory.mktemp("map") / "warehouse"
    copytree(migrated, path, symlinks=True)
    with connect(f"chdb:///{path}") as warehouse:
        # A few rows: threads and compiled expressions cost more than they save.
        warehouse.command("SET max_threads = 1, compile_expressions = 0")
        read = _reader(warehouse)
        empty = read("en")
        _load(warehouse)
        return Maps(empty, read("en"), read("ru"))


def _reader(warehouse: Warehouse) -> Callable[[Language], JourneyMap]:
    kpis = {"service": [Kpi(name="short_wait", measure="wait", target="90s")]}
    mapping = load_mapping().model_copy(update={"owners": {"purchase": "Sales"}, "kpis": kpis})
    return lambda language: map_of(warehouse, mapping, language, mapping.definitions[0])


def _load(warehouse: Warehouse) -> None:
    mapping = load_mapping()
    pipeline = Pipeline(mapping, b"k" * 32)
    for name, documents in LOGS.items():
        records = [
            Record(f"file:{name}", 0, offset, NOW, json.dumps(document).encode())
            for offset, document in enumerate(documents)
        ]
        batch = pipeline.process(records, format_named(name))
        assert not batch.dead_letters
        store(warehouse, batch, records, pipeline.version, NOW)
    stitch(warehouse, mapping, NOW)
