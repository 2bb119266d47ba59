"""From the pipeline's batch to rows: the only place where domain names meet column names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from cjm_tracker.events import Record
from cjm_tracker.identity import Known, identifier_number
from cjm_tracker.mapping import Mapping as MappingFile
from cjm_tracker.pipeline import Batch, DeadLetter, Fact
from cjm_tracker.warehouse import blocks
from cjm_tracker.warehouse.blocks import Block
from cjm_tracker.warehouse.client import Columns, Warehouse

# An event with more identifiers than this links each to the first only: pairs grow by the square.
MAX_PAIRED = 8
MAX_KEPT = 1 << 20  # bytes of a dead letter kept in the warehouse


class Run(NamedTuple):
    """Records of one partition, in offset order, and what became of them."""

    batch: Batch
    records: Sequence[Record]


@dataclass(frozen=True, slots=True)
class Prepared:
    """Runs as they will be inserted together: frozen, so that trying again sends the same."""

    facts: Mapping[str, Block]  # by table
    ledger: Block  # a row a run


def prepare(runs: Sequence[Run], version: str, now: int, *, mark: str = "") -> Prepared:
    """The rows of some runs, of different partitions; `now` in ms since 1970.

    `mark` tells runs from the same ones of another time, where they are to be stitched all the
    same.
    Raises `RowsRejected` where a value does not fit its column.
    """
    facts = [fact for run in runs for fact in run.batch.facts]
    letters = [letter for run in runs for letter in run.batch.dead_letters]
    known = [_Known.of(run, version, mark) for run in runs]
    keys = np.concatenate([one.keys for one in known])
    sightings = [sighting for one in known for sighting in one.sightings]
    with blocks.fitting(known[0].address):
        tables = {
            "event_log": event_block(facts, version, now),
            "event_key_log": event_key_block(facts, keys, now),
            "identifier_log": identifier_block(sightings),
            "link_log": link_block(sightings),
            "account_log": account_block(sightings),
            "dead_letter_log": dead_letter_block(letters, version, now),
        }
        ledger = ledger_block(runs, known, version, now)
    return Prepared(tables, ledger)


class _Known(NamedTuple):
    """What a run's rows in several tables share.

    `address` names it in the ledger, and is made of its place, its content and the mapping. The
    content belongs in it: offsets begin at 0 again in a topic that was made anew, and another run
    by a known name would never be stitched.
    """

    address: str
    keys: NDArray[np.uint64]
    sightings: Sequence[Sighting]

    @classmethod
    def of(cls, run: Run, version: str, mark: str) -> _Known:
        batch, records = run
        first, last = records[0], records[-1]
        keys = event_keys(batch.facts)
        said = [fact.fingerprint for fact in batch.facts]
        unread = [letter.fingerprint for letter in batch.dead_letters]
        content = hashlib.blake2b(keys.tobytes(), digest_size=8)
        content.update(np.array(said + unread, np.uint64).tobytes())
        place = f"{first.topic}:{first.partition}:{first.offset}-{last.offset}"
        address = ":".join(filter(None, (place, version, content.hexdigest(), mark)))
        return cls(address, keys, _sightings(batch.facts))


def ledger_block(runs: Sequence[Run], known: Sequence[_Known], version: str, now: int) -> Block:
    """The rows of `batch_log`, one a run."""
    firsts = [run.records[0] for run in runs]
    batches = [run.batch for run in runs]
    return blocks.block(
        {
            "topic": blocks.word([first.topic for first in firsts]),
            "partition": blocks.signed([first.partition for first in firsts]),
            "first_offset": blocks.signed([first.offset for first in firsts]),
            "last_offset": blocks.signed([run.records[-1].offset for run in runs]),
            "token": blocks.text([one.address for one in known]),
            "records": blocks.unsigned([batch.records for batch in batches]),
            "stored": blocks.unsigned([batch.stored for batch in batches]),
            "dropped": blocks.unsigned([batch.dropped for batch in batches]),
            "dead_letters": blocks.unsigned([len(batch.dead_letters) for batch in batches]),
            "touched": blocks.numbers([touched(one.sightings) for one in known]),
            "event_keys": blocks.numbers([np.unique(one.keys) for one in known]),
            "mapping_version": blocks.same(version, len(runs)),
            "stored_at": blocks.time([now] * len(runs)),
        }
    )


def insert_facts(warehouse: Warehouse, prepared: Prepared) -> None:
    """Events, their keys, identifiers, links and dead letters. A second time changes nothing."""
    for table, rows in prepared.facts.items():
        warehouse.insert(table, rows)


def insert_ledger(warehouse: Warehouse, prepared: Prepared) -> None:
    """The runs' own rows. They come last: who sees one sees its facts."""
    warehouse.insert("batch_log", prepared.ledger)


