"""`cjm formats` and `cjm new-format`: what can be read, and how to add to it."""

from __future__ import annotations

import ast
import inspect
import json as json_
import re
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cjm_tracker import events
from cjm_tracker.cli.common import JsonOption, MappingOption, mapping_of, out
from cjm_tracker.cli.delivery import plain
from cjm_tracker.cli.sql import as_json
from cjm_tracker.errors import ConfigError, InputError
from cjm_tracker.events import Source
from cjm_tracker.mapping import load_mapping
from cjm_tracker.resources import PRESETS
from cjm_tracker.settings import load_settings
from cjm_tracker.sources import Format, format_named
from cjm_tracker.touchpoints import compile_rules

SKELETON = PRESETS / "new_format"
WIDTH = 80


def formats(
    name: Annotated[str | None, typer.Argument(help="One format, with all it says.")] = None,
    mapping: MappingOption = None,
    json: JsonOption = False,
) -> None:
    """List the wire formats that can be read, or tell all of one: cjm formats segment.

    The mapping's own formats (its section formats:) are among them.
    """
    known = mapping_of(load_settings(mapping=mapping)).known_formats
    if name is not None:
        one = format_named(name, known)
        if json:
            print(as_json(_said(one)))
        else:
            out.print(_told(one), width=WIDTH)
    elif json:
        print(as_json([_said(one) for one in known.values()]))
    else:
        out.print(_list(list(known.values())), width=WIDTH)


def _list(known: list[Format]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("format", "source"):
        table.add_column(title, no_wrap=True)
    table.add_column("what it is", overflow="fold")
    for one in known:
        table.add_row(plain(one.name), one.source, plain(one.summary))
    return table


def _said(one: Format) -> dict[str, Any]:
    meanings = drop_meanings()
    return {
        "format": one.name,
        "source": one.source,
        "summary": one.summary,
        "event_id": one.event_id,
        "clock": one.clock,
        "identifiers": list(one.identifiers),
        "attributes": None if one.attributes is None else sorted(one.attributes),
        "gives": list(one.gives),
        "drops": {reason: meanings.get(reason, "") for reason in one.drops},
        "needs_timezone": one.needs_timezone,
        "equal_records": "two events" if one.repeats else "one event",
        "example": _example(one),
        "about": about(one),
    }


def _told(one: Format) -> Group:
    said = _said(one)
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    zone = "the mapping must name one: its times carry none" if one.needs_timezone else "its own"
    drops = "\n".join(f"{reason}: {why}" for reason, why in said["drops"].items())
    for title, text in (
        ("format", one.name),
        ("source", one.source),
        ("what it is", one.summary),
        ("event id", one.event_id),
        ("clock", one.clock),
        ("time zone", zone),
        ("identifiers", ", ".join(one.identifiers) or "none"),
        ("attributes", _attributes(one)),
        ("gives", ", ".join(one.gives) or "nothing else"),
        ("drops", drops or "nothing"),
        ("equal records", f"are {said['equal_records']}"),
        ("example", said["example"]),
    ):
        table.add_row(title, plain(text))
    return Group(table, Padding(plain(said["about"]), (1, 0, 0, 0)) if said["about"] else Text())


def _attributes(one: Format) -> str:
    """What rules may ask for, beside the fields that every event has."""
    if one.opened:
        return "those of the format inside"
    return "it does not say" if one.attributes is None else ", ".join(one.attributes) or "none"


def _example(one: Format) -> str:
    return f"cjm load --direct --format {one.name} FILE"


def about(one: Format) -> str:
    """What the format's own module says of it, a paragraph or statement a line."""
    written = inspect.getdoc(inspect.getmodule(one.parse)) or ""
    # Indented lines are examples; "Clock: …" begins a statement.
    return re.sub(r"(?<=\S)\n(?!\s|[A-Z][\w ]{0,12}: )", " ", written)


def drop_meanings() -> dict[str, str]:
    """Why an event may be no touchpoint."""
    return meanings(events, "DropReason")


def meanings(module: ModuleType, literal: str) -> dict[str, str]:
    """Each value of a literal type with the comment that stands beside it."""
    lines = inspect.getsource(module).splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"{literal} = "))
    found = {}
    for line in lines[start + 1 :]:
        if line.startswith("]"):
            break
        reason, _, comment = line.partition("#")
        found[ast.literal_eval(reason.strip().rstrip(","))] = comment.strip()
    return found


