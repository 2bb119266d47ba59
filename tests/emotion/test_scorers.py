"""Another package's scorer, found by its entry point."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from cjm_tracker.emotion import Reader, mood, scorer_named, scorers
from cjm_tracker.errors import ConfigError

from .test_themes import mapping

MODULE = """
SCALE = 3

def shouting(text):
    if text == "?":
        return None
    if text == "nan":
        return float("nan")
    return sum(letter.isupper() for letter in text) / -SCALE
"""
POINTS = (
    "[cjm_tracker.emotion]\nshouting = shouting_scorer:shouting\nbroken = shouting_scorer:SCALE\n"
)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The package, as pip would leave it."""
    (tmp_path / "shouting_scorer.py").write_text(MODULE)
    info = tmp_path / "shouting_scorer-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shouting-scorer\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(POINTS)
    monkeypatch.syspath_prepend(tmp_path)
    scorers.cache_clear()
    yield
    sys.modules.pop("shouting_scorer", None)
    scorers.cache_clear()


@pytest.mark.parametrize(
    ("text", "felt"),
    [("oh NO", -2 / 3), ("VERY LOUD", -1.0), ("fine", 0.0), ("?", None), ("nan", None)],
)
def test_a_scorer_from_outside(installed: None, text: str, felt: float | None) -> None:
    reader = Reader(mapping(scorer="shouting").scorer, {})
    assert reader.emotion("", None, text) == (None if felt is None else pytest.approx(felt))


def test_one_that_is_no_function(installed: None) -> None:
    with pytest.raises(ConfigError, match="shouting_scorer:SCALE.* is not a function"):
        scorer_named("broken")


def test_one_that_is_not_installed() -> None:
    with pytest.raises(ConfigError, match="'shouting' is not installed"):
        scorer_named("shouting")
    with pytest.raises(ValidationError, match="scorer 'lexikon'.*lexicon"):
        mapping(scorer="lexikon")


def test_ours() -> None:
    assert scorer_named("lexicon") is mood


def test_a_given_score_wins() -> None:
    reader = Reader("lexicon", {})
    assert reader.emotion("csat", 5, "Terrible!") == 1.0
    assert (reader.emotion("", None, "Terrible!") or 0) < 0
    assert reader.emotion("", None, "") is None
