"""Text in drawings: never wider than what it was given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_tracker.map.lettering import shortened, text_width, wrapped


@given(st.text(max_size=80), st.floats(20, 200))
def test_lines_are_as_wide_as_they_may_be_and_lose_nothing(text: str, width: float) -> None:
    lines = wrapped(text, width, 12)
    assert all(text_width(line, 12) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(st.text(max_size=80), st.floats(40, 200))
def test_what_is_cut_fits_and_says_so(text: str, width: float) -> None:
    cut = shortened(text, width, 12)
    assert text_width(cut, 12) <= width
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Satisfaction rated", ["Satisfaction", "rated"]),
        ("удовлетворённость", ["удовлетворённ", "ость"]),
        ("10 000", ["10 000"]),
        ("", []),
    ],
)
def test_it_breaks_at_spaces_and_long_words_within(text: str, lines: list[str]) -> None:
    assert wrapped(text, 110, 12) == lines
