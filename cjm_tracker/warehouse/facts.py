"""From the pipeline's batch to rows: the only place where domain names meet column names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from cjm_tracker.events import Record
from cjm_tracker.identity import Known, identifier_number
from cjm_tracker.mapping import Mapping
from cjm_tracker.pipeline import Batch, DeadLetter, Fact
from cjm_tracker.warehouse.client import Columns, Warehouse

# An event with more identifiers than this links each to the first only: pairs grow by the square.
MAX_PAIRED = 8


class Writer:
    """Writes batches: first what they say, then, once that is safe, their row in the ledger.

    Every insert carries a token made of the batch's address, its content and the mapping, so that
    writing the same batch again changes nothing. The content belongs in it: offsets begin at 0
    again in a topic that was made anew, and another batch under a known token would be lost.
    `records` are the batch's own, of one partition, in offset order; `now` is ms since 1970.
    """

    def __init__(self, warehouse: Warehouse, version: str) -> None:
        self._warehouse = warehouse
        self._version = version

    def facts(self, batch: Batch, records: Sequence[Record], now: int) -> None:
        """Events, their keys, identifiers, links and dead letters."""
        tables = {
            "event_log": event_columns(batch.facts, self._version, now),
            "event_key_log": event_key_columns(batch.facts, now),
            "identifier_log": identifier_columns(batch.facts),
            "link_log": link_columns(batch.facts),
            "account_log": account_columns(batch.facts),
            "dead_letter_log": dead_letter_columns(batch.dead_letters, self._version, now),
        }
        address = self._address(records)
        for table, columns in tables.items():
            self._warehouse.insert(table, columns, f"{table}:{address}")

    def ledger(self, batch: Batch, records: Sequence[Record], now: int) -> None:
        """The batch's own row. It comes last: who sees it sees the facts."""
        first, last = records[0], records[-1]
        row: Columns = {
            "topic": [first.topic],
            "partition": [first.partition],
            "first_offset": [first.offset],
            "last_offset": [last.offset],
            "token": [self._address(records)],
            "records": [batch.records],
            "stored": [batch.stored],
            "dropped": [batch.dropped],
            "dead_letters": [len(batch.dead_letters)],
            "touched": [touched(batch.facts)],
            "event_keys": [sorted({event_key(fact) for fact in batch.facts})],
            "mapping_version": [self._version],
            "stored_at": [now],
        }
        self._warehouse.insert("batch_log", row, f"batch_log:{self._address(records)}")

    def _address(self, records: Sequence[Record]) -> str:
        first, last = records[0], records[-1]
        place = f"{first.topic}:{first.partition}:{first.offset}-{last.offset}"
        return f"{place}:{self._version}:{_content(records)}"


def _content(records: Sequence[Record]) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for record in records:
        digest.update(len(record.value).to_bytes(4, "big") + record.value)
    return digest.hexdigest()


def store(
    warehouse: Warehouse,
    batch: Batch,
    records: Sequence[Record],
    version: str,
    now: int,
) -> None:
    """Write one batch whole, where nothing has to happen between facts and ledger."""
    writer = Writer(warehouse, version)
    writer.facts(batch, records, now)
    writer.ledger(batch, records, now)


def register_mapping(warehouse: Warehouse, mapping: Mapping, version: str, now: int) -> None:
    """Keep the mapping itself beside the version that batches name."""
    row: Columns = {"version": [version], "document": [mapping.model_dump_json()], "used_at": [now]}
    warehouse.insert("mapping_log", row, f"mapping_log:{version}")


def event_columns(facts: Sequence[Fact], version: str, now: int) -> Columns:
    """The rows of `event_log`, by column."""
    events = [fact.event for fact in facts]
    records = [fact.record for fact in facts]
    points = [fact.touchpoint for fact in facts]
    return {
        "identifier": [_first(fact) for fact in facts],
        "occurred_at": [event.occurred_at for event in events],
        "source": [fact.source for fact in facts],
        "event_id": [event.event_id for event in events],
        "fingerprint": [fact.fingerprint for fact in facts],
        "format": [fact.format for fact in facts],
        "name": [event.name for event in events],
        "touchpoint": [point.name for point in points],
        "channel": [point.channel for point in points],
        "stage": [point.stage for point in points],
        "drop_reason": [point.drop_reason for point in points],
        "format_drop": [event.drop_reason for event in events],
        "identifiers": [[known.number for known in fact.identifiers] for fact in facts],
        "account": [fact.account.number if fact.account else 0 for fact in facts],
        "outcome": [event.outcome for event in events],
        "value": [event.value for event in events],
        "currency": [event.currency for event in events],
        "duration_s": [event.duration_s for event in events],
        "wait_s": [event.wait_s for event in events],
        "metric": [event.metric for event in events],
        "score": [event.score for event in events],
        "emotion": [fact.emotion for fact in facts],
        "comment": [event.comment for event in events],
        "attributes": [event.attributes for event in events],
        "revision": [event.revision for event in events],
        "received_at": [record.received_at for record in records],
        "stored_at": [now] * len(facts),
        "mapping_version": [version] * len(facts),
        "topic": [record.topic for record in records],
        "partition": [record.partition for record in records],
        "offset": [record.offset for record in records],
    }


