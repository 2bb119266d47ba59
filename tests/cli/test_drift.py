"""cjm drift on a small warehouse, and cjm dictionary of the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cjm_tracker.contract import Promise, promised
from tests.cli.commands import cjm
from tests.cli.test_commands import LOG


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("drift")
    (directory / "log.jsonl").write_text(LOG)
    (directory / "map.csv").write_text(
        "stage,touchpoint,emotion\nawareness,page_viewed,1\nservice,help_read,\nservice,hlep,\n"
    )
    done = cjm(directory, "load", "--direct", "--format", "segment", "log.jsonl")
    assert done.returncode == 0, done.stderr
    return directory


def test_a_map_beside_the_log(place: Path) -> None:
    done = cjm(place, "drift", "map.csv", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [one["touchpoint"] for one in found["undrawn"]] == ["order_completed"]
    assert found["unvisited"] == ["help_read", "hlep"]
    assert (found["covered"], found["felt"]) == (0.5, None)
    assert found["score"] == pytest.approx((1 / 2 + 1 / 3) / 2)
    (felt,) = found["feelings"]
    assert (felt["n"], felt["measured"], felt["verdict"]) == (0, None, "cannot tell")


def test_it_reads_as_a_report(place: Path) -> None:
    done = cjm(place, "drift", "map.csv", COLUMNS="80")
    assert "The map fits the log by 0.42 of 1" in done.stdout
    assert "no rule of the mapping names it" in done.stdout and "cannot tell" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    nobody = cjm(place, "drift", "map.csv", "--where", "channel=fax")
    assert (nobody.returncode, nobody.stdout) == (0, "No journeys to compare the map with.\n")


def test_a_wrong_map_is_one_line(place: Path) -> None:
    (place / "wrong.csv").write_text("stage,touchpoint\nservce,help_read\n")
    done = cjm(place, "drift", "wrong.csv")
    assert (done.returncode, len(done.stderr.splitlines())) == (78, 1)
    assert "wrong.csv:2: stage: 'servce'" in done.stderr


def test_the_dictionary_of_a_warehouse(place: Path) -> None:
    shown = cjm(place, "dictionary").stdout
    assert shown.startswith(f"# Data dictionary\n\nContract {promised().version}. ")
    assert cjm(place, "dictionary", "--contract", "-o", "contract.json").returncode == 0
    written = Promise.model_validate_json((place / "contract.json").read_text())
    assert promised().breaks(written.views) == []
    refused = cjm(place, "dictionary", "-o", "absent/file")
    assert (refused.returncode, len(refused.stderr.splitlines())) == (66, 1)
