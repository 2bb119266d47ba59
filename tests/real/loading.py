"""The way of a real log into an empty warehouse, as the workers go it: process, store, stitch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import orjson

from cjm_tracker.answers import answer_of
from cjm_tracker.cli.measure import side_by_side
from cjm_tracker.events import Record
from cjm_tracker.mapping import Mapping
from cjm_tracker.measures import Scope
from cjm_tracker.pipeline import Pipeline
from cjm_tracker.sources import format_named
from cjm_tracker.warehouse import Warehouse, migrate, pending, stitch, store

from ..conftest import forget_everything

NOW = 2_600_000_000_000  # 2052: dead letters are cleared up by the wall clock
KEY = b"0123456789abcdef"

# What analysts read, without the times at which it was read in.
VIEWS = {
    "steps": "*",
    "journeys": "*",
    "transitions": "*",
    "paths": "*",
    "stage_funnel": "*",
    "customers": "*",
    "identities": "*",
    "touchpoints": "* EXCEPT (received_at, stored_at)",
}

Message = tuple[int, bytes]  # when the broker had it, in ms since 1970, and what


class Tracker:
    """A warehouse that knows nothing yet, and a mapping to fill it with."""

    def __init__(self, warehouse: Warehouse, mapping: dict[str, Any]) -> None:
        if pending(warehouse):
            migrate(warehouse)
        forget_everything(warehouse)
        self._warehouse = warehouse
        self._pipeline = Pipeline(Mapping.model_validate(mapping), KEY)
        self._now = NOW
        self._offset = 0

    def take(self, format_name: str, messages: Iterable[Message], size: int = 10_000) -> None:
        """Store the messages at the next offsets, in batches of `size`."""
        for batch in _batches(messages, size):
            self.store(format_name, batch)

    def store(self, format_name: str, messages: Sequence[Message]) -> None:
        """Store one batch."""
        format_ = format_named(format_name)
        records = [
            Record(f"cjm.raw.{format_.source}", 0, offset, received_at, value)
            for offset, (received_at, value) in enumerate(messages, self._offset)
        ]
        self._offset += len(records)
        self._now += 1
        pipeline = self._pipeline
        batch = pipeline.process(records, format_)
        store(self._warehouse, batch, records, pipeline.version, self._now)

    def stitch(self) -> None:
        self._now += 1
        stitch(self._warehouse, self._pipeline.mapping, self._now)

    def rows(self, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
        return self._warehouse.query(sql, parameters).rows

    def ask(
        self,
        name: str,
        where: Sequence[str] = (),
        against: Sequence[str] = (),
        definition: str = "",
        **given: str,
    ) -> list[dict[str, Any]]:
        """A measure's answer, as `cjm measure` gives it."""
        cut_by = self._pipeline.mapping.definition(definition)
        assert cut_by
        if against:
            scopes = Scope.of(where), Scope.of(against)
            return side_by_side(self._warehouse, name, given, *scopes, cut_by).dicts()
        return answer_of(self._warehouse, name, given, Scope.of(where), cut_by).dicts()

    def picture(self) -> dict[str, list[str]]:
        """What all views say at this moment, as text: a share of nothing, NaN, equals nothing."""
        return {
            view: sorted(map(repr, self.rows(f"SELECT {what} FROM {view}")))
            for view, what in VIEWS.items()
        }


def segment(type_: str, **fields: Any) -> Message:
    """A call of Segment's spec."""
    return NOW, orjson.dumps({"type": type_, **fields})


def ms(moment: datetime) -> int:
    """An aware time as whole ms since 1970."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def upper_median(numbers: Iterable[float]) -> float:
    """The median as ClickHouse's quantileExact(0.5) takes it: one of the numbers themselves."""
    ordered = sorted(numbers)
    return ordered[len(ordered) // 2]


def _batches(messages: Iterable[Message], size: int) -> Iterator[list[Message]]:
    iterator = iter(messages)
    while batch := list(islice(iterator, size)):
        yield batch
