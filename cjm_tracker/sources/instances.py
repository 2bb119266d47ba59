"""A mapping's own formats: an installed one under another name, a CSV table, an envelope.

Each entry of the mapping's `formats:` section is read as one of these, by its key `format`:

    seelab_calls: {timezone: Asia/Jerusalem}                     settings of an installed format
    calls_sofia: {format: seelab_calls, timezone: Europe/Sofia}  the same under a name of its own
    till_export: {format: csv, …}                                see csv_table.py
    crm_events: {format: cloudevents, inside: segment}           see cloudevents.py
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Discriminator, Tag, field_validator

from cjm_tracker.sources import Format, format_named, formats
from cjm_tracker.sources.cloudevents import CloudEvents
from cjm_tracker.sources.csv_table import CsvTable
from cjm_tracker.sources.settings import FormatSettings, problem_of

__all__ = ["CloudEvents", "CsvTable", "FormatSettings", "Instance", "Setting", "with_instances"]


class Instance(FormatSettings):
    """An installed format under another name, for a producer with its own time zone or rules."""

    format: str

    @field_validator("format")
    @classmethod
    def is_installed(cls, name: str) -> str:
        if name not in formats():
            raise ValueError(problem_of(name, [*formats(), "csv", "cloudevents"]))
        return name

    def made(self, name: str) -> Format:
        """The format as it works under that name."""
        return replace(format_named(self.format), name=name)


def _kind(given: Any) -> str:
    named = given.get("format") if isinstance(given, Mapping) else getattr(given, "format", None)
    if named is None:
        return "settings"
    return named if named in ("csv", "cloudevents") else "instance"


Setting = Annotated[
    Annotated[FormatSettings, Tag("settings")]
    | Annotated[Instance, Tag("instance")]
    | Annotated[CsvTable, Tag("csv")]
    | Annotated[CloudEvents, Tag("cloudevents")],
    Discriminator(_kind),
]


def with_instances(settings: Mapping[str, Setting]) -> dict[str, Format]:
    """Every format by name: those installed, and over them a mapping's own."""
    found = dict(formats())
    for name, said in settings.items():
        if isinstance(said, (Instance, CsvTable)):
            found[name] = said.made(name)
    inner = dict(found)  # an envelope holds no envelope
    for name, said in settings.items():
        if isinstance(said, CloudEvents):
            found[name] = said.made(name, inner)
    return found
