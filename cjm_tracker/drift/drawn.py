"""A drawn map as a file: a row a touchpoint, in CSV with a heading, or in YAML.

    stage,touchpoint,channel,emotion,loop_to          touchpoints:
    awareness,ad_visit,paid_search,1,                   - {stage: awareness, touchpoint: ad_visit,
    service,service_call,phone,-2,help_read                channel: paid_search, emotion: 1}

Or a row for each stage and lane, as `cjm map -o map.csv` writes it: of the touchpoints a line each.

    stage,lane,text                                   stages:
    service,touchpoints,"Service call (Phone) -0.40     - {stage: service, owner: Head of service,
    Help read"                                             kpi: first call solves it}
    service,owner,Head of service

Stages, touchpoints and channels are written as in the mapping, or by its labels in any language.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from cjm_tracker.drift.entry import fields, unquoted
from cjm_tracker.drift.lanes import CURATED, LANES, Written, lane_called
from cjm_tracker.errors import ConfigError, InputError
from cjm_tracker.sources.settings import nearest

Labels = Mapping[str, Mapping[Any, str]]  # the words for a name, by language
Row = tuple[int, Mapping[str, Any]]  # with its line
WANTED = {"touchpoints": "a touchpoint", "stages": "what is written of it"}


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
    drawn, _ = read_sheet(path, stages, labels)
    if not drawn:
        raise ConfigError(f"{path}: no touchpoint is drawn")
    return drawn


def read_sheet(path: Path, stages: list[str], labels: Labels) -> tuple[list[Drawn], Written]:
    """The touchpoints in `path`, and what people wrote into the lanes that they fill in."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8 text") from None
    rows = _of_yaml if path.suffix.lower() in (".yaml", ".yml") else _of_csv
    named = by_label(labels)
    drawn: dict[str, Drawn] = {}
    written: dict[str, dict[str, str]] = {}
    for line, given in _unfolded(path, rows(path, text)):
        if "lane" in given:
            stage = _known_stage(path, line, named(str(given.get("stage", ""))), stages)
            written.setdefault(stage, {})[given["lane"]] = given["text"]
            continue
        one = _checked(path, line, given, named)
        _known_stage(path, line, one.stage, stages)
        if one.touchpoint in drawn:
            raise ConfigError(f"{path}:{line}: touchpoint: '{one.touchpoint}' is drawn already")
        drawn[one.touchpoint] = one
    if not drawn and not written:
        raise ConfigError(f"{path}: no touchpoint is drawn")
    return list(drawn.values()), written


def _known_stage(path: Path, line: int, stage: str, stages: list[str]) -> str:
    if stage not in stages:
        raise ConfigError(f"{path}:{line}: stage: '{stage}'{nearest(stage, stages)}")
    return stage


def _unfolded(path: Path, rows: Iterator[Row]) -> Iterator[Row]:
    """Rows of a stage and a lane as rows of touchpoints, and of what people wrote."""
    for line, given in rows:
        if "lane" not in given:
            yield line, given
            continue
        lane = lane_called(str(given["lane"]))
        if lane is None:
            raise ConfigError(
                f"{path}:{line}: lane: '{given['lane']}'{nearest(given['lane'], list(LANES))}"
            )
        text = str(given.get("text", "")).strip()
        if lane == "touchpoints":
            for one in filter(str.strip, text.splitlines()):
                yield line, {"stage": given.get("stage", ""), **fields(one)}
        elif lane in CURATED and text:
            yield line, {"stage": given.get("stage", ""), "lane": lane, "text": unquoted(text)}


def by_label(labels: Labels) -> Callable[[str], str]:
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
    # Spreadsheets separate by what their country does not use in numbers.
    heading = text.partition("\n")[0]
    separator = max(",;\t", key=heading.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
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
    found = document if isinstance(document, dict) else {}
    if "touchpoints" in found or "stages" not in found:
        yield from _listed(path, found, "touchpoints")
    if "stages" in found:
        for line, row in _listed(path, found, "stages"):
            for lane, text in row.items():
                if lane != "stage":
                    yield line, {"stage": row.get("stage", ""), "lane": lane, "text": text}


def _listed(path: Path, document: Mapping[str, Any], name: str) -> Iterator[Row]:
    rows = document.get(name)
    if not isinstance(rows, list):
        raise ConfigError(f"{path}:1: {name}: a list of them is asked for")
    for place, row in enumerate(rows):
        line = rows.lc.item(place)[0] + 1  # type: ignore[attr-defined]
        if not isinstance(row, dict):
            raise ConfigError(f"{path}:{line}: {name}: each has a stage and {WANTED[name]}")
        yield line, row
