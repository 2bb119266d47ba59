"""How fast a consumer group gets on, read off the offsets it commits, and what it takes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from cjm_tracker.broker import Broker, Position
from cjm_tracker.broker.connection import admin

EVERY_S = 0.05
STALL_S = 60.0


class Seen(NamedTuple):
    """At one moment: seconds on the clock, records committed, CPU seconds of the process."""

    at: float
    records: int
    cpu_seconds: float


class Pace(NamedTuple):
    """Between the first commit seen and the last but one: neither start and joining the group
    count, nor what waited for more records at the end."""

    events_per_s: float
    cpu_us: float  # microseconds of CPU an event
    peak_mb: float


def commits(
    broker: Broker,
    group: str,
    ends: Mapping[Position, int],
    pids: list[int],
    check: Callable[[], None],
) -> Iterator[Seen]:
    """What was seen each time the committed offsets had moved, until all are at their end.

    `check` raises when the consumer is gone.
    """
    before, since = 0, time.monotonic()
    with admin(broker) as client:
        while True:
            check()
            found = client.list_group_offsets(group).get(group, {})
            reached = {(key.topic, key.partition): value.offset for key, value in found.items()}
            # Below 0: nothing committed yet. Above the end: the broker counts batches' ends, too.
            records = sum(min(end, max(0, reached.get(place, 0))) for place, end in ends.items())
            if records != before:
                before, since = records, time.monotonic()
                yield Seen(time.perf_counter(), records, sum(map(cpu_seconds, pids)))
            if records >= sum(ends.values()):
                return
            if time.monotonic() - since > STALL_S:
                raise SystemExit(f"{group} stands still at {records:,} records")
            time.sleep(EVERY_S)


def pace(seen: list[Seen], peak_mb: float) -> Pace:
    """Too few commits give NaN."""
    first, last = seen[0], seen[max(0, len(seen) - 2)]
    events, seconds = last.records - first.records, last.at - first.at
    if not events or not seconds:
        return Pace(float("nan"), float("nan"), peak_mb)
    return Pace(events / seconds, (last.cpu_seconds - first.cpu_seconds) / events * 1e6, peak_mb)


def cpu_seconds(pid: int) -> float:
    """Of all its threads and child processes, user and system."""
    ticks = 0
    for one in family(pid):
        # The name, in brackets, may hold blanks.
        fields = Path(f"/proc/{one}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """The process and what it has started."""
    children = [
        int(child)
        for listed in Path(f"/proc/{pid}/task").glob("*/children")
        for child in listed.read_text(encoding="ascii").split()
    ]
    return [pid, *(one for child in children for one in family(child))]


def peak_mb(pid: int) -> float:
    """Most memory it and its children had so far, each at its own time."""
    return sum(_status(one, "VmHWM") for one in family(pid))


def resident_mb(pid: int) -> float:
    """Memory it and its children have now."""
    return sum(_status(one, "VmRSS") for one in family(pid))


def _status(pid: int, field: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0]) / 1024
    return 0.0
