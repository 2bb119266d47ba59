"""What customers do, as plain data; its way into the warehouse; and a mapping to read it with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from cjm_tracker.events import Event, Identifier, Record
from cjm_tracker.identity import Known, identifier_number
from cjm_tracker.mapping import Mapping
from cjm_tracker.pipeline import Batch, Fact
from cjm_tracker.touchpoints import Touchpoint
from cjm_tracker.warehouse import Warehouse, store
from cjm_tracker.warehouse.client import Rows

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
START = 2_524_608_000_000  # 2050-01-01: dead letters are cleared up by the wall clock
NOW = START + 300 * DAY
VERSION = "test:1"

STRONG = ("customer_number", "user_id")
STAGES = {"seen": "awareness", "compared": "awareness", "bought": "purchase", "helped": "service"}
CHANNELS = {"website": "web", "call_centre": "phone", "store": "shop", "survey": "survey"}

MAPPING = Mapping.model_validate(
    {
        "version": "test",
        "stages": ["awareness", "purchase", "service"],
        "journeys": [
            {
                "name": "short",
                "inactivity": "30m",
                "inactivity_by_channel": {"phone": "2h"},
                "goals": ["bought"],
                "starts_at": ["compared"],
                "ends_at": ["helped"],
            },
            {"name": "whole_life", "inactivity": "99999d", "goals": ["helped"]},
            {
                "name": "from_start",
                "stages": ["service", "awareness"],
                "optional_stages": ["awareness"],
                "inactivity": "1h",
                "goals": ["bought", "helped"],
                "starts_at": ["compared"],
                "only_from_start": True,
                "ends_at": ["helped"],
                "lookback": "30m",
            },
        ],
        "sources": {
            source: {"channel": channel, "rules": [{"touchpoint": name} for name in STAGES]}
            for source, channel in CHANNELS.items()
        },
    }
)

SHORT = MAPPING.model_copy(update={"journeys": MAPPING.journeys[:1]})


@dataclass(frozen=True)
class Deed:
    """One state of one event. `who` lists identifiers as `kind:value`, first-ranked first."""

    id: str
    at: int  # ms since 1970
    who: tuple[str, ...] = ("cookie:c1",)
    touchpoint: str = "seen"  # empty: unmapped
    source: str = "website"
    drop_reason: str = ""
    revision: int = 0
    duration_s: float | None = None
    wait_s: float | None = None
    value: Decimal | None = None
    emotion: float | None = None
    outcome: str = ""
    account: str = ""  # kind:value
    topic: str = ""
    comment: str = ""

    @property
    def channel(self) -> str:
        return CHANNELS[self.source]

    @property
    def stage(self) -> str:
        return STAGES.get(self.touchpoint, "")

    @property
    def numbers(self) -> list[int]:
        return [_known(one).number for one in self.who]

    @property
    def account_number(self) -> int:
        return _known(self.account).number if self.account else 0

    @property
    def fingerprint(self) -> int:
        return int.from_bytes(hashlib.sha256(repr(self).encode()).digest()[:8], "big")

    def but(self, **changed: Any) -> Deed:
        return replace(self, **changed)


def _known(written: str) -> Known:
    kind, value = written.split(":", 1)
    return Known(identifier_number(kind, value), kind, value)


def at(minutes: float, touchpoint: str = "seen", who: str = "cookie:c1", **more: Any) -> Deed:
    """A deed so many minutes after START, by the identifiers in `who`."""
    moment = START + round(minutes * MINUTE)
    return Deed(more.pop("id", f"at {minutes}"), moment, tuple(who.split()), touchpoint, **more)


def apart(world: object, deed: Deed) -> Deed:
    """The deed in a world of its own: no identifier and no event of another world is in it."""
    return deed.but(
        id=f"{world}: {deed.id}",
        who=tuple(f"{one}.{world}" for one in deed.who),
        account=deed.account and f"{deed.account}.{world}",
    )


def batch_of(deeds: Sequence[Deed], first_offset: int = 0, topic: str = "t") -> Sequence[Any]:
    """The deeds as the pipeline would hand them on: (batch, records)."""
    facts = []
    for offset, deed in enumerate(deeds, first_offset):
        record = Record(topic, 0, offset, NOW, repr(deed).encode())
        known = tuple(_known(one) for one in deed.who)
        event = Event(
            event_id=deed.id,
            name=deed.touchpoint,
            occurred_at=deed.at,
            identifiers=tuple(Identifier(one.kind, one.value) for one in known),
            attributes={"format": "test"} | ({"topic": deed.topic} if deed.topic else {}),
            comment=deed.comment,
            outcome=deed.outcome,
            value=deed.value,
            duration_s=deed.duration_s,
            wait_s=deed.wait_s,
            revision=deed.revision,
        )
        dropped = bool(deed.drop_reason)
        point = Touchpoint(
            "" if dropped else deed.touchpoint,
            deed.channel,
            "" if dropped else deed.stage,
            deed.drop_reason,
        )
        source: Any = deed.source
        account = _known(deed.account) if deed.account else None
        facts.append(
            Fact(
                record, source, "test", event, point, known, deed.emotion, deed.fingerprint, account
            )
        )
    dropped = sum(1 for deed in deeds if deed.drop_reason)
    batch = Batch(facts, [], len(deeds), len(deeds) - dropped, dropped)
    return batch, [fact.record for fact in facts]


class Journal:
    """Stores batches one after the other, each at the next offsets of one topic."""

    def __init__(self, warehouse: Warehouse, version: str = VERSION) -> None:
        self.warehouse = warehouse
        self.version = version
        self.offset = 0
        self.now = NOW

    def keep(self, *deeds: Deed, at_offset: int | None = None) -> None:
        first = self.offset if at_offset is None else at_offset
        batch, records = batch_of(deeds, first)
        self.now += 1
        store(self.warehouse, batch, records, self.version, self.now)
        self.offset = max(self.offset, first + len(deeds))


def column(warehouse: Warehouse, sql: str) -> list[Any]:
    return [row[0] for row in warehouse.query(sql).rows]


def count(warehouse: Warehouse, table: str) -> int:
    return int(warehouse.query(f"SELECT count() FROM {table}").rows[0][0])


def sums(rows: Iterable[dict[str, Any]], key: str) -> int:
    return sum(row[key] for row in rows)


class Cut(Exception):
    """The process is gone."""


class Mortal(Warehouse):
    """A warehouse whose process dies instead of writing to one table."""

    def __init__(self, living: Warehouse, dies_at: str) -> None:
        super().__init__(living._client, living.address)
        self._dies_at = dies_at

    def insert(self, table: str, rows: Rows, *, once: str = "") -> None:
        if table == self._dies_at:
            raise Cut
        super().insert(table, rows, once=once)

    def command(self, sql: str, parameters: Any = None) -> None:
        if self._dies_at and f"INSERT INTO {self._dies_at}" in sql:
            raise Cut
        super().command(sql, parameters)
