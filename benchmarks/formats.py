"""What each format costs: the good payloads of tests/records, cut into records and each parsed over
and over, beside Segment's JSON in the same run.

A format's pace is that of its middle record: payloads are made to show one thing each, and the odd
one (a batch, a field of another type) costs many times the usual. The figures tell formats apart;
how many records a second a machine takes in is measured by `ingest`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median_low
from typing import Annotated, NamedTuple

import typer

from benchmarks.measuring import clocked, show
from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Record
from cjm_tracker.mapping import Mapping, load_mapping
from cjm_tracker.sources import Format
from cjm_tracker.sources import formats as installed
from cjm_tracker.testing import payloads

RECORDS = Path(__file__).parents[1] / "tests" / "records"
BESIDE = "segment"


class Pace(NamedTuple):
    """Of one format, on one core."""

    name: str
    seconds: float  # a record
    size: int  # bytes of it

    @property
    def records_per_s(self) -> float:
        return 1 / self.seconds

    @property
    def mb_per_s(self) -> float:
        return self.size / self.seconds / 1e6


def formats(
    repeat: Annotated[int, typer.Option(help="Times each record is parsed.")] = 1_000,
    runs: Annotated[int, typer.Option(help="Times that; the fastest counts.")] = 3,
) -> None:
    """Records and megabytes a second of each format, and how many times Segment's they are."""
    mapping = load_mapping()
    found = [_pace(one, mapping, repeat, runs) for one in installed().values()]
    beside = next(pace for pace in found if pace.name == BESIDE)
    show(
        f"the middle one of each format's records, parsed {repeat:,} times",
        ["format", "records/s", f"/ {BESIDE}", "MB/s", f"/ {BESIDE}", "bytes of it"],
        [
            [
                pace.name, f"{pace.records_per_s:,.0f}",
                f"{pace.records_per_s / beside.records_per_s:.2f}", f"{pace.mb_per_s:,.1f}",
                f"{pace.mb_per_s / beside.mb_per_s:.2f}", f"{pace.size:,}",
            ]
            for pace in sorted(found, key=lambda pace: -pace.records_per_s)
        ],
    )  # fmt: skip


def _pace(one: Format, mapping: Mapping, repeat: int, runs: int) -> Pace:
    told = list(_good(one, mapping))
    times = [(_seconds(one, mapping, record, repeat, runs), len(record.value)) for record in told]
    return Pace(one.name, *median_low(times))


def _seconds(one: Format, mapping: Mapping, record: Record, repeat: int, runs: int) -> float:
    options = mapping.options(one.name)

    def work() -> None:
        for _ in range(repeat):
            one.parse(record, options)

    return min(clocked(work).cpu_seconds for _ in range(runs)) / repeat


def _good(one: Format, mapping: Mapping) -> Iterator[Record]:
    """Records that it can read, as they lie in the payloads."""
    options = mapping.options(one.name)
    for path in payloads(RECORDS / one.name):
        with path.open("rb") as stream:
            for value in one.frames(stream):
                record = Record("", 0, 0, 0, value)
                try:
                    one.parse(record, options)
                except InvalidRecord:
                    continue
                yield record
