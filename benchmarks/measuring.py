"""Time and memory of one piece of work, in a process of its own: what one engine keeps for itself
must not be charged to the next."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable
from statistics import median
from typing import Any, NamedTuple

from rich import box
from rich.console import Console
from rich.table import Table


class Measured(NamedTuple):
    """Seconds on the wall and of all cores, memory in MB at its peak, and what came out."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    answer: Any


def alone(work: Callable[..., Any], *arguments: Any) -> Any:
    """Run `work` in a new process; returns what it returns."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(work, arguments)


def clocked(work: Callable[[], Any]) -> Measured:
    """Time `work` here; its peak memory is the process's."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = work()
    return Measured(
        time.perf_counter() - wall,
        time.process_time() - cpu,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        answer,
    )


def middle(runs: list[Measured]) -> Measured:
    """The run of median time, with the spread of the others forgotten."""
    typical = median([run.seconds for run in runs])
    return min(runs, key=lambda run: abs(run.seconds - typical))


def show(title: str, columns: list[str], rows: list[list[str]], note: str = "") -> None:
    """A table on the console, numbers to the right."""
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place == 0 else "right")
    for row in rows:
        table.add_row(*row)
    console = Console(width=110)
    console.print(table)
    if note:
        console.print(note)
