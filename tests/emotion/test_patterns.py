from __future__ import annotations

import pytest

from cjm_tracker.emotion.patterns import MAX_READ, Patterns, is_pattern, tokens

PATTERNS = Patterns(
    [("late", 1), ("delay*", 2), ("never came", 3), ("hung* up", 4), ("del*", 5), ("ёлка", 6)]
)


def found(text: str) -> list[int]:
    words = tokens(text)
    return [one.value for place in range(len(words)) for one in PATTERNS.at(words, place)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("It came LATE.", [1]),
        ("lately", []),
        ("delayed again", [2, 5]),  # the most precise first
        ("it never came", [3]),
        ("never, came", []),  # over the end of a clause no phrase goes
        ("never", []),
        ("they hung me up", []),
        ("the agent hung up", [4]),
        ("елка, ЁЛКА", [6, 6]),
        ("", []),
    ],
)
def test_what_fits(text: str, values: list[int]) -> None:
    assert found(text) == values


def test_composed_and_decomposed_letters_are_one() -> None:
    assert tokens("и\u0306") == tokens("й") == ["й"]


def test_a_text_is_read_up_to_a_length() -> None:
    assert found("x " * MAX_READ + "late") == []


@pytest.mark.parametrize("written", ["late", "delay*", "hung* up", "don't", "чака*"])
def test_patterns(written: str) -> None:
    assert is_pattern(written)


@pytest.mark.parametrize("written", ["", " ", "*", "a*b", "*late", "late!", "24", "well-made"])
def test_no_patterns(written: str) -> None:
    assert not is_pattern(written)
