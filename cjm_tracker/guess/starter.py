"""A mapping to start from: what is in a log, as a file that `load_mapping` takes."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from cjm_tracker.guess.sample import records
from cjm_tracker.guess.table import Table
from cjm_tracker.guess.words import is_goal, stage_of
from cjm_tracker.inputs import LogFile
from cjm_tracker.mapping import Mapping
from cjm_tracker.pipeline import Pipeline
from cjm_tracker.sources import Format, formats
from cjm_tracker.sources.defaults import DEFAULT_FORMATS
from cjm_tracker.touchpoints.proposal import proposed, slug, touchpoint_named

RECORDS = 20_000  # of a log that are read for names of events
RULES = 30
# The order of a journey, not that of words.
JOURNEY = ("awareness", "consideration", "purchase", "service", "loyalty", "advocacy")
# Access logs call an event by its method.
METHODS = {"GET": "page_requested", "POST": "form_sent"}

RESERVED = ("true", "false", "null", "yes", "no", "on", "off")  # in YAML of any version


class Shape(NamedTuple):
    """Events of one format and name: how many, and what a rule could make of them."""

    format: str
    name: str
    events: int
    touchpoint: str
    stage: str


def shapes(log: LogFile, format_: Format, pipeline: Pipeline, now: int) -> list[Shape]:
    """What the events of a log call themselves, the most frequent first.

    Those that the format itself drops are not among them. `now` in ms since 1970.
    """
    some = records(list(islice(log.frames(format_), RECORDS)), format_, now)
    facts = pipeline.process(some, format_).facts
    counted = Counter(
        (fact.format, fact.event.name) for fact in facts if not fact.event.drop_reason
    )
    taken: Counter[str] = Counter()
    found = []
    for (name, event), count in sorted(counted.items(), key=lambda item: (-item[1], item[0])):
        touchpoint = METHODS.get(event) or touchpoint_named(format_.source, event)
        # Names in other scripts have no slug of their own, and are not one touchpoint for that.
        if not slug(event):
            taken[touchpoint] += 1
            touchpoint += f"_{taken[touchpoint]}" if taken[touchpoint] > 1 else ""
        found.append(Shape(name, event, count, touchpoint, stage_of(event)))
    return found


def starter(
    name: str, format_: Format, found: list[Shape], plan: Mapping, table: Table | None = None
) -> str:
    """The mapping, as YAML with remarks on what to look at.

    `name` is the log's; channels are called as in `plan`. A `table` is described in
    its section `formats:`.
    """
    lines = [
        f"# A mapping to start from, made of what is in {json.dumps(name, ensure_ascii=False)}.",
        "# Names, stages and goals are guessed by their words: go through them. Every section is",
        "# explained in README.md.",
        f"version: {slug(format_.name)}_1",
        "",
        f"stages: [{', '.join(JOURNEY)}]",
        *(["", *_zone(format_, table)] if _needs_zone(format_, table) else []),
        *(["", "formats:", *described(table)] if table else []),
        "",
        "sources:",
        f"  {format_.source}:",
        f"    channel: {_channel(format_, plan)}",
        "    rules:   # the first rule that matches names the touchpoint",
        *(f"      {rule}" for rule in _rules(format_, found)),
        "",
        "journeys:",
        "  - name: customer_journey",
        "    inactivity: 30d   # silence that ends a journey",
        f"    goals: [{', '.join(_goals(found))}]   # it converted",
    ]
    return "\n".join(lines) + "\n"


def _needs_zone(format_: Format, table: Table | None) -> bool:
    """Of the source's usual format, too: its records may come without a header."""
    usual = formats()[DEFAULT_FORMATS[format_.source]]
    return usual.needs_timezone or (format_.needs_timezone and table is None)


def _zone(format_: Format, table: Table | None) -> Iterator[str]:
    asked = format_.needs_timezone and table is None
    yield f"timezone: UTC   # of times that carry no zone{': which one are they of?' * asked}"


def _channel(format_: Format, plan: Mapping) -> str:
    section = plan.sources.get(format_.source)
    return section.channel if section else format_.source


def _rules(format_: Format, found: list[Shape]) -> Iterator[str]:
    if not found and format_.source == "crm":
        yield "- {when: {}, drop: identity_only}   # it only says who is who"
        return
    if not found:
        yield f"- {{when: {{}}, touchpoint: {format_.source}_contact}}   # no event to name it by"
        return
    for shape in found[:RULES]:
        rule = proposed(
            format_.source, shape.format, shape.name,
            touchpoint=shape.touchpoint, stage=shape.stage,
        )  # fmt: skip
        yield f"{rule}   # {_events(shape.events)}{'' if shape.stage else '; which stage?'}"
    if rest := found[RULES:]:
        more = _events(sum(shape.events for shape in rest))
        yield f"# and {more} of {len(rest)} other names: cjm mapping coverage shows them"


def _events(count: int) -> str:
    return f"{count:,} event{'s' * (count != 1)}"


def _goals(found: list[Shape]) -> list[str]:
    """Touchpoints of orders and sales; else the most frequent one of the journey's last stage."""
    named = found[:RULES]
    if goals := [shape.touchpoint for shape in named if is_goal(shape.name)]:
        return list(dict.fromkeys(goals))
    staged = [shape for shape in named if shape.stage]
    last = max(staged, key=lambda shape: JOURNEY.index(shape.stage), default=None)
    return [last.touchpoint] if last else [shape.touchpoint for shape in named[-1:]]


def described(table: Table) -> Iterator[str]:
    """The table's entry of the section `formats:`."""
    yield f"  {table.name}:"
    yield from _lines(table.settings, table.remarks, "    ")
    if "identifiers" in table.remarks:
        yield "      # identifiers: {customer_number: COLUMN}   # none found: who is the customer?"


def _lines(settings: dict[str, Any], remarks: dict[str, str], indent: str) -> Iterator[str]:
    for key, said in settings.items():
        remark = f"   # {remarks[key]}" if key in remarks else ""
        if isinstance(said, dict) and key in ("columns", "identifiers", "attributes"):
            yield f"{indent}{key}:{remark}"
            yield from _lines(said, remarks if key == "columns" else {}, indent + "  ")
        else:
            yield f"{indent}{key}: {_flow(said)}{remark}"


def _flow(said: Any) -> str:
    """A value as YAML in one line; any but the plainest text in the quotes of JSON, which YAML
    reads alike."""
    if isinstance(said, str) and re.fullmatch("[a-z_]+", said) and said not in RESERVED:
        return said
    if isinstance(said, dict):
        return f"{{{', '.join(f'{key}: {_flow(value)}' for key, value in said.items())}}}"
    return json.dumps(said, ensure_ascii=False)
