"""`cjm map`, as a person runs it: which journeys, in what form, compared with what."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.cli.commands import cjm
from tests.cli.test_commands import LOG


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("map")
    (directory / "log.jsonl").write_text(LOG)
    done = cjm(directory, "load", "--direct", "--format", "segment", "log.jsonl")
    assert done.returncode == 0, done.stderr
    return directory


def _cells(path: Path) -> dict[tuple[str, str], str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {(row["stage"], row["lane"]): row["text"] for row in csv.DictReader(file)}


def test_the_table_of_the_map_is_a_drawn_map(place: Path) -> None:
    done = cjm(place, "map", "--lang", "bg", "-o", "map.csv")
    assert (done.returncode, done.stdout) == (0, "map.csv\n"), done.stderr
    again = cjm(place, "drift", "map.csv", "--json")
    assert again.returncode == 0, again.stderr
    found = json.loads(again.stdout)
    assert (found["score"], found["undrawn"], found["unvisited"]) == (1, [], [])


def test_the_map_is_of_the_journeys_asked_for(place: Path) -> None:
    asked = ("--where", "touchpoint=order_completed", "--persona", "none", "--until", "2020-01-01")
    assert cjm(place, "map", *asked).returncode == 0
    page = (place / "journey-map.html").read_text("utf-8")
    said = "touchpoint=order_completed · persona=none · until 2020-01-01"
    assert f"Journeys with: {said}" in page and "No journeys yet" in page


def test_a_drawn_map_fills_in_and_is_compared(place: Path) -> None:
    (place / "drawn.csv").write_text(
        "stage,lane,text\nservice,touchpoints,help_read\nservice,owner,Head of service\n"
    )
    compared = ("--drawn", "drawn.csv", "--against", "converted=no", "-o", "compared.csv")
    done = cjm(place, "map", *compared)
    assert done.returncode == 0, done.stderr
    cells = _cells(place / "compared.csv")
    assert cells["Service", "Owner"] == "Head of service"
    assert cells["Service", "Comparison"].endswith("drawn, never visited")
    # Both comparisons have a row, the drawn map's is the last.
    assert "not drawn" not in cells["Service", "Comparison"]


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["-o", "map.doc"], 66, "'.doc': end the file's name in .html, .svg, .png, .pdf, .csv"),
        (["-o", "absent/map.html"], 66, "absent/map.html: cannot be written: No such file"),
        (["--persona", "nobody"], 66, "persona 'nobody'"),
        (["--account", "acme"], 66, "the mapping has no journey definition of accounts"),
        (["--against", "chanel=web"], 66, "did you mean 'channel'"),
        (["--drawn", "absent.csv"], 66, "absent.csv: No such file"),
    ],
)
def test_what_is_wrong_is_one_line(
    place: Path, arguments: list[str], status: int, told: str
) -> None:
    done = cjm(place, "map", *arguments)
    assert (done.returncode, len(done.stderr.splitlines())) == (status, 1), done.stderr
    assert told in done.stderr
