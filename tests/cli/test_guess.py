"""`cjm guess`, as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cjm_tracker.mapping import load_mapping

from .commands import cjm

PAGE = (
    b'{"type": "track", "messageId": "m%d", "anonymousId": "c%d", "event": "Product Viewed",'
    b' "timestamp": "2026-03-02T10:00:00Z", "context": {"page": {"path": "/"}}}\n'
)
LOG = b"".join(PAGE % (number, number) for number in range(9))
TILLS = "receipt;sold at;kind;total;card\n" + "".join(
    f"{1000 + n};{n % 27 + 1:02}.03.2026 12:30;sale;{n},50;4400-{n}\n" for n in range(40)
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "log.jsonl").write_bytes(LOG)
    (tmp_path / "tills.csv").write_text(TILLS)
    return tmp_path


def test_a_format_and_why(place: Path) -> None:
    done = cjm(place, "guess", "log.jsonl", COLUMNS="80")
    assert done.returncode == 0, done.stderr
    told = " ".join(done.stdout.split())
    assert told.startswith("log.jsonl is segment: Segment / RudderStack spec")
    assert "read: 9 of 9 records, 9 as events, 0 as drops" in told
    assert "cjm validate --format segment log.jsonl" in told
    shown = [line for line in done.stdout.splitlines() if "cjm " not in line]
    assert max(map(len, shown)) <= 80


def test_the_same_for_programs(place: Path) -> None:
    told = json.loads(cjm(place, "guess", "log.jsonl", "--json").stdout)
    assert told["format"] == told["candidates"][0]["format"] == "segment"
    assert told["candidates"][0]["identifiers"] == {"cookie": 1.0}
    assert "touchpoint: product_viewed, stage: consideration" in told["mapping"]


def test_a_mapping_to_start_from_is_one_to_go_on_with(place: Path) -> None:
    done = cjm(place, "guess", "log.jsonl", "-o", "start.yaml")
    assert done.returncode == 0, done.stderr
    assert "wrote start.yaml" in done.stdout
    assert cjm(place, "mapping", "check", "start.yaml").returncode == 0
    told = cjm(place, "validate", "--mapping", "start.yaml", "--json", "log.jsonl")
    assert json.loads(told.stdout)["mapped"] == 9


def test_a_table_of_ones_own_can_be_read_at_once(place: Path) -> None:
    done = cjm(place, "guess", "tills.csv", "-o", "start.yaml")
    assert done.returncode == 0, done.stderr
    assert "tills.csv is a table that no known format reads" in done.stdout
    assert load_mapping(place / "start.yaml").journeys[0].goals == ["sale"]
    told = cjm(place, "validate", "--format", "tills", "--mapping", "start.yaml", "--json",
               "tills.csv")  # fmt: skip
    assert told.returncode == 0, told.stderr
    document = json.loads(told.stdout)
    assert (document["mapped"], document["identifiers"]["by_kind"]) == (40, {"loyalty_card": 40})


def test_nothing_is_written_over(place: Path) -> None:
    (place / "mine.yaml").write_text("mine")
    done = cjm(place, "guess", "log.jsonl", "-o", "mine.yaml")
    assert (done.returncode, (place / "mine.yaml").read_text()) == (66, "mine")
    assert done.stderr == "cjm: mine.yaml: is there already; nothing was written\n"


@pytest.mark.parametrize("output", [(), ("-o", "start.yaml")])
def test_what_is_in_no_format(output: tuple[str, ...], place: Path) -> None:
    done = cjm(place, "guess", "-", *output, stdin=b"hello\n")
    assert (done.returncode, done.stdout) == (66, "")
    assert done.stderr.startswith("cjm: stdin: is in no known format, nor a CSV table")
    assert not (place / "start.yaml").exists()
