"""Formats: how each wire format of each source becomes events. One file a format, one registry.

A format is found by its entry point in the group `cjm_tracker.formats`, so a package outside
this repository can add one without touching it: a module with a `Format` and a line of metadata.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import BinaryIO, Literal
from zoneinfo import ZoneInfo

from cjm_tracker.errors import ConfigError
from cjm_tracker.events import DropReason, Event, Record, Source

__all__ = ["Format", "FormatOptions", "Gives", "format_named", "formats"]


# What a format can say of an event beside its id, name, clock, identifiers and attributes.
Gives = Literal["outcome", "value", "duration_s", "wait_s", "score", "comment", "revision"]


@dataclass(frozen=True, slots=True)
class FormatOptions:
    """What a format cannot know by itself, from the mapping."""

    timezone: ZoneInfo | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """One wire format of one source.

    `frames` cuts a log file into records, the unit that travels on a topic.
    `parse` turns one record into events; it raises `InvalidRecord`, and nothing else, for
    bytes it cannot understand, and never looks at the clock or the network.
    `event_id` and `clock` say, for people, where an event's id and its time come from and why;
    `identifiers` the kinds it can carry, `attributes` the names of those it can give (None: it does
    not say), `gives` what else it can say, `drops` why some of its events are no touchpoint.
    `needs_timezone`: its times carry no zone, so the mapping must name one.
    `repeats`: two equal records are two events (an access log has no event id), so the
    loader numbers equal ones.
    `opened`: the format is an envelope around others. It gives the format inside and what that one
    is to parse; the pipeline goes on with these.
    """

    name: str
    source: Source
    summary: str
    frames: Callable[[BinaryIO], Iterator[bytes]]
    parse: Callable[[Record, FormatOptions], Sequence[Event]]
    event_id: str = ""
    clock: str = ""
    identifiers: tuple[str, ...] = ()
    attributes: tuple[str, ...] | None = None
    gives: tuple[Gives, ...] = ()
    drops: tuple[DropReason, ...] = ()
    needs_timezone: bool = False
    repeats: bool = False
    opened: Callable[[Record], tuple[Format, Record]] | None = None

    def inside(self, record: Record) -> tuple[Format, Record]:
        """The format that is to read, and what: those in the envelope where this is one."""
        return self.opened(record) if self.opened else (self, record)


@cache
def formats() -> Mapping[str, Format]:
    """Every installed format by name."""
    found: dict[str, Format] = {}
    for entry in entry_points(group="cjm_tracker.formats"):
        loaded = entry.load()
        if not isinstance(loaded, Format):
            raise ConfigError(f"entry point {entry.name} ({entry.value}) is not a Format")
        found[loaded.name] = loaded
    return dict(sorted(found.items()))


def format_named(name: str, known: Mapping[str, Format] | None = None) -> Format:
    """The format of that name among those `known`, or a `ConfigError` listing them.

    Without `known` the installed ones are; a mapping's own are in `Mapping.known_formats`.
    """
    known = formats() if known is None else known
    try:
        return known[name]
    except KeyError:
        listed = ", ".join(known)
        raise ConfigError(f"unknown format '{name}': installed are {listed}") from None
