"""The ledger held against itself and against the tables: what was read, and what became of it.

Proven here: every batch's numbers add up; between two batches nothing is left out; every event a
batch names is stored; no row comes from a record that no batch covers. What cannot be proven from
the tables: what lay in a gap, and what lies after the last batch. The broker knows both.

Not provable either: a row for each record. Records that say the same share one (`unseen`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from cjm_tracker.warehouse.client import Warehouse
from cjm_tracker.warehouse.queries import run_query

FILE = "file:"  # the topic of a direct load is file:NAME@digest
REPLAY = "replay:"  # the topic of what was read again is replay:TOPIC
SLICE = 10_000_000  # keys of events held in memory at once: 0.3 GB

Place = tuple[str, int]  # topic and partition


class Gap(NamedTuple):
    """Offsets from `first` to `last` that no batch covers."""

    first: int
    last: int

    @property
    def size(self) -> int:
        return self.last - self.first + 1

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"


@dataclass(slots=True)
class Account:
    """One partition's part of the ledger. Counts are of records unless they say otherwise."""

    topic: str
    partition: int
    first: int = 0  # offsets the batches span
    last: int = -1
    batches: int = 0
    records: int = 0  # of all batches, those read twice twice
    stored: int = 0
    dropped: int = 0
    dead_letters: int = 0
    events: int = 0  # keys of events the batches name
    wrong: int = 0  # batches whose numbers contradict each other
    read_twice: int = 0  # offsets in more than one batch
    gaps: list[Gap] = field(default_factory=list)  # neither read nor replayed
    replayed: int = 0  # offsets of gaps that were read by cjm replay
    missing: int = 0  # events named by a batch that are not stored
    found: int = 0  # records that stored rows come from
    astray: int = 0  # of them, in no batch although later ones are
    beyond: int = 0  # of them, after the last batch
    first_outside: int = 0  # the first offset of those two

    @property
    def place(self) -> Place:
        return self.topic, self.partition

    @property
    def is_replay(self) -> bool:
        return self.topic.startswith(REPLAY)

    @property
    def is_file(self) -> bool:
        return self.topic.startswith(FILE)


def ledger(warehouse: Warehouse) -> list[Account]:
    """Every partition of the ledger, and every one that rows name without it."""
    accounts = {
        (row["topic"], row["partition"]): Account(**row)
        for row in run_query(warehouse, "ledger_partitions").dicts()
    }
    for row in run_query(warehouse, "ledger_addresses").dicts():
        place = row.pop("topic"), row.pop("partition")
        account = accounts.setdefault(place, Account(*place))
        for name, value in row.items():
            setattr(account, name, value)
    open_gaps, all_gaps = (_gaps(warehouse, replays=replays) for replays in (True, False))
    for place, gaps in all_gaps.items():
        accounts[place].gaps = open_gaps[place]
        accounts[place].replayed = _size(gaps) - _size(open_gaps[place])
    slices = 1 + sum(account.events for account in accounts.values()) // SLICE
    for number in range(slices):
        rows = run_query(warehouse, "ledger_missing", slices=slices, slice=number).dicts()
        for row in rows:
            accounts[row["topic"], row["partition"]].missing += row["missing"]
    return [accounts[place] for place in sorted(accounts)]


def unseen(accounts: Iterable[Account]) -> int:
    """Records in batches that no row carries the address of: it says the same as another record.

    A producer's repetitions, records read twice, dead letters older than 90 days.
    """
    accounts = list(accounts)
    inside = sum(account.found - account.astray - account.beyond for account in accounts)
    own = sum(account.records for account in accounts if not account.is_replay)
    return max(0, own - inside)


def _gaps(warehouse: Warehouse, *, replays: bool) -> dict[Place, list[Gap]]:
    found: dict[Place, list[Gap]] = defaultdict(list)
    for row in run_query(warehouse, "ledger_gaps", replays=replays).dicts():
        found[row["topic"], row["partition"]].append(Gap(row["first"], row["last"]))
    return found


def _size(gaps: Iterable[Gap]) -> int:
    return sum(gap.size for gap in gaps)


@dataclass(frozen=True, slots=True)
class Told:
    """What the broker says of one partition."""

    records: dict[Gap, int] = field(default_factory=dict)  # it still has in each gap
    first: int = 0  # offset of the earliest record it keeps
    committed: int | None = None  # up to which the workers say they have read


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to say of a partition. `is_fault`: the ledger does not account for it."""

    topic: str
    partition: int
    is_fault: bool
    text: str


def findings(account: Account, told: Told | None) -> list[Finding]:
    """What is wrong with a partition, or explained. `told` is None where no broker was asked."""
    said = chain(_contradictions(account), _holes(account, told), _ends(account, told))
    return [Finding(*account.place, fault, text) for fault, text in said]


Said = Iterable[tuple[bool, str]]


def _contradictions(account: Account) -> Said:
    if account.wrong:
        yield True, f"batches whose numbers contradict each other: {account.wrong:,}"
    if account.missing:
        yield True, f"events that a batch names and that are not stored: {account.missing:,}"
    if account.astray:
        text = f"rows of {account.astray:,} records that no batch covers"
        yield True, f"{text}, from offset {account.first_outside}"


def _holes(account: Account, told: Told | None) -> Said:
    if account.replayed:
        yield False, f"{account.replayed:,} offsets of gaps were read by cjm replay"
    empty: list[Gap] = []
    expired: list[Gap] = []
    unasked: list[Gap] = []
    for gap in account.gaps:
        if told is None:
            unasked.append(gap)
        elif records := told.records.get(gap, 0):
            text = f"LOST: offsets {gap}, {records:,} records that the broker still has"
            yield True, f"{text}: {_mend(account, gap)}"
        else:
            (expired if gap.first < told.first else empty).append(gap)
    if unasked:
        what = "load the file again" if account.is_file else "only its broker knows what was there"
        yield True, f"gap: {_listed(unasked)}: {what}"
    if empty:
        yield False, f"gap: {_listed(empty)}: the broker has no record there"
    if expired:
        text = f"gap: {_listed(expired)}: the broker keeps these offsets no more"
        yield False, f"{text}; whether records were in them nobody can tell"


def _mend(account: Account, gap: Gap) -> str:
    source = account.topic.rsplit(".", 1)[-1]
    first, end = (f"{account.partition}:{offset}" for offset in (gap.first, gap.last + 1))
    return f"cjm replay --source {source} --from {first} --to {end}"


def _ends(account: Account, told: Told | None) -> Said:
    committed = told.committed if told else None
    if committed is not None and committed > account.last + 1:
        end = account.last if account.batches else "nothing"
        text = f"committed up to {committed}, but the ledger ends at {end}"
        yield True, f"{text}: what is between was not stored here"
    if not account.beyond:
        return
    text = f"rows of {account.beyond:,} records after the last batch"
    if account.is_file:
        yield True, f"{text}: the load was cut off; load the file again"
    elif told is None:
        yield True, f"{text}: a batch at work or cut off: only its broker knows which"
    else:
        yield False, f"{text}: a batch at work, or cut off and going to be read again"


def _listed(gaps: list[Gap]) -> str:
    shown = ", ".join(str(gap) for gap in gaps[:5])
    return f"offsets {shown}{f' and {len(gaps) - 5:,} more' if len(gaps) > 5 else ''}"