def store(
    warehouse: Warehouse,
    batch: Batch,
    records: Sequence[Record],
    version: str,
    now: int,
) -> None:
    """Write one batch whole, where nothing has to happen between facts and ledger."""
    prepared = prepare([Run(batch, records)], version, now)
    insert_facts(warehouse, prepared)
    insert_ledger(warehouse, prepared)


def register_mapping(warehouse: Warehouse, mapping: MappingFile, version: str, now: int) -> None:
    """Keep the mapping itself beside the version that batches name."""
    row: Columns = {"version": [version], "document": [mapping.model_dump_json()], "used_at": [now]}
    warehouse.insert("mapping_log", row)


def event_block(facts: Sequence[Fact], version: str, now: int) -> Block:
    """The rows of `event_log`."""
    events = [fact.event for fact in facts]
    records = [fact.record for fact in facts]
    points = [fact.touchpoint for fact in facts]
    rows = len(facts)
    return blocks.block(
        {
            "identifier": blocks.unsigned(_firsts(facts)),
            "occurred_at": blocks.time([event.occurred_at for event in events]),
            "source": blocks.word([fact.source for fact in facts]),
            "event_id": blocks.text([event.event_id for event in events]),
            "fingerprint": blocks.unsigned([fact.fingerprint for fact in facts]),
            "format": blocks.word([fact.format for fact in facts]),
            "name": blocks.word([event.name for event in events]),
            "touchpoint": blocks.word([point.name for point in points]),
            "channel": blocks.word([point.channel for point in points]),
            "stage": blocks.word([point.stage for point in points]),
            "drop_reason": blocks.word([point.drop_reason for point in points]),
            "format_drop": blocks.word([event.drop_reason for event in events]),
            "identifiers": blocks.numbers(
                [[known.number for known in fact.identifiers] for fact in facts]
            ),
            "account": blocks.unsigned(
                [fact.account.number if fact.account else 0 for fact in facts]
            ),
            "outcome": blocks.word([event.outcome for event in events]),
            "value": blocks.money([event.value for event in events]),
            "currency": blocks.word([event.currency for event in events]),
            "duration_s": blocks.real([event.duration_s for event in events]),
            "wait_s": blocks.real([event.wait_s for event in events]),
            "metric": blocks.word([event.metric for event in events]),
            "score": blocks.real([event.score for event in events]),
            "emotion": blocks.real([fact.emotion for fact in facts]),
            "comment": blocks.text([event.comment for event in events]),
            "attributes": blocks.dictionary([event.attributes for event in events]),
            "revision": blocks.unsigned([event.revision for event in events]),
            "received_at": blocks.time([record.received_at for record in records]),
            "stored_at": blocks.time(np.full(rows, now)),
            "mapping_version": blocks.same(version, rows),
            "topic": blocks.word([record.topic for record in records]),
            "partition": blocks.signed([record.partition for record in records]),
            "offset": blocks.signed([record.offset for record in records]),
        }
    )


def event_keys(facts: Sequence[Fact]) -> NDArray[np.uint64]:
    """The events' numbers, whatever they say; in SQL: `halfMD5(concat(source, ':', event_id))`."""
    return np.array(
        [identifier_number(fact.source, fact.event.event_id) for fact in facts], np.uint64
    )


def event_key_block(facts: Sequence[Fact], keys: NDArray[np.uint64], now: int) -> Block:
    """The rows of `event_key_log`."""
    return blocks.block(
        {
            "event_key": blocks.unsigned(keys),
            "identifier": blocks.unsigned(_firsts(facts)),
            "revision": blocks.unsigned([fact.event.revision for fact in facts]),
            "fingerprint": blocks.unsigned([fact.fingerprint for fact in facts]),
            "source": blocks.word([fact.source for fact in facts]),
            "event_id": blocks.text([fact.event.event_id for fact in facts]),
            "stored_at": blocks.time(np.full(len(facts), now)),
        }
    )


def _firsts(facts: Sequence[Fact]) -> list[int]:
    return [fact.identifiers[0].number if fact.identifiers else 0 for fact in facts]


@dataclass(slots=True)
class Sighting:
    """Identifiers that came together on events of one source, and when."""

    source: str
    identifiers: tuple[Known, ...]
    account: Known | None
    first: tuple[int, str]  # time and id of the earliest such event
    last_at: int


def _sightings(facts: Iterable[Fact]) -> list[Sighting]:
    """Each company of identifiers once: a visit's events all carry the same."""
    seen: dict[tuple[object, ...], Sighting] = {}
    for fact in facts:
        at, event_id = fact.event.occurred_at, fact.event.event_id
        company = (fact.source, fact.identifiers, fact.account)
        sighting = seen.get(company)
        if sighting is None:
            seen[company] = Sighting(*company, (at, event_id), at)
            continue
        if at >= sighting.last_at:
            sighting.last_at = at
        if at <= sighting.first[0]:
            sighting.first = min(sighting.first, (at, event_id))
    return list(seen.values())


