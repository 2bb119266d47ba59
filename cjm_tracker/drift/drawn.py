"""A drawn map as a file: a row a touchpoint, in CSV with a heading, or in YAML.

    stage,touchpoint,channel,emotion,loop_to          touchpoints:
    awareness,ad_visit,paid_search,1,                   - {stage: awareness, touchpoint: ad_visit,
    service,service_call,phone,-2,help_read                channel: paid_search, emotion: 1}

Stages, touchpoints and channels are written as in the mapping, or by its labels in any language.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from cjm_tracker.errors import ConfigError, InputError
from cjm_tracker.sources.settings import nearest

Labels = Mapping[str, Mapping[Any, str]]  # the words for a name, by language
Row = tuple[int, Mapping[str, Any]]  # with its line


class Drawn(BaseModel):
    """One touchpoint of a drawn map; their order is that of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    stage: str = Field(min_length=1)
    touchpoint: str = Field(min_length=1)
    channel: str = ""  # none: any
    emotion: float | None = Field(
        default=None, ge=-2, le=2
    )  # of -1 … +1 or -2 … +2: its sign counts
    loop_to: str = ""  # where journeys are drawn to go back to; itself: it is repeated

    @field_validator("emotion", mode="before")
    @classmethod
    def _none_is_no_number(cls, given: Any) -> Any:
        return None if given == "" else given


def read_drawn(path: Path, stages: list[str], labels: Labels) -> list[Drawn]:
    """The map in `path`; a `ConfigError` names line and field, an `InputError` an absent file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8 text") from None
    rows = _of_yaml if path.suffix.lower() in (".yaml", ".yml") else _of_csv
    named = _by_label(labels)
    drawn: dict[str, Drawn] = {}
    for line, given in rows(path, text):
        one = _checked(path, line, given, named)
        if one.stage not in stages:
            raise ConfigError(f"{path}:{line}: stage: '{one.stage}'{nearest(one.stage, stages)}")
        if one.touchpoint in drawn:
            raise ConfigError(f"{path}:{line}: touchpoint: '{one.touchpoint}' is drawn already")
        drawn[one.touchpoint] = one
    if not drawn:
        raise ConfigError(f"{path}: no touchpoint is drawn")
    return list(drawn.values())


def _by_label(labels: Labels) -> Callable[[str], str]:
    """The name that a label stands for; another word as it is."""
    names = {text.casefold(): name for name, texts in labels.items() for text in texts.values()}
    known = {*labels}

    def named(written: str) -> str:
        written = written.strip()
        return written if written in known else names.get(written.casefold(), written)

    return named


def _checked(path: Path, line: int, given: Mapping[str, Any], named: Callable[[str], str]) -> Drawn:
    try:
        one = Drawn.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise ConfigError(f"{path}:{line}: {field}: {first['msg'].lower()}") from None
    texts = ("stage", "touchpoint", "channel", "loop_to")
    return one.model_copy(update={name: named(getattr(one, name)) for name in texts})


def _of_csv(path: Path, text: str) -> Iterator[Row]:
    reader = csv.DictReader(text.splitlines(), strict=True)
    try:
        for row in reader:
            if None in row:
                raise ConfigError(f"{path}:{reader.line_num}: more cells than the heading has")
            yield (
                reader.line_num,
                {name.strip(): value.strip() for name, value in row.items() if value is not None},
            )
    except csv.Error as error:
        raise ConfigError(f"{path}:{reader.line_num}: {error}") from None


def _of_yaml(path: Path, text: str) -> Iterator[Row]:
    try:
        document = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{path}:{line}: {error.problem}") from None
    except YAMLError as error:
        raise ConfigError(f"{path}: {error}") from None
    rows = document.get("touchpoints") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise ConfigError(f"{path}:1: touchpoints: a list of them is asked for")
    for place, row in enumerate(rows):
        line = rows.lc.item(place)[0] + 1  # type: ignore[attr-defined]
        if not isinstance(row, dict):
            raise ConfigError(f"{path}:{line}: touchpoints: each has a stage and a touchpoint")
        yield line, row