def event_key(fact: Fact) -> int:
    """The event's UInt64, whatever it says; in SQL: `halfMD5(concat(source, ':', event_id))`."""
    return identifier_number(fact.source, fact.event.event_id)


def event_key_columns(facts: Sequence[Fact], now: int) -> Columns:
    """The rows of `event_key_log`, by column."""
    return {
        "event_key": [event_key(fact) for fact in facts],
        "identifier": [_first(fact) for fact in facts],
        "revision": [fact.event.revision for fact in facts],
        "fingerprint": [fact.fingerprint for fact in facts],
        "source": [fact.source for fact in facts],
        "event_id": [fact.event.event_id for fact in facts],
        "stored_at": [now] * len(facts),
    }


def _first(fact: Fact) -> int:
    return fact.identifiers[0].number if fact.identifiers else 0


def identifier_columns(facts: Iterable[Fact]) -> Columns:
    """The rows of `identifier_log`: each identifier and account of the batch once."""
    seen: dict[int, list[Any]] = {}
    for fact in facts:
        at = fact.event.occurred_at
        for number, kind, value in (*fact.identifiers, *_account(fact)):
            row = seen.setdefault(number, [number, kind, value, at, at])
            row[3] = min(row[3], at)
            row[4] = max(row[4], at)
    names = ("identifier", "kind", "value", "first_seen_at", "last_seen_at")
    return _by_column(names, seen.values())


def account_columns(facts: Iterable[Fact]) -> Columns:
    """The rows of `account_log`: each account of the batch with each identifier seen with it."""
    seen: dict[tuple[int, int], list[Any]] = {}
    for fact in facts:
        at = fact.event.occurred_at
        for account in _account(fact):
            for known in fact.identifiers:
                pair = (account.number, known.number)
                row = seen.setdefault(pair, [*pair, at, at])
                row[2] = min(row[2], at)
                row[3] = max(row[3], at)
    names = ("account", "identifier", "first_seen_at", "last_seen_at")
    return _by_column(names, seen.values())


def _account(fact: Fact) -> Sequence[Known]:
    return [fact.account] if fact.account else []


def link_columns(facts: Iterable[Fact]) -> Columns:
    """The rows of `link_log`: each pair of the batch once from either end."""
    seen: dict[tuple[int, int, str], list[Any]] = {}
    for fact in facts:
        at, event_id = fact.event.occurred_at, fact.event.event_id
        for left, right in _pairs([known.number for known in fact.identifiers]):
            row = seen.setdefault((left, right, fact.source), [at, at, (at, event_id)])
            row[0] = min(row[0], at)
            row[1] = max(row[1], at)
            row[2] = min(row[2], (at, event_id))
    rows = [
        [one, other, source, "same_event", *evidence]
        for (left, right, source), evidence in seen.items()
        for one, other in ((left, right), (right, left))
    ]
    names = (
        "identifier", "neighbour", "source", "rule", "first_seen_at", "last_seen_at", "evidence"
    )  # fmt: skip
    return _by_column(names, rows)


def _pairs(numbers: Sequence[int]) -> Iterable[tuple[int, int]]:
    if len(numbers) > MAX_PAIRED:
        return ((numbers[0], other) for other in numbers[1:])
    return combinations(numbers, 2)


def dead_letter_columns(letters: Sequence[DeadLetter], version: str, now: int) -> Columns:
    """The rows of `dead_letter_log`, by column."""
    records = [letter.record for letter in letters]
    return {
        "fingerprint": [letter.fingerprint for letter in letters],
        "topic": [record.topic for record in records],
        "partition": [record.partition for record in records],
        "offset": [record.offset for record in records],
        "source": [letter.source for letter in letters],
        "format": [letter.format for letter in letters],
        "reason": [letter.reason for letter in letters],
        "detail": [letter.detail for letter in letters],
        "value": [record.value[: 1 << 20] for record in records],
        "size": [len(record.value) for record in records],
        "headers": [
            {name: value.decode("utf-8", "replace") for name, value in record.headers.items()}
            for record in records
        ],
        "received_at": [record.received_at for record in records],
        "stored_at": [now] * len(letters),
        "mapping_version": [version] * len(letters),
    }


def touched(facts: Iterable[Fact]) -> list[int]:
    """The numbers of all identifiers the batch carries, sorted: equal batches, equal rows."""
    return sorted({known.number for fact in facts for known in fact.identifiers})


def _by_column(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Columns:
    columns = list(zip(*rows, strict=True))
    return (
        {name: list(column) for name, column in zip(names, columns, strict=True)} if columns else {}
    )
