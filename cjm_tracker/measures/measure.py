"""A measure: its meaning, its parameters, its SQL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from pydantic import Field
from ruamel.yaml import YAML

from cjm_tracker.errors import InputError
from cjm_tracker.events import Slug
from cjm_tracker.journeys import JourneyDefinition
from cjm_tracker.measures.attribution import Path, credited
from cjm_tracker.measures.clusters import Profile, clustered
from cjm_tracker.measures.forms import FORMS, Form
from cjm_tracker.measures.scope import Scope
from cjm_tracker.resources import SQL
from cjm_tracker.sources.settings import Strict, nearest

FOLDER = SQL / "measures"
# What several of them share, no measures themselves: each stands for its name in braces.
SHARED = ("common", "named", "visits", "touches", "judged", "pains")
# A file's head is a comment in YAML.
FILE = re.compile(r"/\*\n(?P<head>.*?)\*/\n(?P<sql>.*)", re.DOTALL)


class Parameter(Strict):
    """One that may be set: `default` and `choices` as a person would write them."""

    words: str
    form: Form = "text"
    default: str = ""
    choices: tuple[str, ...] = ()
    most: int = 0  # a number may be no greater; 0: it may


Rows = list[tuple[Any, ...]]

# Of each row that counts journeys, its share of all that were asked for.
OF_JOURNEYS = "of_journeys"
OF_ALL = {
    "silent_after": Parameter(
        words="how long a feed may be silent and still be waited for", form="duration", default="7d"
    )
}


class Measure(Strict):
    """What the head of a measure's file says, and its SQL."""

    name: Slug
    title: str
    words: str  # what it answers
    formula: str
    source: str  # the views it reads
    unit: str
    small_samples: str  # how few of something are shown
    notes: str = ""
    parameters: dict[Slug, Parameter] = {}
    columns: dict[Slug, str] = Field(min_length=1)
    keys: tuple[Slug, ...] = ()  # the columns that name a row
    # What of it is set side by side, each with the columns of its interval, where it has one.
    compared: dict[Slug, tuple[()] | tuple[Slug, Slug]] = {}
    # What becomes of the rows, where SQL does not say all.
    then: Literal["", "credited", "clustered"] = ""
    sql: str = Field(repr=False)

    @property
    def figures(self) -> tuple[str, ...]:
        """What of it is set side by side; where nothing names a row, it is of all journeys."""
        counts = self.compared and self.keys and "journeys" in self.columns
        return (OF_JOURNEYS,) * bool(counts) + tuple(self.compared)

    def query(self) -> str:
        """The whole statement, with its parameters still to be bound."""
        return _whole(self.sql)

    def finished(self, rows: Rows, values: Mapping[str, Any]) -> tuple[tuple[str, ...], Rows]:
        """The answer's columns and rows, from what the engine gave for these parameters."""
        if self.then == "credited":
            paths = [Path(tuple(touches), *rest) for touches, *rest in rows]
            rows = credited(values["model"], paths)
        if self.then == "clustered":
            profiles = [Profile(*row) for row in rows]
            rows = clustered(profiles, values["clusters"], values["least"], values["lang"])
        return tuple(self.columns), rows

    def bound(
        self, given: Mapping[str, str], scope: Scope, definition: JourneyDefinition
    ) -> dict[str, Any]:
        """The values of all parameters; an `InputError` names the one that cannot be."""
        parameters = {**self.parameters, **OF_ALL}
        for name in given:
            if name not in parameters:
                raise InputError(
                    f"{self.name}: parameter '{name}'{nearest(name, list(parameters))}"
                )
        values = {**scope.parameters(definition.name), **_said(definition)}
        for name, parameter in parameters.items():
            written = given.get(name, parameter.default)
            if parameter.choices and written not in parameter.choices:
                raise InputError(f"{self.name}: {name}{nearest(written, list(parameter.choices))}")
            try:
                values |= FORMS[parameter.form](name, written, definition)
            except ValueError as error:
                raise InputError(f"{self.name}: {name}: {error}") from None
            if parameter.most and values[name] > parameter.most:
                raise InputError(f"{self.name}: {name}: {parameter.most} at most")
        return values


def scoped(sql: str, scope: Scope, definition: JourneyDefinition) -> tuple[str, dict[str, Any]]:
    """SQL that begins with {common} but is no measure: the whole statement, and what it binds."""
    values = {**scope.parameters(definition.name), **_said(definition)}
    for name, parameter in OF_ALL.items():
        values |= FORMS[parameter.form](name, parameter.default, definition)
    return _whole(sql.strip()), values


def _whole(sql: str) -> str:
    for name in SHARED:
        if (place := f"{{{name}}}\n") in sql:
            sql = sql.replace(place, (FOLDER / f"{name}.sql").read_text("utf-8"), 1)
    return sql


def _said(definition: JourneyDefinition) -> dict[str, Any]:
    """What a measure may need of the definition itself."""
    lookback = definition.lookback
    return {
        "goals": list(definition.goals),
        # Longer than any journey, where it has none.
        "lookback_s": lookback.total_seconds() if lookback else 1e12,
    }


def measures() -> dict[str, Measure]:
    """All of them by name."""
    return {name: measure_named(name) for name in measure_names()}


@cache
def measure_names() -> tuple[str, ...]:
    """The names of all of them, which are those of their files."""
    return tuple(sorted({path.stem for path in FOLDER.glob("*.sql")} - {*SHARED}))


@cache
def measure_named(name: str) -> Measure:
    """The measure of that name, of which alone the file is read; an `InputError` where none is."""
    if name not in measure_names():
        raise InputError(
            f"measure '{name}'{nearest(name, [*measure_names()])}; cjm measure lists them"
        )
    return _read(name, (FOLDER / f"{name}.sql").read_text(encoding="utf-8"))


def _read(name: str, text: str) -> Measure:
    parts = FILE.fullmatch(text)
    assert parts, f"{name}.sql: a measure begins with a comment that says what it is"
    head = YAML(typ="safe").load(parts["head"])
    return Measure(name=name, sql=parts["sql"].strip().rstrip(";"), **head)
