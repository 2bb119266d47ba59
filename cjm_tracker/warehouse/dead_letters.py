"""Dead letters: which there are, their bytes, and how often each was sent again.

A try is written down before the record is sent, and again when the broker has confirmed it. So a
crash in between costs a try and never gives a fourth; and the letter stays open, as nobody knows
whether it went out.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from cjm_tracker.events import Source
from cjm_tracker.warehouse.client import Columns, Warehouse
from cjm_tracker.warehouse.facts import MAX_KEPT
from cjm_tracker.warehouse.queries import run_query

MAX_TRIES = 3
ALL = 2**62  # a limit that is none
CHUNK = 100  # letters whose bytes are held at once: each at most 1 MiB

Key = tuple[str, str, int]  # source, format, fingerprint


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter without its bytes."""

    fingerprint: int
    id: str  # the fingerprint as 16 hex digits
    topic: str
    partition: int
    offset: int
    source: Source
    format: str
    reason: str
    detail: str
    size: int  # of the record, bytes
    received_at: datetime  # UTC
    stored_at: datetime
    state: str  # open, replayed
    tries: int
    replayed_at: datetime | None

    @property
    def key(self) -> Key:
        return self.source, self.format, self.fingerprint

    @property
    def is_whole(self) -> bool:
        """Whether all of its bytes are kept."""
        return self.size <= MAX_KEPT

    @property
    def address(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"


class Content(NamedTuple):
    """A dead letter's bytes. Of a record over 1 MiB the beginning only."""

    key: bytes | None
    headers: dict[str, bytes]
    value: bytes


def dead_letters(
    warehouse: Warehouse,
    *,
    source: str = "",
    reason: str = "",
    since: int = 0,
    fingerprints: Sequence[int] = (),
    replayed: bool = False,
    limit: int = ALL,
) -> list[Letter]:
    """Those that match, latest first; with `replayed` not the open ones only.

    `since` is ms since 1970, of the time the broker had the record.
    """
    table = run_query(
        warehouse, "dlq_list", source=source, reason=reason, since=since,
        fingerprints=list(fingerprints), all=replayed, limit=limit,
    )  # fmt: skip
    return [Letter(**row) for row in table.dicts()]


def totals(warehouse: Warehouse, *, source: str, reason: str, since: int) -> dict[str, int]:
    """How many of those that match are open, and how many replayed."""
    return run_query(warehouse, "dlq_totals", source=source, reason=reason, since=since).one()


def fingerprints_at(warehouse: Warehouse, topic: str, partition: int, offset: int) -> list[int]:
    """Of the dead letters last read at this address."""
    place = {"topic": topic, "partition": partition, "offset": offset}
    return [row[0] for row in run_query(warehouse, "dlq_at", **place).rows]


def contents(warehouse: Warehouse, letters: Sequence[Letter]) -> dict[Key, Content]:
    """The bytes of these letters."""
    wanted = [letter.fingerprint for letter in letters]
    rows = run_query(warehouse, "dlq_bytes", fingerprints=wanted).dicts()
    return {
        (row["source"], row["format"], row["fingerprint"]): Content(
            None if row["key"] is None else base64.b64decode(row["key"]),
            {name: base64.b64decode(value) for name, value in row["headers"].items()},
            base64.b64decode(row["value"]),
        )
        for row in rows
    }


def chunks(letters: Sequence[Letter]) -> Iterator[Sequence[Letter]]:
    """The letters, so many at once that their bytes fit into memory."""
    return (letters[start : start + CHUNK] for start in range(0, len(letters), CHUNK))


def take_up(warehouse: Warehouse, letters: Sequence[Letter], run: str, now: int) -> list[Letter]:
    """Count a try of each letter; returns those that may be sent: it was at most their third.

    `run` tells this run of the command from every other one; `now` is ms since 1970.
    """
    _write(warehouse, letters, run, now, is_done=False)
    wanted = [letter.fingerprint for letter in letters]
    granted = run_query(
        warehouse, "dlq_granted", fingerprints=wanted, run=run, most=MAX_TRIES
    ).dicts()
    keys = {(row["source"], row["format"], row["fingerprint"]) for row in granted}
    return [letter for letter in letters if letter.key in keys]


def confirm(warehouse: Warehouse, letters: Sequence[Letter], run: str, now: int) -> None:
    """Note that the broker has these letters' records. `run`, `now`: as they were taken up."""
    _write(warehouse, letters, run, now, is_done=True)


def _write(
    warehouse: Warehouse, letters: Sequence[Letter], run: str, now: int, *, is_done: bool
) -> None:
    keys = [letter.key for letter in letters]
    addresses = [(letter.topic, letter.partition, letter.offset) for letter in letters]
    columns = replay_columns(keys, addresses, run, "dlq replay", is_done, now)
    if letters:
        warehouse.insert("replay_log", columns)


def replay_columns(
    keys: Sequence[Key],
    addresses: Sequence[tuple[str, int, int]],
    run: str,
    command: str,
    is_done: bool,
    now: int,
) -> Columns:
    """The rows of `replay_log`, by column."""
    count: int = len(keys)
    columns: dict[str, list[Any]] = {
        "source": [key[0] for key in keys],
        "format": [key[1] for key in keys],
        "fingerprint": [key[2] for key in keys],
        "run": [run] * count,
        "command": [command] * count,
        "topic": [address[0] for address in addresses],
        "partition": [address[1] for address in addresses],
        "offset": [address[2] for address in addresses],
        "is_done": [int(is_done)] * count,
        "replayed_at": [now] * count,
    }
    return columns
