"""Every pair of files under tests/records: a log in a format, and what becomes of its records.

How a pair is written is said in `cjm_tracker/testing.py`. Adding a case is adding a pair of files.
"""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from cjm_tracker.errors import DeadLetterReason
from cjm_tracker.mapping import load_mapping
from cjm_tracker.pipeline import Pipeline
from cjm_tracker.sources import format_named, formats
from cjm_tracker.testing import declared, expected, expected_path, outcomes, payloads, shown

RECORDS = Path(__file__).parents[1] / "records"
# Decided by the way of a record through the pipeline, not by what is written in a file.
NOT_IN_FILES = {"unknown_format", "too_large", "does_not_fit"}
PAYLOADS = [path for folder in sorted(RECORDS.iterdir()) for path in payloads(folder)]


def payloads_of(name: str) -> list[Path]:
    return [path for path in PAYLOADS if path.parent.name == name]


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline(load_mapping(), b"key")


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_records_become_what_is_written_beside_them(payload: Path, pipeline: Pipeline) -> None:
    format_ = format_named(payload.parent.name)
    assert outcomes(payload, format_, pipeline) == expected(payload)


@pytest.mark.parametrize("name", formats())
def test_every_format_has_good_and_bad_examples(name: str) -> None:
    found = {kind for path in payloads_of(name) for outcome in expected(path) for kind in outcome}
    assert found == {"events", "dead_letter"}


def test_every_expectation_has_its_payload() -> None:
    written = {path for path in RECORDS.glob("*/*.expected.json")}
    assert written == {expected_path(payload) for payload in PAYLOADS}


def test_every_dead_letter_reason_has_an_example() -> None:
    shown = {
        outcome["dead_letter"]
        for payload in PAYLOADS
        for outcome in expected(payload)
        if "dead_letter" in outcome
    }
    assert shown == set(get_args(DeadLetterReason)) - NOT_IN_FILES


@pytest.mark.parametrize("name", formats())
def test_examples_show_exactly_what_the_format_says_it_gives(name: str) -> None:
    format_ = format_named(name)
    seen, said = shown(payloads_of(name)), declared(format_)
    # A rule may drop as well, for reasons of its own.
    assert seen.pop("drops") >= said.pop("drops")
    assert seen == said
    assert format_.event_id and format_.clock
