"""`cjm mapping check|test|explain|coverage|schema`: writing rules, and knowing they are right."""

from __future__ import annotations

import json as json_
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec.structs import asdict
from rich.markup import escape
from rich.table import Table

from cjm_tracker.cli.common import (
    JsonOption,
    MappingOption,
    WarehouseOption,
    mapping_of,
    opened,
    out,
)
from cjm_tracker.cli.delivery import plain, table
from cjm_tracker.cli.sql import as_json
from cjm_tracker.errors import CjmError, ConfigError, InputError, InvalidRecord
from cjm_tracker.events import SOURCES, Event, Record
from cjm_tracker.inputs import open_logs
from cjm_tracker.mapping import Mapping, Places, load_mapping, places
from cjm_tracker.settings import load_settings
from cjm_tracker.sources import Format
from cjm_tracker.sources.settings import nearest
from cjm_tracker.touchpoints import (
    Given,
    Rule,
    Unknown,
    Verdict,
    compile_rules,
    explain,
    not_given,
    unknown,
)
from cjm_tracker.touchpoints.proposal import proposed
from cjm_tracker.warehouse import run_query

FileArgument = Annotated[Path, typer.Argument(metavar="MAPPING.yaml", help="The mapping.")]
SHAPES = 15  # of events without a rule


class ExamplesFailed(CjmError):
    """The rules do not say what the mapping's own examples expect."""


def check(file: FileArgument) -> None:
    """Say every error of a mapping with its line, and what looks like a slip of the pen."""
    mapping, where = load_mapping(file), places(file)
    asked = list(_unknown(mapping, where))
    doubts = [(line, text) for line, text, certain in asked if not certain]
    for line, text in sorted([*_doubts(mapping, where), *doubts]):
        out.print(f"{file}:{line}: {text}", markup=False, soft_wrap=True)
    if wrong := [f"{file}:{line}: {text}" for line, text, certain in sorted(asked) if certain]:
        raise ConfigError("\n".join(wrong))
    rules = sum(len(section.rules) for section in mapping.sources.values())
    out.print(
        f"{file} is a mapping: {rules} rules name {len(mapping.touchpoints)} touchpoints in "
        f"{len(mapping.stages)} stages; {len(mapping.examples)} examples",
        markup=False, soft_wrap=True,
    )  # fmt: skip


def _unknown(mapping: Mapping, where: Places) -> Iterator[tuple[int, str, bool]]:
    """What groups, rules and examples ask for in vain: line, words, and whether it is certain."""
    given = {source: mapping.attributes(source) for source in SOURCES}
    anywhere = {name: said for formats in given.values() for name, said in formats.items()}
    told = set()
    for name, group in mapping.groups.items():
        for found in unknown(group, mapping.groups, anywhere):
            told.add(found.name)
            yield where("groups", name, found.name), _asks(found, anywhere), found.certain
    for source, section in mapping.sources.items():
        formats = given[source]
        for number, rule in enumerate(section.rules):
            for found in unknown(rule.when, mapping.groups, formats):
                if found.name not in told:  # of a group it is said where it stands
                    line = where("sources", source, "rules", number, "when", found.name)
                    yield line, _asks(found, formats), found.certain
    for number, example in enumerate(mapping.examples):
        formats = given[example.source]
        its = {name: said for name, said in formats.items() if name == example.format} or formats
        for found in not_given(example.given, its):
            line = where("examples", number, "given", found.name)
            yield line, _asks(found, formats), found.certain


def _asks(found: Unknown, formats: Given) -> str:
    """What is wrong with it, and what may have been meant."""
    if not found.name:
        return "never matches: no format is all that is asked for"
    few = ", ".join(found.formats[:3]) + ", …" * (len(found.formats) > 3)
    whose = f" of {few}" if 0 < len(found.formats) < len(formats) else ""
    return f"{found.kind} '{found.name}'{whose}{nearest(found.name, list(found.known))}"


def _doubts(mapping: Mapping, where: Places) -> list[tuple[int, str]]:
    """What is allowed, and hardly meant: lines and words."""
    found = []
    seen: set[str] = set()
    for source, section in mapping.sources.items():
        asked = [rule.when.model_dump(exclude_none=True) for rule in section.rules]
        for number, rule in enumerate(section.rules):
            line = where("sources", source, "rules", number)
            if asked[number] in asked[:number]:
                other = where("sources", source, "rules", asked.index(asked[number]))
                found.append((line, f"never reached: line {other} asks the same"))
            elif {} in asked[:number]:
                found.append((line, "never reached: a rule above matches everything"))
            for name in (rule.touchpoint, rule.channel):
                if name and name not in mapping.labels and name not in seen:
                    seen.add(name)
                    found.append((line, f"'{name}' has no label: it is shown as it is written"))
    in_use = set(mapping.touchpoints.values())
    for number, stage in enumerate(mapping.stages):
        if stage not in in_use:
            found.append((where("stages", number), f"no rule names the stage '{stage}'"))
    return found


def test(file: FileArgument) -> None:
    """Ask the rules about the mapping's own examples (its section examples:)."""
    mapping = load_mapping(file)
    where = places(file)
    if not mapping.examples:
        raise InputError(
            f"{file} has no examples, such as: examples: [{{source: website, "
            "given: {event: Order Completed}, touchpoint: order_completed}]"
        )
    classify = compile_rules(mapping.sources, mapping.groups)
    failed = 0
    for number, example in enumerate(mapping.examples):
        found = classify(example.source, example.format, example.event())
        if wrong := example.differs(found):
            failed += 1
            line = where("examples", number)
            out.print(f"{file}:{line}: {'; '.join(wrong)}", markup=False, soft_wrap=True)
    if failed:
        raise ExamplesFailed(f"{failed} of {len(mapping.examples)} examples are not as expected")
    out.print(f"{len(mapping.examples)} examples are as expected")


