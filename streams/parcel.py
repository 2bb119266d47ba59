"""What travels from reading to writing: runs of records, made ready to insert.

Made in a thread beside the event loop, while the warehouse takes the parcel before it. A parcel
holds a run of each partition that had something: one insert for all of them. Should the worker
die, batches are cut anew in any case; the token only ever meets the same parcel tried again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from aiokafka import TopicPartition

from cjm_tracker.errors import RowsRejected
from cjm_tracker.events import Record
from cjm_tracker.pipeline import DeadLetter, Pipeline
from cjm_tracker.sources import Format
from cjm_tracker.warehouse import Prepared, Run, prepare

Records = Mapping[TopicPartition, Sequence[Record]]


@dataclass(frozen=True, slots=True)
class Parcel:
    """Records by partition, in offset order, what became of them, and their rows."""

    records: Records
    stored: int
    dropped: int
    dead_letters: Sequence[DeadLetter]
    prepared: Prepared
    is_refused: bool = False  # a single record whose event no table takes

    @property
    def offsets(self) -> dict[TopicPartition, int]:
        """The offset to go on at, by partition."""
        return {partition: some[-1].offset + 1 for partition, some in self.records.items()}


@dataclass(frozen=True, slots=True)
class Packer:
    """Makes parcels of records. `default` is the format of those that name none."""

    pipeline: Pipeline
    default: Format

    def __call__(self, records: Records, now: int) -> list[Parcel]:
        """One parcel, or several where a value does not fit its column and is set apart."""
        runs = [Run(self.pipeline.process(some, self.default), some) for some in records.values()]
        try:
            return [self._parcel(records, runs, now)]
        except RowsRejected as error:
            return self.apart(records, error, now)

    def apart(self, records: Records, error: RowsRejected, now: int) -> list[Parcel]:
        """The records in two halves; one by itself as a dead letter."""
        count = sum(map(len, records.values()))
        if count > 1:
            return [parcel for half in halves(records, count // 2) for parcel in self(half, now)]
        ((record,),) = records.values()
        run = Run(self.pipeline.refuse(record, self.default, str(error)), [record])
        return [self._parcel(records, [run], now, is_refused=True)]

    def _parcel(
        self, records: Records, runs: Sequence[Run], now: int, *, is_refused: bool = False
    ) -> Parcel:
        batches = [run.batch for run in runs]
        return Parcel(
            records,
            sum(batch.stored for batch in batches),
            sum(batch.dropped for batch in batches),
            [letter for batch in batches for letter in batch.dead_letters],
            # The facts stay behind: from here on they are columns.
            prepare(runs, self.pipeline.version, now),
            is_refused,
        )


def halves(records: Records, size: int) -> tuple[Records, Records]:
    """The first `size` records, partition by partition, and the others."""
    everyone = iter([(place, record) for place, some in records.items() for record in some])
    return _by_partition(islice(everyone, size)), _by_partition(everyone)


def _by_partition(records: Iterable[tuple[TopicPartition, Record]]) -> Records:
    found: dict[TopicPartition, list[Record]] = {}
    for partition, record in records:
        found.setdefault(partition, []).append(record)
    return found
