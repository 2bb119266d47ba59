"""The map as CSV, and back as a drawn map."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cjm_tracker.drift import CURATED, LANES, read_drawn, read_sheet
from cjm_tracker.map.model import Curated, JourneyMap
from cjm_tracker.map.spreadsheet import sheet
from cjm_tracker.mapping import load_mapping

if TYPE_CHECKING:
    from tests.map.conftest import Maps

PLAN = load_mapping()


def _cells(map: JourneyMap) -> dict[tuple[str, str], str]:
    text = sheet(map, PLAN.labels).removeprefix("\ufeff")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return {(row["stage"], row["lane"]): row["text"] for row in rows}


def test_a_row_for_each_stage_and_lane(maps: Maps) -> None:
    cells = _cells(maps.english)
    assert len(cells) == len(PLAN.stages) * (len(LANES) - 1)  # compared with nothing
    assert cells["Service", "Waiting and trouble"].splitlines()[-1].startswith("had to ask again")
    assert cells["Awareness", "How it feels"] == ""
    assert cells["Service", "How it feels"] == "1 answer: −1.00"


@pytest.mark.parametrize("language", ["english", "russian"])
def test_it_loads_back_as_a_drawn_map(maps: Maps, tmp_path: Path, language: str) -> None:
    map: JourneyMap = getattr(maps, language)
    path = tmp_path / "map.csv"
    path.write_text(sheet(map, PLAN.labels), encoding="utf-8", newline="")
    drawn = {one.touchpoint: one for one in read_drawn(path, PLAN.stages, PLAN.labels)}
    met = {one.key: stage.key for stage in map.stages for one in stage.touchpoints}
    assert {name: one.stage for name, one in drawn.items()} == met
    answered = [one for stage in map.stages for one in stage.touchpoints if one.answers]
    assert answered
    for one in answered:
        assert (drawn[one.key].channel, drawn[one.key].emotion) == (one.channel, one.mean)
    # Twice in one journey it is called, and a product viewed.
    assert drawn["product_viewed"].loop_to == "product_viewed"


def test_what_people_wrote_comes_back_word_for_word(maps: Maps, tmp_path: Path) -> None:
    written = Curated('=HYPERLINK("x")', "80%, at least\nand soon", "'quoted'")
    first = replace(maps.russian.stages[0], curated=written)
    map = replace(maps.russian, stages=(first, *maps.russian.stages[1:]))
    path = tmp_path / "map.csv"
    path.write_text(sheet(map, PLAN.labels), encoding="utf-8", newline="")
    _, found = read_sheet(path, PLAN.stages, PLAN.labels)
    assert found == {
        "awareness": {name: getattr(written, name) for name in CURATED},
        "purchase": {"owner": "Sales"},  # as the mapping says
        "service": {"kpi": "Short wait: не больше 1\u00a0мин 30\u00a0с"},
    }


def test_kpis_of_the_mapping_stand_with_what_people_fill_in_and_beside_what_is_measured(
    maps: Maps,
) -> None:
    cells = _cells(maps.english)
    assert cells["Service", "KPI"] == "Short wait: at most 1\u00a0min 30\u00a0s"
    assert cells["Service", "Key figures"].splitlines()[-2:] == [
        "median wait: 2\u00a0min",
        "✎ Short wait: at most 1\u00a0min 30\u00a0s, missed",
    ]


def test_no_cell_is_a_formula(maps: Maps) -> None:
    written = Curated("=1+1", "+1", "-1")
    stages = tuple(replace(stage, curated=written, name="@A") for stage in maps.english.stages)
    cells = _cells(replace(maps.english, stages=stages))
    assert not [text for text in cells.values() if text.startswith(("=", "+", "-", "@"))]
    # A name that no label reads back is written as the mapping has it.
    assert {stage for stage, _ in cells} == set(PLAN.stages)


def test_an_empty_map_has_what_people_fill_in(maps: Maps) -> None:
    assert len(_cells(maps.empty)) == len(PLAN.stages) * len(CURATED)
