"""What travels from reading to writing: runs of records, made ready to insert.

A parcel holds a run of each partition that had something: one insert for all of them. Should the
worker die, they are cut anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from aiokafka import TopicPartition

from cjm_tracker.errors import RowsRejected
from cjm_tracker.events import Record
from cjm_tracker.pipeline import DeadLetter, Pipeline
from cjm_tracker.sources import Format
from cjm_tracker.warehouse import Prepared, Run, prepare


class Taken(NamedTuple):
    """Messages of one partition in offset order, column by column: cheap to hand to a process."""

    partition: TopicPartition
    offsets: Sequence[int]
    received_at: Sequence[int]  # ms since 1970
    values: Sequence[bytes]
    headers: Sequence[Mapping[str, bytes]]
    keys: Sequence[bytes | None]

    @classmethod
    def of(cls, partition: TopicPartition, messages: Sequence[Any]) -> Taken:
        """Messages as the Kafka client gives them."""
        return cls(
            partition,
            [message.offset for message in messages],
            [message.timestamp for message in messages],
            [message.value or b"" for message in messages],
            _headers(messages),
            [message.key for message in messages],
        )

    def records(self) -> list[Record]:
        """One by one."""
        topic, partition = self.partition
        return [
            Record(topic, partition, *rest)
            for rest in zip(
                self.offsets, self.received_at, self.values, self.headers, self.keys, strict=True
            )
        ]

    def part(self, begin: int, end: int) -> Taken:
        """Those from the `begin`th up to the `end`th, without it."""
        return Taken(
            self.partition,
            self.offsets[begin:end],
            self.received_at[begin:end],
            self.values[begin:end],
            self.headers[begin:end],
            self.keys[begin:end],
        )


def _headers(messages: Iterable[Any]) -> list[Mapping[str, bytes]]:
    found: list[Mapping[str, bytes]] = []
    last: Any = ()
    same: Mapping[str, bytes] = {}
    for message in messages:
        if message.headers != last:  # a producer's messages mostly all carry the same
            last, same = message.headers, dict(message.headers)
        found.append(same)
    return found


@dataclass(frozen=True, slots=True)
class Parcel:
    """Records, what became of them, and their rows."""

    taken: Sequence[Taken]
    stored: int
    dropped: int
    dead_letters: Sequence[DeadLetter]
    prepared: Prepared
    is_refused: bool = False  # a single record whose event no table takes

    @property
    def offsets(self) -> dict[TopicPartition, int]:
        """The offset to go on at, by partition."""
        return {some.partition: some.offsets[-1] + 1 for some in self.taken}


@dataclass(frozen=True, slots=True)
class Packer:
    """Makes parcels. `default` is the format of records that name none."""

    pipeline: Pipeline
    default: Format

    def __call__(self, taken: Sequence[Taken], now: int) -> list[Parcel]:
        """One parcel, or several where a value does not fit its column and is set apart."""
        runs = []
        for some in taken:
            records = some.records()
            runs.append(Run(self.pipeline.process(records, self.default), records))
        try:
            return [self._parcel(taken, runs, now)]
        except RowsRejected as error:
            return self.apart(taken, error, now)

    def apart(self, taken: Sequence[Taken], error: RowsRejected, now: int) -> list[Parcel]:
        """The records in two halves; one by itself as a dead letter."""
        if sum(len(some.offsets) for some in taken) > 1:
            return [parcel for half in halves(taken) for parcel in self(half, now)]
        (record,) = taken[0].records()
        run = Run(self.pipeline.refuse(record, self.default, str(error)), [record])
        return [self._parcel(taken, [run], now, is_refused=True)]

    def _parcel(
        self, taken: Sequence[Taken], runs: Sequence[Run], now: int, *, is_refused: bool = False
    ) -> Parcel:
        batches = [run.batch for run in runs]
        return Parcel(
            taken,
            sum(batch.stored for batch in batches),
            sum(batch.dropped for batch in batches),
            [letter for batch in batches for letter in batch.dead_letters],
            # The facts stay behind: from here on they are columns.
            prepare(runs, self.pipeline.version, now),
            is_refused,
        )


def halves(taken: Sequence[Taken]) -> tuple[Sequence[Taken], Sequence[Taken]]:
    """Half of the partitions and the others; of a single one, half of its records."""
    if len(taken) > 1:
        middle = len(taken) // 2
        return taken[:middle], taken[middle:]
    (some,) = taken
    size = len(some.offsets)
    return [some.part(0, size // 2)], [some.part(size // 2, size)]
