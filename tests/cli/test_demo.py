"""The demo: everything real, by itself, and numbers that agree with each other."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.commands import cjm

pytestmark = [pytest.mark.broker, pytest.mark.slow]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(place: Path) -> dict[str, object]:
    done = cjm(place, "demo", "--events", "3000", "--seed", "5", "--json")
    assert done.returncode == 0, done.stderr
    result: dict[str, object] = json.loads(done.stdout)
    return result


def test_every_record_is_accounted_for(demo: dict[str, list[dict[str, int]]]) -> None:
    assert sum(row["records"] for row in demo["sources"]) == demo["records"]
    for row in demo["sources"]:
        parts = ("mapped", "unmapped", "dropped", "dead_letters", "repeated")
        assert row["records"] == sum(row[part] for part in parts)
        assert all(row[part] >= 0 for part in parts)
    assert sum(row["dead_letters"] for row in demo["sources"]) > 0


def test_the_funnel_adds_up(demo: dict[str, list[dict[str, int]]]) -> None:
    assert [row["stage"] for row in demo["funnel"]] == [
        "awareness",
        "consideration",
        "purchase",
        "service",
        "loyalty",
        "advocacy",
    ]
    for row in demo["funnel"]:
        assert row["journeys"] == row["went_on"] + row["still_open"] + row["ended_here"]


def test_one_customer_is_shown_across_sources(demo: dict[str, list[dict[str, str]]]) -> None:
    assert {step["source"] for step in demo["customer_steps"]} >= {
        "website",
        "call_centre",
        "store",
    }


def test_stitching_is_measured_against_the_truth(demo: dict[str, dict[str, float]]) -> None:
    truth = demo["truth"]
    assert truth["events_compared"] > 2_000
    # Far below what is reached: this catches stitching that joins all or nothing.
    assert truth["precision"] > 0.9 and truth["recall"] > 0.7


def test_the_map_is_there_and_the_directory_is_the_demos_own(
    demo: dict[str, str], place: Path
) -> None:
    assert (place / demo["journey_map"]).read_text(encoding="utf-8").startswith("<!")
    again = cjm(place, "demo", "--events", "500")
    assert again.returncode == 0, again.stderr
    for part in ("Stage funnel", "Most frequent paths", "precision", "cjm sql"):
        assert part in again.stdout
    shutil.rmtree(place / "cjm-demo")
