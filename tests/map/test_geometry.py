"""Coordinates, intervals and numbers: pure functions."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm_tracker.map import figures, geometry
from cjm_tracker.map.drawings import BOTTOM, TOP, emotion_curve, transition_bows
from cjm_tracker.map.model import Emotion, Period, Stage, Transition
from cjm_tracker.map.words import _NOUNS, _WORDS, noun
from cjm_tracker.mapping import LANGUAGES, Language

MEANS = st.floats(-1, 1)


def _stages(*emotions: Emotion | None) -> list[Stage]:
    return [Stage(f"s{no}", f"S{no}", emotion=emotion) for no, emotion in enumerate(emotions)]


def test_a_gap_ends_a_stretch() -> None:
    assert geometry.runs([1, 2, None, 3, None]) == [[(0, 1), (1, 2)], [(3, 3)]]
    assert geometry.runs([None, None]) == []


def test_the_curve_is_broken_where_nobody_answered() -> None:
    known = Emotion(30, 0.5, (0.4, 0.6))
    drawn = emotion_curve(_stages(known, known, None, known))
    assert len(drawn.spots) == 3
    assert len(drawn.lines) == 1  # a lone stage gives a spot and no line
    assert drawn.gaps == [2 * geometry.COLUMN]


def test_a_mean_without_interval_gets_no_band() -> None:
    drawn = emotion_curve(_stages(Emotion(30, 0.5, (0.4, 0.6)), Emotion(1, 0.5)))
    assert drawn.lines and not drawn.ribbons


@given(MEANS, MEANS, MEANS)
def test_the_figure_of_a_mean_stays_in_the_field(one: float, two: float, three: float) -> None:
    low, mean, high = sorted((one, two, three))
    (spot,) = emotion_curve(_stages(Emotion(30, mean, (low, high)))).spots
    x, y = spot.label
    assert TOP + 14 <= y <= BOTTOM + 5.5 and 0 <= x - spot.x < geometry.COLUMN / 2
    assert y < spot.high or y > spot.low or x > spot.x  # not on the whisker


@settings(deadline=None)
@given(st.lists(MEANS, min_size=2, max_size=9))
def test_the_curve_never_leaves_what_its_neighbours_span(means: list[float]) -> None:
    points = [(geometry.centre(no), geometry.height(mean, 0, 100)) for no, mean in enumerate(means)]
    heights = [float(y) for y in re.findall(r",(-?[\d.]+)", geometry.curve(points))]
    low, high = min(y for _, y in points), max(y for _, y in points)
    assert all(low - 0.1 <= y <= high + 0.1 for y in heights)


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6))
def test_the_parts_of_a_bar_fill_it(parts: list[int]) -> None:
    drawn = geometry.shares(parts)
    total = 100 if sum(parts) else 0
    assert sum(width for _, width in drawn) == pytest.approx(total)
    assert all(start + width <= 100.0001 for start, width in drawn)


def test_bows_stay_inside_their_drawing_and_leave_out_what_is_rare() -> None:
    ways = (Transition(2, 90, "a", 90, False), Transition(1, 5, "b", 5, False))
    stages = [Stage("a", "A", transitions=ways), Stage("b", "B")]
    stages.append(Stage("c", "C", transitions=(Transition(0, 40, "a", 40, True),)))
    drawn = transition_bows(stages)
    assert [(bow.times, bow.is_back) for bow in drawn.bows] == [(90, False), (40, True)]
    assert all(0 < bow.y < drawn.height for bow in drawn.bows)
    assert transition_bows([]).bows == []


@pytest.mark.parametrize(
    ("part", "whole", "english", "russian"),
    [(1, 3, "33%", "33 %"), (1, 1000, "<1%", "<1 %"), (999, 1000, ">99%", ">99 %"),
     (0, 5, "0%", "0 %"), (5, 5, "100%", "100 %"), (0, 0, "–", "–")],
)  # fmt: skip
def test_shares_never_pretend_none_or_all(
    part: int, whole: int, english: str, russian: str
) -> None:
    assert figures.percent(part, whole, "en") == english
    assert figures.percent(part, whole, "ru").replace("\u00a0", " ") == russian


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "0 s"), (55.4, "55 s"), (60, "1 min"), (202, "3 min 22 s"), (3_600, "1 h"),
     (187_200, "2 d 4 h"), (86_401, "1 d")],
)  # fmt: skip
def test_durations(seconds: float, written: str) -> None:
    assert figures.duration(seconds, "en").replace("\u00a0", " ") == written


def test_signed_figures_have_a_true_minus_and_no_signed_zero() -> None:
    assert figures.signed(-0.456, "en") == "\u22120.46"
    assert figures.signed(-0.001, "en") == "0.00"
    assert figures.signed(0.5, "bg") == "+0,50"


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "30 December 2025 – 2 August 2026"), ("ru", "30 декабря 2025 г. – 2 августа 2026 г."),
     ("bg", "30 декември 2025 г. – 2 август 2026 г.")],
)  # fmt: skip
def test_periods(language: Language, written: str) -> None:
    of = Period(datetime(2025, 12, 30, 5), datetime(2026, 8, 2, 7))
    assert figures.period(of, language).replace("\u00a0", " ") == written


def test_russian_nouns_follow_their_count() -> None:
    counted = {count: noun("journeys", count, "ru") for count in (1, 2, 5, 11, 12, 21, 104, 111)}
    assert list(counted.values()) == ["путь", "пути", "путей", "путей", "путей", "путь", "пути",
                                      "путей"]  # fmt: skip


@pytest.mark.parametrize("key", _WORDS)
def test_every_language_has_every_word_with_the_same_blanks(key: str) -> None:
    texts = _WORDS[key]
    assert len(texts) == len(LANGUAGES)
    assert all(texts)
    assert len({frozenset(re.findall(r"{(\w+)}", text)) for text in texts}) == 1


def test_every_noun_has_every_form() -> None:
    for forms in _NOUNS.values():
        assert [len(form.split("|")) for form in forms] == [len(LANGUAGES)] * 3
