"""The mapping to start from is one that is taken."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from cjm_tracker.guess import Table, shapes, starter, trial
from cjm_tracker.guess.starter import RULES, Shape
from cjm_tracker.inputs import open_logs
from cjm_tracker.mapping import Mapping, load_mapping
from cjm_tracker.sources import format_named, formats

PRESET = load_mapping()
NOW = 1_900_000_000_000
CALL = (
    '{"type": "track", "messageId": "%d", "event": "%s", "userId": "u",'
    ' "timestamp": "2026-03-02T10:00:00Z"}\n'
)


def taken(tmp_path: Path, text: str) -> Mapping:
    path = tmp_path / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    return load_mapping(path)


def shape(name: str, touchpoint: str, stage: str = "") -> Shape:
    return Shape("segment", name, 1, touchpoint, stage)


@pytest.mark.parametrize("name", formats())
@pytest.mark.parametrize("found", [[], [shape("Sale", "sale", "purchase")]], ids=["none", "one"])
def test_a_mapping_for_every_format(name: str, found: list[Shape], tmp_path: Path) -> None:
    format_ = format_named(name)
    plan = taken(tmp_path, starter("log", format_, found, PRESET))
    assert plan.format(name) is format_
    assert plan.journeys[0].goals == [one.touchpoint for one in found] or not found


def test_the_most_frequent_names_first(tmp_path: Path) -> None:
    names = ["Order Completed", "Lamp Dimmed", "Lamp Dimmed", "Отзвънено", "Заявка"]
    log = tmp_path / "log.jsonl"
    log.write_text("".join(CALL % pair for pair in enumerate(names)), encoding="utf-8")
    with ExitStack() as stack:
        (opened,) = open_logs([str(log)], stack)
        found = shapes(opened, format_named("segment"), trial(PRESET), NOW)
    assert [(one.name, one.events, one.touchpoint, one.stage) for one in found] == [
        ("Lamp Dimmed", 2, "lamp_dimmed", ""),
        ("Order Completed", 1, "order_completed", "purchase"),
        ("Заявка", 1, "website_event", ""),
        ("Отзвънено", 1, "website_event_2", ""),
    ]
    text = starter(opened.name, format_named("segment"), found, PRESET)
    assert "touchpoint: lamp_dimmed}   # 2 events; which stage?\n" in text
    plan = taken(tmp_path, text)
    assert plan.journeys[0].goals == ["order_completed"]


def test_names_beyond_the_most_frequent_are_counted(tmp_path: Path) -> None:
    many = [shape(f"e{number}", f"e{number}") for number in range(RULES + 3)]
    text = starter("log", format_named("segment"), many, PRESET)
    assert "# and 3 events of 3 other names" in text
    assert len(taken(tmp_path, text).sources["website"].rules) == RULES


def test_without_an_order_the_last_stage_is_the_goal(tmp_path: Path) -> None:
    found = [
        shape("Visit", "visit", "awareness"),
        shape("Help", "help", "service"),
        shape("x", "x"),
    ]
    assert taken(tmp_path, starter("log", format_named("segment"), found, PRESET)).journeys[
        0
    ].goals == ["help"]


def test_a_name_that_looks_like_yaml(tmp_path: Path) -> None:
    name = 'a: "b", {c} # d \\ \n e'
    plan = taken(tmp_path, starter(name, format_named("segment"), [shape(name, "a")], PRESET))
    assert plan.sources["website"].rules[0].when.tests == {"format": "segment", "event": name}


def test_a_table_is_described_in_it(tmp_path: Path) -> None:
    columns = {
        "occurred_at": {"column": "sold: at", "pattern": "%d.%m.%Y"},
        "name": {"constant": "sale"},
        "attributes": {"shop": "Магазин #"},
    }
    settings = {"format": "csv", "source": "store", "delimiter": "\t", "columns": columns}
    remarks = {"occurred_at": "the day first, or the month?", "identifiers": "none found"}
    table = Table("tills", settings, remarks, False)
    text = starter("tills.csv", table.format, [], PRESET, table)
    plan = taken(tmp_path, text)
    assert plan.formats["tills"].model_dump(exclude_defaults=True)["columns"] == columns
    assert "# the day first, or the month?\n" in text
    assert "# identifiers: {customer_number: COLUMN}" in text
