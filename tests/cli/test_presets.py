"""`cjm mapping presets|preset`, and a preset by its name wherever a mapping is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cjm_tracker.mapping import LANGUAGES, load_mapping, presets
from cjm_tracker.stages import vocabularies

from .commands import cjm

PAGE = (
    b'{"type": "page", "messageId": "m1", "anonymousId": "c1", "timestamp": "2026-03-02T09:00:00Z",'
    b' "context": {"page": {"path": "/loans/consumer",'
    b' "url": "https://bank.example/loans/consumer?gclid=EAIaIQ"}}}\n'
)
PLAIN = """\
version: plain_1
stages: three_stages
journeys: [{name: all, inactivity: 30d}]
sources: {website: {channel: web, rules: [{touchpoint: visit, stage: purchase}]}}
"""


def test_the_list_fits_a_small_screen(tmp_path: Path) -> None:
    text = cjm(tmp_path, "mapping", "presets", COLUMNS="80").stdout
    assert max(map(len, text.splitlines())) <= 80
    shown = {line.split()[0] for line in text.splitlines() if line.strip()}
    assert shown >= {*presets(), *vocabularies()}


def test_the_list_says_what_is_in_each(tmp_path: Path) -> None:
    told = json.loads(cjm(tmp_path, "mapping", "presets", "--json").stdout)
    assert set(told["presets"]) == set(presets())
    bank = load_mapping(presets()["bank"])
    assert told["presets"]["bank"]["stages"] == bank.stages
    assert told["presets"]["bank"]["touchpoints"] == len(bank.touchpoints)
    assert all(one["languages"] == list(LANGUAGES) for one in told["presets"].values())
    assert told["vocabularies"]["three_stages"] == ["pre_purchase", "purchase", "post_purchase"]


def test_a_preset_is_printed_as_it_is(tmp_path: Path) -> None:
    text = cjm(tmp_path, "mapping", "preset", "saas").stdout
    assert text == presets()["saas"].read_text(encoding="utf-8")


def test_a_preset_is_copied_and_nothing_written_over(tmp_path: Path) -> None:
    wanted = ("mapping", "preset", "bank", "-o", "mine.yaml")
    assert cjm(tmp_path, *wanted).stdout == "wrote mine.yaml\n"
    assert load_mapping(tmp_path / "mine.yaml") == load_mapping(presets()["bank"])
    (tmp_path / "mine.yaml").write_text("mine")
    again = cjm(tmp_path, *wanted)
    assert (again.returncode, (tmp_path / "mine.yaml").read_text()) == (66, "mine")
    assert "mine.yaml: is there already; nothing was written" in again.stderr


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("mapping", "preset", "banc"), "preset 'banc' is not defined, did you mean 'bank'?"),
        (("formats", "--mapping", "banc"), "there is no file banc, and preset 'banc' is not"),
        (("formats", "--mapping", "banc.yaml"), "banc.yaml: cannot be read: No such file"),
    ],
)
def test_a_preset_that_is_none_is_refused(
    tmp_path: Path, command: tuple[str, ...], said: str
) -> None:
    done = cjm(tmp_path, *command)
    assert done.returncode == 78
    assert said in done.stderr


def test_a_name_is_good_in_the_environment(tmp_path: Path) -> None:
    assert cjm(tmp_path, "formats", "branch_visits", CJM_MAPPING="bank").returncode == 0


def test_a_file_of_that_name_comes_first(tmp_path: Path) -> None:
    (tmp_path / "bank").write_text(PLAIN, encoding="utf-8")
    done = cjm(tmp_path, "mapping", "check", "bank")
    assert "bank is a mapping: 1 rules name 1 touchpoints in 3 stages" in done.stdout


@pytest.mark.parametrize("name", presets())
def test_a_preset_has_nothing_doubtful(tmp_path: Path, name: str) -> None:
    done = cjm(tmp_path, "mapping", "check", name)
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 1)


def test_a_record_is_explained_by_a_preset(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_bytes(PAGE)
    done = cjm(tmp_path, "mapping", "explain", "log.jsonl", "--format", "segment",
               "--mapping", "bank", "--json")  # fmt: skip
    (told,) = json.loads(done.stdout)
    assert told["event"]["click_id"] == "gclid"
    assert told["matched"]["says"] == {
        "touchpoint": "ad_visit", "stage": "discovery", "channel": "paid_search"
    }  # fmt: skip
    lines = presets()["bank"].read_text(encoding="utf-8").splitlines()
    assert "arrival: paid_search" in lines[told["matched"]["line"] - 1]
