"""Which columns are promised, and whether the views still keep to it.

`sql/contract.json` holds the promise with its version, `major.minor`. A new view or column raises
the minor number; one that is gone or has another type breaks what somebody wrote, and raises the
major one.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from cjm_tracker.resources import sql_text

FILE = "contract.json"


class Column(NamedTuple):
    """A row of `sql/queries/contract.sql`."""

    view: str
    view_words: str
    name: str
    type: str
    words: str


class Promise(BaseModel):
    """The version, and of each view the type of each column."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str = Field(pattern=r"^\d+\.\d+$")
    views: dict[str, dict[str, str]]

    def breaks(self, views: dict[str, dict[str, str]]) -> list[str]:
        """What of the promise these views do not keep, a line each: `journeys.path: is gone`."""
        return [
            f"{view}.{name}: {f'is {there} now, was {type_}' if there else 'is gone'}"
            for view, columns in self.views.items()
            for name, type_ in columns.items()
            if (there := views.get(view, {}).get(name)) != type_
        ]


def promised() -> Promise:
    """What this version promises."""
    return Promise.model_validate_json(sql_text(FILE))


def views_of(columns: Iterable[Column]) -> dict[str, dict[str, str]]:
    """The type of each column of each view."""
    return {
        view: {column.name: column.type for column in theirs}
        for view, theirs in groupby(columns, key=lambda column: column.view)
    }


def raised(kept: Promise, columns: Iterable[Column]) -> Promise:
    """The promise of these views: the same where nothing changed, else of a higher version."""
    views = views_of(columns)
    major, minor = map(int, kept.version.split("."))
    if kept.breaks(views):
        major, minor = major + 1, 0
    elif views != kept.views:
        minor += 1
    return Promise(version=f"{major}.{minor}", views=views)