def explain_one(
    file: Annotated[str, typer.Argument(help="A log file, or - for standard input.")],
    format_name: Annotated[str, typer.Option("--format", metavar="F", help="See cjm formats.")],
    record: Annotated[int, typer.Option(min=1, help="Which record of the file.")] = 1,
    mapping: MappingOption = None,
    json: JsonOption = False,
) -> None:
    """Say of one record what is read, which rule matches, and which ones come close."""
    settings = load_settings(mapping=mapping)
    plan = mapping_of(settings)
    format_ = plan.format(format_name)
    where = places(settings.mapping) if settings.mapping else None
    with ExitStack() as stack:
        (log,) = open_logs([file], stack)
        read, events = _events(log.frames(format_), format_, plan, record)
    told = [_explained(event, read, plan, where) for event in events]
    if json:
        print(as_json(told))
        return
    for one in told:
        _print(one)


def _events(
    frames: Any, format_: Format, plan: Mapping, wanted: int
) -> tuple[Format, Sequence[Event]]:
    """The events of one record, and the format they are in: what lies in an envelope."""
    for number, (value, _) in enumerate(frames, start=1):
        if number == wanted:
            record = Record("", 0, 0, 0, value)
            try:
                read, inside = format_.inside(record)
                return read, read.parse(inside, plan.options(read.name))
            except InvalidRecord as error:
                raise InputError(f"record {wanted} becomes a dead letter: {error}") from None
    raise InputError(f"there is no record {wanted}")


def _explained(
    event: Event, format_: Format, plan: Mapping, where: Places | None
) -> dict[str, Any]:
    section = plan.sources.get(format_.source)
    if section is None:
        raise InputError(f"the mapping has no rules for {format_.source}")
    matched, close = explain(section, plan.groups, format_.name, event)

    def said(verdict: Verdict) -> dict[str, Any]:
        place = ("sources", format_.source, "rules", verdict.number)
        return {
            "rule": verdict.number + 1,
            "line": where(*place) if where else None,
            "says": _says(verdict.rule),
            "failed": verdict.failed,
        }

    asked = {"event" if name == "name" else name: value for name, value in asdict(event).items()}
    asked["occurred_at"] = datetime.fromtimestamp(event.occurred_at / 1000, UTC).isoformat()
    fields = {
        name: value
        for name, value in asked.items()
        if value not in (None, "", 0, {}, ()) and name not in ("attributes", "identifiers")
    }
    return {
        "event": {**fields, **event.attributes},
        "dropped_by_format": event.drop_reason,
        "matched": said(matched) if matched else None,
        "close": [said(verdict) for verdict in close],
    }


def _says(rule: Rule) -> dict[str, str]:
    return rule.model_dump(exclude={"when"}, exclude_none=True)


def _print(told: dict[str, Any]) -> None:
    fields = Table(box=None, show_header=False, pad_edge=False)
    for name, value in told["event"].items():
        fields.add_row(plain(name), plain(str(value)))
    out.print(fields)
    if told["dropped_by_format"]:
        out.print(f"\nThe format drops it: {told['dropped_by_format']}. No rule is asked.")
        return
    if matched := told["matched"]:
        out.print(f"\nRule {_place(matched)} matches: {escape(_worded(matched['says']))}")
    else:
        out.print("\nNo rule matches: the event stays unmapped.")
    for near in told["close"]:
        failed = "; ".join(near["failed"])
        out.print(
            f"  close: rule {_place(near)}, {escape(_worded(near['says']))}: {escape(failed)}"
        )


def _place(said: dict[str, Any]) -> str:
    return f"{said['rule']} (line {said['line']})" if said["line"] else str(said["rule"])


def _worded(says: dict[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in says.items())


def coverage(warehouse: WarehouseOption = None, json: JsonOption = False) -> None:
    """Say what share of events a rule matched, and propose rules for the most frequent others."""
    settings = load_settings(warehouse=warehouse)
    with opened(settings) as store:
        shares = run_query(store, "coverage").dicts()
        shapes = run_query(store, "coverage_shapes", shapes=SHAPES).dicts()
    for shape in shapes:
        shape["rule"] = proposed(shape["source"], shape["format"], shape["name"])
    if json:
        print(as_json({"sources": shares, "unmapped": shapes}))
        return
    counts = ("events", "mapped", "unmapped", "dropped")
    grid = table("source", *counts, "share", right=",".join((*counts, "share")))
    for row in shares:
        share = "" if row["share"] is None else f"{row['share']:.1%}"
        grid.add_row(row["source"], *(f"{row[name]:,}" for name in counts), share)
    out.print(grid)
    out.print("share: mapped of all that is not dropped")
    if shapes:
        out.print("\nMost frequent without a rule; a rule for each, to be given a stage:")
    for shape in shapes:
        out.print(f"{shape['events']:>9,}  {shape['rule']}", markup=False, soft_wrap=True)


def schema() -> None:
    """Print the JSON Schema of a mapping, for editors."""
    print(json_.dumps(Mapping.model_json_schema(by_alias=True), indent=2, ensure_ascii=False))
