"""`cjm validate`, as a person runs it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from .commands import cjm

CALL = (
    b'{"type": "%s", "messageId": "m%d", "anonymousId": "c", "timestamp": "2026-03-02T10:00:00Z",'
    b' "event": "%s", "context": {"page": {"path": "/"}}}\n'
)
GOOD = CALL % (b"track", 1, b"Order Completed") + CALL % (b"track", 2, b"Lamp Dimmed")
LOG = GOOD + CALL % (b"identify", 3, b"") + b'{"type": "track"\n' + CALL.replace(b"10:", b"99:") % (
    b"track", 4, b"Secret"
)  # fmt: skip
OWN = """\
version: tills_1
stages: [purchase]
timezone: UTC
formats:
  tills:
    format: csv
    source: store
    columns: {event_id: no, occurred_at: at, name: {constant: sale}}
sources:
  store: {channel: store, rules: [{when: {event: sale}, touchpoint: sale, stage: purchase}]}
journeys: [{name: all, goals: [sale]}]
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "log.jsonl").write_bytes(LOG)
    (tmp_path / "good.jsonl.gz").write_bytes(gzip.compress(GOOD))
    (tmp_path / "own.yaml").write_text(OWN)
    (tmp_path / "tills.csv").write_text("no,at\n1,2026-03-02T10:00:00Z\n2,yesterday\n")
    return tmp_path


def document(place: Path, *arguments: str, status: int = 0) -> dict[str, Any]:
    done = cjm(place, "validate", "--json", *arguments)
    assert done.returncode == status, done.stderr
    return dict(json.loads(done.stdout))


def test_what_is_told_of_a_log(place: Path) -> None:
    done = cjm(place, "validate", "--format", "segment", "log.jsonl")
    assert done.returncode == 1
    assert done.stderr == "cjm: 2 of 5 records would become dead letters\n"
    told = " ".join(done.stdout.split())
    for words in (
        "5 records read as segment (website) with the mapping retail_1: 3 events, 2 rejected",
        "mapped 1 ", "unmapped 1 ", "dropped identity_only 1 says who is who",
        "rejected bad_field 1 a field is there", "rejected not_json 1 no JSON document",
        "rejected as bad_field: line 5: timestamp: not a time",
        "dropped as identity_only, the first: line 3",
        '1 - {when: {format: segment, event: "Lamp Dimmed"}, touchpoint: lamp_dimmed}',
        "2026-03-02 10:00:00 to 2026-03-02 10:00:00 UTC",
        "identifiers of 3 events: cookie 100.0%, without any 0.0%",
    ):  # fmt: skip
        assert words in told
    assert "Secret" not in done.stdout + done.stderr
    assert {path.name for path in place.iterdir()} == {
        "log.jsonl", "good.jsonl.gz", "own.yaml", "tills.csv",
    }  # fmt: skip


def test_it_fits_a_small_screen(place: Path) -> None:
    lines = cjm(place, "validate", "--format", "segment", "log.jsonl", COLUMNS="80").stdout
    assert max(len(line) for line in lines.splitlines() if "when:" not in line) <= 80


def test_the_same_for_programs(place: Path) -> None:
    told = document(place, "--format", "segment", "log.jsonl", status=1)
    assert (told["records"], told["mapped"], told["unmapped"]) == (5, 1, 1)
    assert told["identifiers"] == {"events": 3, "by_kind": {"cookie": 3}, "none": 0}
    assert told["rejected"][0] == {
        "reason": "bad_field",
        "records": 1,
        "meaning": "a field is there, with a value of the wrong type or range",
        "first": [{"file": "log.jsonl", "record": 5, "line": 5, "detail": "timestamp: not a time"}],
    }
    assert told["first_occurred_at"] == "2026-03-02T10:00:00+00:00"


def test_a_log_without_faults_is_status_0_and_several_are_one_sum(place: Path) -> None:
    told = document(place, "--format", "segment", "good.jsonl.gz", "good.jsonl.gz")
    assert (told["records"], told["rejected"], told["repeated"]) == (4, [], 2)
    done = cjm(
        place, "validate", "--format", "segment", "good.jsonl.gz", "log.jsonl", "--show", "1"
    )
    assert "log.jsonl line 5: timestamp: not a time" in done.stdout


def test_the_format_is_guessed_and_told(place: Path) -> None:
    assert document(place, "good.jsonl.gz")["format_guessed"]
    done = cjm(place, "validate", "good.jsonl.gz")
    assert "read as segment (website, as it seems)" in done.stdout


def test_a_format_of_the_mapping(place: Path) -> None:
    given = ("--mapping", "own.yaml", "tills.csv")
    told = document(place, "--format", "tills", *given, status=1)
    assert (told["mapped"], told["rejected"][0]["first"][0]["line"]) == (1, 3)
    done = cjm(place, "validate", *given)
    assert done.returncode == 66  # half of two rows is read: that is not certain
    assert "cjm: tills.csv: " in done.stderr


@pytest.mark.parametrize(
    ("arguments", "stdin", "status", "said"),
    [
        (("--format", "segmnt", "-"), GOOD, 78, "unknown format 'segmnt'"),
        (("--format", "segment", "-"), b"\n", 66, "there is no record in it"),
        (("-",), b"hello\n", 66, "is in no known format"),
        (("-",), b"at,kind\n2026-03-02T10:00:00Z,a\n", 66, "cjm guess"),
        (("--format", "poslog", "--mapping", "zoneless.yaml", "-"), b"", 78, "carry no zone"),
        (("none.log",), b"", 66, "none.log: cannot be read"),
    ],
)
def test_what_is_refused(
    arguments: tuple[str, ...], stdin: bytes, status: int, said: str, place: Path
) -> None:
    zoneless = OWN.replace("timezone: UTC\n", "").replace("store", "website")
    (place / "zoneless.yaml").write_text(zoneless)
    done = cjm(place, "validate", *arguments, stdin=stdin)
    assert (done.returncode, len(done.stderr.splitlines())) == (status, 1)
    assert said in done.stderr
