"""`cjm mapping`: what a mapping would do, before it is in force."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from cjm_tracker.cli import presets, rules
from cjm_tracker.cli.common import (
    JsonOption,
    MappingOption,
    WarehouseOption,
    mapping_of,
    opened,
    out,
)
from cjm_tracker.cli.rebuild import progress_bar
from cjm_tracker.cli.sql import as_json
from cjm_tracker.mapping import Mapping, load_mapping
from cjm_tracker.settings import load_settings
from cjm_tracker.warehouse.mapping_diff import (
    Change,
    Counts,
    Difference,
    Names,
    accounts_left_out,
    mapping_diff,
    sections,
    state,
)
from cjm_tracker.warehouse.remap import Said

app = typer.Typer(help="Write rules, test them, and see what they would do.", no_args_is_help=True)
app.command("check")(rules.check)
app.command("test")(rules.test)
app.command("explain")(rules.explain_one)
app.command("coverage")(rules.coverage)
app.command("schema")(rules.schema)
app.command("presets")(presets.presets)
app.command("preset")(presets.preset)

BESIDE = ("channel", "stage", "emotion", "themes")  # what may change while the name stays
SHOWN = 15  # changes
SIGNS = {"added": "+", "removed": "-", "changed": "~"}


@app.command("diff")
def diff(
    new: Annotated[Path, typer.Argument(metavar="NEW.yaml", help="The mapping to try.")],
    warehouse: WarehouseOption = None,
    mapping: MappingOption = None,
    sample: Annotated[
        int, typer.Option("--sample", metavar="N", min=1, help="Look at one customer in N.")
    ] = 1,
    json: JsonOption = False,
) -> None:
    """Say what cjm rebuild would change if NEW.yaml replaced the mapping in force.

    Every stored event is asked again and every journey written aside, then both are compared with
    what is stored. Nothing of it stays. Without --mapping the mapping in force is that of
    CJM_MAPPING, or the retail preset.

    Who is who is taken as it is: changes of the identity section are not counted.
    """
    settings = load_settings(warehouse=warehouse, mapping=mapping)
    before, after = mapping_of(settings), load_mapping(new)
    with opened(settings) as open_warehouse, progress_bar() as progress:
        found = mapping_diff(open_warehouse, before, after, sample=sample, progress=progress)
    if json:
        print(as_json(document(found, before, after)))
        return
    out.print(
        f"[bold]If {escape(str(new))} ({after.version}) replaced {before.version} "
        f"in {open_warehouse.address}[/]",
        soft_wrap=True,
    )
    _mappings(sections(before, after))
    _events(found)
    _stages(found)
    _journeys(found)
    for note in _notes(found, before, after):
        out.print(f"\nNote: {note}")


def document(found: Difference, before: Mapping, after: Mapping) -> dict[str, Any]:
    """Everything, for programs."""
    return {
        "mapping": {name: names._asdict() for name, names in sections(before, after).items()},
        "events": {
            "all": found.events,
            "changed": found.changed,
            "kinds": [{"kind": kind, "events": count} for kind, count in _kinds(found).items()],
            "most_frequent": [_change(change) for change in found.changes[:SHOWN]],
        },
        "touchpoints": found.touchpoints._asdict(),
        "stages": [{"stage": stage, **steps._asdict()} for stage, steps in found.stages.items()],
        "definitions": [
            {
                "definition": row.definition,
                "journeys": row.journeys._asdict(),
                "conversions": row.conversions._asdict(),
                "customers": row.customers,
                "customers_changed": row.customers_changed,
            }
            for row in found.journeys
        ],
        "customers": {"all": found.customers, "changed": found.customers_changed},
        "sample": found.sample,
        "notes": _notes(found, before, after),
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "events": change.events,
        "source": change.source,
        "before": change.before._asdict(),
        "after": change.after._asdict(),
        "example": {"format": change.format, "name": change.name},
    }


def _kinds(found: Difference) -> dict[str, int]:
    """Changed events by what becomes of them; each is in one kind."""
    kinds: dict[str, int] = {}
    for change in found.changes:
        kind = _kind(change)
        kinds[kind] = kinds.get(kind, 0) + change.events
    return dict(sorted(kinds.items(), key=lambda item: -item[1]))


def _kind(change: Change) -> str:
    before, after = change.kind
    if not change.only_beside:
        same = {"touchpoint": "another touchpoint", "dropped": "dropped for another reason"}
        return same[before] if before == after else f"{before} → {after}"
    other = [part for part in BESIDE if getattr(change.before, part) != getattr(change.after, part)]
    return f"same {before}, another {' and '.join(other)}"


def _mappings(found: dict[str, Names]) -> None:
    lines = [
        f"  {SIGNS[how]} {section}: {_some(names)}"
        for section, changed in found.items()
        for how, names in changed._asdict().items()
        if names
    ]
    if lines:
        out.print("\n[bold]The mapping[/] (+ comes, - goes, ~ means something else)")
        out.print("\n".join(lines))


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return ", ".join(names[:8]) + more


def _events(found: Difference) -> None:
    out.print(f"\n[bold]{found.changed:,} of {found.events:,} events change[/]")
    out.print(f"touchpoints: {_figures(found.touchpoints)}")
    if not found.changes:
        return
    kinds = _table("what becomes of them", "events")
    for kind, count in _kinds(found).items():
        kinds.add_row(kind, f"{count:,}")
    out.print(kinds)
    table = _table("the most frequent changes", "events", "source", "for example")
    table.columns[2].justify = table.columns[3].justify = "left"
    for change in found.changes[:SHOWN]:
        example = f"{change.name} ({change.format})" if change.name else change.format
        table.add_row(_told(change), f"{change.events:,}", change.source, escape(example))
    out.print(table)
    if rest := found.changes[SHOWN:]:
        out.print(f"and {sum(c.events for c in rest):,} events in {len(rest):,} more changes")


def _told(change: Change) -> str:
    """As in: cart_viewed → cart_added, stage consideration → purchase."""
    before, after = change.before, change.after
    words = [_name(before) if change.only_beside else f"{_name(before)} → {_name(after)}"]
    if state(before) == state(after):
        words += [
            f"{name} {_shown(was)} → {_shown(will)}"
            for name in BESIDE
            for was, will in [(getattr(before, name), getattr(after, name))]
            if was != will
        ]
    return ", ".join(words)


def _name(said: Said) -> str:
    if said.drop_reason:
        return f"dropped ({said.drop_reason})"
    return said.touchpoint or "unmapped"


def _shown(value: object) -> str:
    return "none" if value in ("", None) else str(value)


def _stages(found: Difference) -> None:
    table = _table("stage", f"steps ({found.stages_by})")
    for stage, steps in found.stages.items():
        if steps != (0, 0):
            table.add_row(stage or "(none)", _figures(steps))
    if table.row_count:
        out.print(table)


def _journeys(found: Difference) -> None:
    table = _table("definition", "journeys", "converted", "customers or accounts changed")
    for row in found.journeys:
        customers = f"{row.customers_changed:,} of {row.customers:,}"
        table.add_row(row.definition, _figures(row.journeys), _figures(row.conversions), customers)
    out.print(table)


def _figures(counts: Counts) -> str:
    before, after = counts
    if before == after:
        return f"{before:,}"
    return f"{before:,} → {after:,} ({after - before:+,})"


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, name in enumerate(columns):
        table.add_column(name, justify="left" if place == 0 else "right")
    return table


def _notes(found: Difference, before: Mapping, after: Mapping) -> list[str]:
    notes = []
    if found.sample > 1:
        notes.append(
            f"these are the figures of one customer in {found.sample}, without events of nobody"
        )
    if left_out := accounts_left_out(before, after, found.sample):
        notes.append(f"journeys of accounts are not in a sample: {', '.join(left_out)}")
    if before.identity != after.identity:
        notes.append(
            "the identity sections differ. That is not counted: customers are taken as they are"
        )
    if before.formats != after.formats:
        notes.append("formats and time zones apply to what is loaded from then on, not to history")
    if found.unstitched:
        notes.append(
            f"{found.unstitched} batches are not stitched yet, and what is new in them counts as a "
            "change of journeys: cjm stitch, then try again"
        )
    return notes
