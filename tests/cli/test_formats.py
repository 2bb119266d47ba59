"""`cjm formats` and `cjm new-format`, and a format that comes from outside this repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from cjm_tracker.cli.formats import drop_meanings
from cjm_tracker.events import DropReason
from cjm_tracker.mapping import DEFAULT_MAPPING
from cjm_tracker.sources import formats
from cjm_tracker.testing import expected

from .commands import cjm

OWN = """\
formats:
  till_export:
    format: csv
    source: store
    delimiter: ";"
    columns:
      event_id: [till, receipt]
      occurred_at: {column: time, pattern: "%d.%m.%Y %H:%M"}
      name: {constant: sale}
      value: total
      currency: {constant: BGN}
      identifiers: {loyalty_card: card}
"""
CJM = "from cjm_tracker.cli import main; main()"
EXPORT = "till;receipt;time;total;card\nT1;7;02.03.2026 12:30;9.50;44\nT1;8;02.03.2026;9.50;44\n"


def test_the_list_fits_a_small_screen(tmp_path: Path) -> None:
    lines = cjm(tmp_path, "formats", COLUMNS="80").stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert {line.split()[0] for line in lines if line[1:2].isalnum()} >= set(formats())


def test_every_format_says_what_it_gives(tmp_path: Path) -> None:
    said = json.loads(cjm(tmp_path, "formats", "--json").stdout)
    assert {one["format"] for one in said} == set(formats())
    for one in said:
        assert one["event_id"] and one["clock"] and one["about"] and all(one["drops"].values())


@pytest.mark.parametrize("name", ["segment", "qualtrics_csv"])
def test_one_format_tells_all_on_a_small_screen(tmp_path: Path, name: str) -> None:
    text = cjm(tmp_path, "formats", name, COLUMNS="80").stdout
    said = json.loads(cjm(tmp_path, "formats", name, "--json").stdout)
    assert max(map(len, text.splitlines())) <= 80
    shown = "".join(text.split())
    for part in (said["event_id"], said["clock"], said["example"], *said["identifiers"]):
        assert "".join(part.split()) in shown


def test_every_drop_reason_has_a_meaning() -> None:
    meanings = drop_meanings()
    assert set(meanings) == set(get_args(DropReason)) and all(meanings.values())


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    done = cjm(tmp_path, "formats", "segmnt")
    assert done.returncode == 78 and "unknown format 'segmnt'" in done.stderr


def test_a_format_of_the_mappings_own_is_listed_and_loaded(tmp_path: Path) -> None:
    text = DEFAULT_MAPPING.read_text(encoding="utf-8").replace("formats:\n", OWN, 1)
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "export.csv").write_text(EXPORT, encoding="utf-8")
    own = ("--mapping", "own.yaml")
    assert "till_export" in cjm(tmp_path, "formats", *own).stdout
    load = ("load", "--direct", "--format", "till_export", *own, "--warehouse", "chdb:///w")
    loaded = json.loads(cjm(tmp_path, *load, "export.csv", "--json").stdout)
    assert (loaded["records"], loaded["stored"], loaded["dead_letters"]) == (2, 1, 1)


@pytest.mark.parametrize("source", ["website", "crm"])
def test_a_new_format_passes_its_test_as_written(tmp_path: Path, source: str) -> None:
    """Made, installed beside this repository, tested, and found by `cjm`."""
    written = cjm(tmp_path, "new-format", "newsletter", "--source", source)
    assert written.returncode == 0, written.stderr
    assert len((tmp_path / "newsletter" / "newsletter.py").read_text().splitlines()) <= 50
    found = installed(tmp_path / "newsletter", tmp_path / "target")
    done = run(tmp_path, found, "-m", "pytest", "-q", "-p", "no:cacheprovider", "newsletter")
    assert done.returncode == 0, done.stdout + done.stderr
    listed = run(tmp_path, found, "-c", CJM, "formats", "newsletter", "--json")
    assert json.loads(listed.stdout)["source"] == source


def test_the_readme_shows_what_is_written(tmp_path: Path) -> None:
    cjm(tmp_path, "new-format", "newsletter", "--source", "website")
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert (tmp_path / "newsletter" / "newsletter.py").read_text() in readme


def test_nothing_is_written_over(tmp_path: Path) -> None:
    first = cjm(tmp_path, "new-format", "newsletter", "--source", "website")
    (tmp_path / "newsletter" / "newsletter.py").write_text("mine")
    again = cjm(tmp_path, "new-format", "newsletter", "--source", "website")
    assert (first.returncode, again.returncode) == (0, 66)
    assert (tmp_path / "newsletter" / "newsletter.py").read_text() == "mine"


def test_in_a_clone_the_files_go_where_the_others_are(tmp_path: Path) -> None:
    (tmp_path / "cjm_tracker" / "sources" / "survey").mkdir(parents=True)
    done = cjm(tmp_path, "new-format", "stars", "--source", "survey")
    assert (tmp_path / "cjm_tracker" / "sources" / "survey" / "stars.py").exists()
    (row,) = expected(tmp_path / "tests" / "records" / "stars" / "opened.json")[0]["events"]
    assert (row["touchpoint"], row["channel"]) == ("comment_left", "survey")
    assert 'stars = "cjm_tracker.sources.survey.stars:FORMAT"' in done.stdout


@pytest.mark.parametrize("name", ["News", "a-b", "../x", "", "ключ"])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    assert cjm(tmp_path, "new-format", name, "--source", "website").returncode == 78
    assert not list(tmp_path.iterdir())


def installed(package: Path, target: Path) -> dict[str, str]:
    """Install without a network, in a directory of its own; the environment that finds it."""
    pip = (sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps")
    command = (*pip, "--no-build-isolation", "--target", str(target), str(package))
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return {**os.environ, "PYTHONPATH": str(target)}


def run(
    directory: Path, environment: dict[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=directory, env=environment, capture_output=True,
        text=True, timeout=60,
    )  # fmt: skip
