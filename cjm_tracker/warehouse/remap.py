"""Re-mapping: the rules of a mapping, asked again about every event that is stored.

Page by page of `event_log`, in the order of its sort key, so that memory is bounded and a
re-mapping can go on where it was. The rules are the pipeline's own; they see the events by what
tells them apart (`seen` in sql/rebuild/page.sql), so a page of 100,000 events may come down to a
hundred questions. Events of which they say something else are written anew under the same key, a
millisecond later: `event_log` keeps the later row.

Who an event belongs to is left as it is: identifiers are not kept as they came.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import uuid4

from cjm_tracker.emotion import THEMES, Reader
from cjm_tracker.events import Event, Metric, Source
from cjm_tracker.mapping import Mapping
from cjm_tracker.resources import sql_text
from cjm_tracker.touchpoints import Condition, Rule, asked, compile_rules
from cjm_tracker.warehouse.client import Columns, Warehouse

PAGE = 100_000  # events
MEMO = 100_000  # answers of the rules that are kept
LAST = (2**64 - 1, 10_413_791_999_999)  # past every identifier, and every time the type can say


class Place(NamedTuple):
    """A place in the sort key of `event_log`: everything up to it is done."""

    year: int
    identifier: int
    occurred_at: int  # ms since 1970


BEGINNING = Place(0, 0, 0)


class Said(NamedTuple):
    """What rules, scales and themes say about an event: what a mapping decides."""

    touchpoint: str
    channel: str
    stage: str
    drop_reason: str
    emotion: float | None
    themes: str = ""  # an attribute: names, with commas between


class Group(NamedTuple):
    """Events of one page that look the same to the rules, and of which the same was said."""

    source: str
    format: str
    example: str  # the name of one of them
    before: Said
    after: Said
    events: int  # each once
    stored: int  # also states of events that no longer hold
    hash: str

    @property
    def changes(self) -> bool:
        return self.before != self.after


class Page(NamedTuple):
    """One page, done: up to where, and what was in it."""

    end: Place
    groups: list[Group]

    @property
    def stored(self) -> int:
        return sum(group.stored for group in self.groups)


class Rules:
    """A mapping's rules as a function of what they can see."""

    def __init__(self, mapping: Mapping) -> None:
        self._classify = compile_rules(mapping.sources, mapping.groups)
        self._read = Reader(mapping.scorer, mapping.themes)
        self.asked = sorted(
            {
                f"{whose}.{field}"
                for source, section in mapping.sources.items()
                for rule in section.rules
                for whose in _whose(source, rule)
                for field in asked(rule.when, mapping.groups)
            }
        )
        self._memo = lru_cache(MEMO)(self._say)

    def __call__(self, seen: tuple[Any, ...]) -> Said:
        *fields, attributes = seen
        return self._memo(*fields, tuple(attributes.items()))

    def _say(
        self,
        source: Source,
        format_name: str,
        format_drop: str,
        name: str,
        outcome: str,
        currency: str,
        metric: Metric,
        score: float | None,
        value: Decimal | None,
        wait_s: float | None,
        duration_s: float | None,
        comment: str,
        attributes: tuple[tuple[str, str], ...],
    ) -> Said:
        event = Event(
            "", name, 0, attributes=dict(attributes), outcome=outcome, currency=currency,
            metric=metric, score=score, value=value, wait_s=wait_s, duration_s=duration_s,
            comment=comment,
        )  # fmt: skip
        self._read.note(comment, event.attributes)
        point = self._classify(source, format_name, event)
        if format_drop:  # as in the pipeline: no rule overrules the format
            point = point._replace(name="", stage="", drop_reason=format_drop)
        felt = self._read.emotion(metric, score, comment)
        return Said(*point, felt, event.attributes.get(THEMES, ""))


def _whose(source: Source, rule: Rule) -> list[str]:
    """Whose fields a rule asks for: of a source's events all, or those of the formats it names."""
    named = rule.when.tests.get("format")
    if isinstance(named, Condition) or named is None:
        return [source]
    return [f"{source}/{name}" for name in (named if isinstance(named, list) else [named])]


def remap(
    warehouse: Warehouse,
    mapping: Mapping,
    version: str,
    *,
    after: Place = BEGINNING,
    size: int = PAGE,
) -> Iterator[Page]:
    """Ask and write page after page, from behind a place on; each is written when it is given.

    Going through it a second time changes nothing. Events that are stored meanwhile are not
    looked at where their page is done: they have to be stored by the same mapping.
    """
    rules = Rules(mapping)
    for year, _ in years(warehouse):
        place = after if year == after.year else Place(year, 0, 0)
        while after.year <= year and place[1:] != LAST:
            page = _page(warehouse, rules, version, place, size)
            yield page
            place = page.end


def years(warehouse: Warehouse) -> list[tuple[int, int]]:
    """The partitions of `event_log`, with how many rows each has."""
    rows = warehouse.query(sql_text("rebuild/years.sql")).rows
    return [(int(year), int(stored)) for year, stored in rows]


def _page(warehouse: Warehouse, rules: Rules, version: str, after: Place, size: int) -> Page:
    bounds: dict[str, Any] = {
        "year": after.year,
        "after_number": after.identifier,
        "after_ms": after.occurred_at,
    }
    ends = warehouse.query(sql_text("rebuild/page_end.sql"), {**bounds, "size": size - 1}).rows
    end = Place(after.year, *(ends[0] if ends else LAST))
    bounds |= {"up_to_number": end.identifier, "up_to_ms": end.occurred_at, "asked": rules.asked}
    found = warehouse.query(_on_page("groups"), bounds).rows
    groups = [
        Group(seen[0], seen[1], example, Said(*said), rules(seen), events, stored, hash_)
        for seen, said, hash_, example, events, stored in found
    ]
    if changed := [group for group in groups if group.changes]:
        page = uuid4()
        warehouse.insert("remap_page", _columns(page, changed))
        warehouse.command(_on_page("restate"), {**bounds, "page": page, "version": version})
    return Page(end, groups)


def _on_page(name: str) -> str:
    """A statement about a page, with the page put in."""
    page = sql_text("rebuild/page.sql")
    return sql_text(f"rebuild/{name}.sql").replace("FROM page", f"FROM (\n{page}) AS page")


def _columns(page: object, groups: list[Group]) -> Columns:
    columns: Columns = {"page": [page] * len(groups), "seen": [group.hash for group in groups]}
    for place, name in enumerate(Said._fields):
        columns[name] = [group.after[place] for group in groups]
    return columns