def new_format(
    name: Annotated[str, typer.Argument(help="In small letters: newsletter_clicks.")],
    source: Annotated[Source, typer.Option(help="Where its records come from.")],
    directory: Annotated[
        Path, typer.Option("--dir", metavar="DIR", help="Where to write; a clone of ours, or not.")
    ] = Path("."),
) -> None:
    """Write the skeleton of a new format, with a payload, its expected row and a test that passes.

    In a clone of cjm-tracker the files go where its own formats are; elsewhere a package of its
    own is made, which is found as soon as it is installed.
    """
    if not name.isascii() or not name.isidentifier() or name != name.lower():
        raise ConfigError(f"'{name}' is no name of a format: small letters, digits and _")
    inside = (directory / "cjm_tracker" / "sources" / source).is_dir()
    files = _in_clone(name, source) if inside else _package(name)
    root = directory if inside else directory / name
    texts = {root / path: _filled(template, name, source) for path, template in files.items()}
    if inside:
        row = root / f"tests/records/{name}/opened.expected.json"
        texts[row] = _as_mapped(texts[row], name, source)
    if there := [str(path) for path in texts if path.exists()]:
        raise InputError(f"{there[0]}: is there already; nothing was written")
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        out.print(f"wrote {path}", soft_wrap=True, markup=False)
    out.print(_next_steps(name, source, root, inside), soft_wrap=True, markup=False)


def _in_clone(name: str, source: str) -> dict[str, str]:
    return {f"cjm_tracker/sources/{source}/{name}.py": "format.py", **_records(name)}


def _package(name: str) -> dict[str, str]:
    return {
        "pyproject.toml": "pyproject.toml",
        f"{name}.py": "format.py",
        f"tests/test_{name}.py": "test_format.py",
        **_records(name),
    }


def _records(name: str) -> dict[str, str]:
    shown = ("opened", "bad_no_id")
    return {
        f"tests/records/{name}/{one}.{ending}": f"{one}.{ending}"
        for one in shown
        for ending in ("json", "expected.json")
    }


def _filled(template: str, name: str, source: str) -> str:
    text = (SKELETON / f"{template}.txt").read_text(encoding="utf-8")
    return text.replace("NAME", name).replace("SOURCE", source)


def _as_mapped(expected: str, name: str, source: Source) -> str:
    """Our own records are expected as the preset maps them."""
    outcome = json_.loads(expected)
    row = outcome["events"][0]
    event = events.Event(row["event_id"], row["name"], 0, attributes=dict(row["attributes"]))
    mapping = load_mapping()
    point = compile_rules(mapping.sources, mapping.groups)(source, name, event)
    row |= {"touchpoint": point.name, "channel": point.channel, "stage": point.stage}
    row |= {"drop_reason": point.drop_reason}
    kept = {field: value for field, value in row.items() if value}
    return json_.dumps({"events": [kept]}, indent=2) + "\n"


def _next_steps(name: str, source: str, root: Path, inside: bool) -> str:
    if inside:
        module = f"cjm_tracker.sources.{source}.{name}:FORMAT"
        return textwrap.dedent(
            f"""\
            next: add to [project.entry-points."cjm_tracker.formats"] in pyproject.toml
                {name} = "{module}"
            and {name} to the table of formats in README.md, then
                pip install -e . && pytest tests/sources -k {name}"""
        )
    return f"next: pip install -e {root} && pytest {root} && cjm formats {name}"
