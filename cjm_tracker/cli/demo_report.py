"""What `cjm demo` tells at its end, for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rich import box
from rich.markup import escape
from rich.table import Table

from cjm_tracker.cli.common import out
from cjm_tracker.cli.journey import steps_table
from cjm_tracker.mapping import Mapping

COUNTS = ("records", "mapped", "unmapped", "dropped", "dead_letters", "repeated")
MEANING = {
    "dropped": "understood, but no touchpoint",
    "unmapped": "no rule of the mapping matched",
    "dead letter": "could not be understood; kept with their bytes",
}


@dataclass
class Demo:
    """Everything the demo has to tell."""

    directory: str
    warehouse: str
    journey_map: str
    seconds: float
    records: int
    sources: list[dict[str, Any]]
    reasons: list[dict[str, Any]]
    funnel: list[dict[str, Any]]
    paths: list[dict[str, Any]]
    journeys: int
    customers: int
    customer: str
    customer_steps: list[dict[str, Any]]
    truth: dict[str, Any] = field(default_factory=dict)


def report(demo: Demo, plan: Mapping) -> None:
    """Print it: counts, funnel, paths, one customer, the truth, what to try next."""
    _counts(demo)
    _reasons(demo)
    _funnel(demo, plan)
    _paths(demo, plan)
    if demo.customer:
        _title(f"One customer: {demo.customer}")
        out.print(steps_table(demo.customer_steps, plan, "en"))
    _truth(demo)
    _next(demo)


def _title(text: str) -> None:
    out.print(f"\n[bold]{escape(text)}[/]")


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, name in enumerate(columns):
        table.add_column(name, justify="left" if place == 0 else "right")
    return table


def _counts(demo: Demo) -> None:
    _title(f"{demo.records:,} records went through the broker")
    table = _table("source", *(name.replace("_", " ") for name in COUNTS))
    for row in demo.sources:
        table.add_row(row["source"], *(f"{row[name]:,}" for name in COUNTS))
    table.add_section()
    table.add_row("all", *(f"{sum(row[name] for row in demo.sources):,}" for name in COUNTS))
    out.print(table)
    out.print(
        "records = mapped + unmapped + dropped + dead letters + repeated"
        " (duplicates, and earlier states of one contact)"
    )


def _reasons(demo: Demo) -> None:
    for kind, meaning in MEANING.items():
        rows = [row for row in demo.reasons if row["kind"] == kind]
        if rows:
            shown = ", ".join(
                f"{row['source']} {row['reason']} {row['events']:,}" for row in rows[:8]
            )
            rest = f" and {len(rows) - 8} more" if len(rows) > 8 else ""
            out.print(f"[bold]{kind}[/] ({meaning}): {escape(shown)}{rest}")


def _funnel(demo: Demo, plan: Mapping) -> None:
    _title(f"Stage funnel of {demo.journeys:,} journeys of {demo.customers:,} customers")
    table = _table("stage", "journeys", "", "went on", "not yet", "ended here", "goes on")
    most = max((row["journeys"] for row in demo.funnel), default=1)
    for row in demo.funnel:
        share = row["went_on_share"]
        table.add_row(
            plan.label(row["stage"], "en"),
            f"{row['journeys']:,}",
            "█" * round(7 * row["journeys"] / most),
            f"{row['went_on']:,}",
            f"{row['still_open']:,}",
            f"{row['ended_here']:,}",
            # Behind the last stage there is nothing to go on to; NaN: none of them is over yet.
            f"{share:.0%}" if share == share and row is not demo.funnel[-1] else "–",
        )
    for column in table.columns:
        column.no_wrap = True
    table.columns[2].justify = "left"
    out.print(table)
    out.print("journeys = went on + not yet (still open) + ended here")


def _paths(demo: Demo, plan: Mapping) -> None:
    _title("Most frequent paths")
    table = _table("path", "journeys", "converted")
    for row in demo.paths:
        names = [plan.label(name, "en") for name in row["path"].split(" > ")]
        table.add_row(_folded(names), f"{row['journeys']:,}", f"{row['conversion']:.0%}")
    out.print(table)


def _folded(names: Sequence[str]) -> str:
    shown = names if len(names) <= 7 else [*names[:3], f"… {len(names) - 6} more …", *names[-3:]]
    return " > ".join(shown)


def _truth(demo: Demo) -> None:
    truth: dict[str, Any] = demo.truth
    _title("Stitching against the simulator's truth")
    out.print(
        f"precision {truth['precision']:.4f}, recall {truth['recall']:.4f} of pairs of events"
        f" of one customer ({truth['events_compared']:,} events;"
        f" {truth['events_without_identifier']:,} more carry no identifier at all)"
    )


def _next(demo: Demo) -> None:
    _title("Look at it")
    out.print(f"journey map   {demo.journey_map}")
    out.print(f"done in       {demo.seconds:.0f} s; delete {demo.directory} to clean up")
    _title("Next")
    at = f"--warehouse {demo.warehouse}"
    for command in (
        f'cjm sql "SELECT * FROM transitions ORDER BY transitions DESC LIMIT 10" {at}',
        f"cjm journey {demo.customer or 'ID'} {at}",
        f"cjm load --direct --format apache_combined {at} access.log",
    ):
        out.print(f"  {command}", soft_wrap=True)