def identifier_block(sightings: Iterable[Sighting]) -> Block:
    """The rows of `identifier_log`: each identifier and account of the batch once."""
    seen = _spans(
        (known, sighting)
        for sighting in sightings
        for known in (*sighting.identifiers, *_account(sighting))
    )
    return blocks.block(
        {
            "identifier": blocks.unsigned([known.number for known in seen]),
            "kind": blocks.word([known.kind for known in seen]),
            "value": blocks.text([known.value for known in seen]),
            **_seen_at(seen.values()),
        }
    )


def account_block(sightings: Iterable[Sighting]) -> Block:
    """The rows of `account_log`: each account of the batch with each identifier seen with it."""
    seen = _spans(
        ((account.number, known.number), sighting)
        for sighting in sightings
        for account in _account(sighting)
        for known in sighting.identifiers
    )
    return blocks.block(
        {
            "account": blocks.unsigned([account for account, _ in seen]),
            "identifier": blocks.unsigned([identifier for _, identifier in seen]),
            **_seen_at(seen.values()),
        }
    )


def link_block(sightings: Iterable[Sighting]) -> Block:
    """The rows of `link_log`: each pair of the batch once from either end."""
    seen = _spans(
        ((one, other, sighting.source), sighting)
        for sighting in sightings
        if len(sighting.identifiers) > 1
        for left, right in _pairs([known.number for known in sighting.identifiers])
        for one, other in ((left, right), (right, left))
    )
    return blocks.block(
        {
            "identifier": blocks.unsigned([one for one, _, _ in seen]),
            "neighbour": blocks.unsigned([other for _, other, _ in seen]),
            "source": blocks.word([source for _, _, source in seen]),
            "rule": blocks.same("same_event", len(seen)),
            **_seen_at(seen.values()),
            "evidence": blocks.evidence([span.first for span in seen.values()]),
        }
    )


def _pairs(numbers: Sequence[int]) -> Iterable[tuple[int, int]]:
    if len(numbers) > MAX_PAIRED:
        return ((numbers[0], other) for other in numbers[1:])
    return combinations(numbers, 2)


def _account(sighting: Sighting) -> Sequence[Known]:
    return [sighting.account] if sighting.account else []


class Span:
    """From the earliest to the latest event that shows something."""

    __slots__ = ("first", "last_at")

    def __init__(self, sighting: Sighting) -> None:
        self.first = sighting.first
        self.last_at = sighting.last_at

    def take(self, sighting: Sighting) -> None:
        self.first = min(self.first, sighting.first)
        self.last_at = max(self.last_at, sighting.last_at)


Key = TypeVar("Key")


def _spans(shown: Iterable[tuple[Key, Sighting]]) -> dict[Key, Span]:
    """What is shown by which sightings, each once, in the order it first came."""
    seen: dict[Key, Span] = {}
    for key, sighting in shown:
        if span := seen.get(key):
            span.take(sighting)
        else:
            seen[key] = Span(sighting)
    return seen


def _seen_at(spans: Iterable[Span]) -> dict[str, blocks.Array]:
    spans = list(spans)
    return {
        "first_seen_at": blocks.time([span.first[0] for span in spans]),
        "last_seen_at": blocks.time([span.last_at for span in spans]),
    }


def dead_letter_block(letters: Sequence[DeadLetter], version: str, now: int) -> Block:
    """The rows of `dead_letter_log`; key, headers and value are the record's bytes as they came."""
    records = [letter.record for letter in letters]
    return blocks.block(
        {
            "fingerprint": blocks.unsigned([letter.fingerprint for letter in letters]),
            "topic": blocks.word([record.topic for record in records]),
            "partition": blocks.signed([record.partition for record in records]),
            "offset": blocks.signed([record.offset for record in records]),
            "source": blocks.word([letter.source for letter in letters]),
            "format": blocks.word([letter.format for letter in letters]),
            "reason": blocks.word([letter.reason for letter in letters]),
            "detail": blocks.text([letter.detail for letter in letters]),
            "key": blocks.data([record.key for record in records]),
            "value": blocks.data([record.value[:MAX_KEPT] for record in records]),
            "size": blocks.unsigned([len(record.value) for record in records]),
            "headers": blocks.dictionary([record.headers for record in records], blocks.data),
            "received_at": blocks.time([record.received_at for record in records]),
            "stored_at": blocks.time([now] * len(letters)),
            "mapping_version": blocks.same(version, len(letters)),
        }
    )


def touched(sightings: Iterable[Sighting]) -> NDArray[np.uint64]:
    """The numbers of all identifiers the batch carries, sorted: equal batches, equal rows."""
    numbers = {known.number for sighting in sightings for known in sighting.identifiers}
    return np.array(sorted(numbers), np.uint64)
