"""The drawing of ways: nothing is lost, nothing leaves the drawing, cycles do no harm."""

from __future__ import annotations

import re
import time
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm_tracker.map import geometry
from cjm_tracker.map.flows import FIGURE, LINES, NAME, SHOWN, Flows, flows
from cjm_tracker.map.lettering import text_width
from cjm_tracker.map.model import Move, Stage, Touchpoint

Box = tuple[float, float, float, float]  # left, top, right, bottom
# What letters take above and below their baseline, of their size: those of DejaVu, the highest.
ABOVE, BELOW = 0.928, 0.236

WAYS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 11), st.integers(0, 2), st.integers(0, 11)),
    max_size=60,
)


def _stages(each: int, count: int = 3) -> list[Stage]:
    return [
        Stage(
            f"s{place}",
            f"S{place}",
            touchpoints=tuple(
                Touchpoint(f"t{no}", f"T{no}", "web", "Web", 100 - no % 90, 10, 0)
                for no in range(each)
            ),
        )
        for place in range(count)
    ]


def _move(place: int, no: int, to_place: int, to: int, times: int = 1) -> Move:
    return Move(place, f"t{no}", to_place, f"t{to}", times)


@settings(deadline=None)
@given(WAYS)
def test_whatever_follows_what_stays_inside_the_drawing(ways: list[tuple[int, ...]]) -> None:
    drawn = flows(_stages(12), [_move(*way) for way in ways], "en")
    assert drawn.moves == len(ways)
    assert drawn.shown == sum(band.times for band in drawn.bands) <= drawn.moves
    for band in drawn.bands:
        for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", band.path):
            assert -1 <= float(x) <= drawn.width + 1
            assert -1 <= float(y) <= drawn.height + 1


NAMES = st.text(
    st.sampled_from("Website visited again, удовлетворённость ЩЖМ W i %—"), min_size=1, max_size=70
)
COUNTED = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 8), st.integers(0, 3), st.integers(0, 8),
              st.integers(1, 99_999)),
    max_size=80,
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(NAMES, min_size=9, max_size=9), st.lists(st.integers(1, 999_999)), COUNTED)
def test_no_text_lies_over_another(
    names: list[str], times: list[int], ways: list[tuple[int, ...]]
) -> None:
    drawn = flows(_named(names, times), [_move(*way) for way in ways], "ru")
    assert all(1 <= len(box.lines) <= LINES for box in drawn.boxes)
    for one, other in combinations(_texts(drawn), 2):
        assert not _overlap(one, other)


@pytest.mark.parametrize("times", [[1], [99_999, 1], [5_000] * 9, [400_000, 90, 80, 70, 1]])
@pytest.mark.parametrize("name", ["Чат", "Satisfaction rated (CSAT)", "Удовлетворённость" * 4])
def test_where_everything_follows_everything_each_figure_has_its_place(
    name: str, times: list[int]
) -> None:
    every = [
        _move(place, no, to_place, to, 1 + 7919 * no % 9_999)
        for place in range(4)
        for no in range(9)
        for to_place in range(4)
        for to in range(9)
    ]
    texts = _texts(drawn := flows(_named([name] * 9, times), every, "ru"))
    assert not [pair for pair in combinations(texts, 2) if _overlap(*pair)]
    assert all(0 <= left and right <= drawn.width for left, _, right, _ in texts)
    assert all(0 <= top and bottom <= drawn.height for _, top, _, bottom in texts)


def test_a_figure_stands_beside_its_line() -> None:
    drawn = flows(_stages(4, 1), [_move(0, 0, 0, 1, 9), _move(0, 1, 0, 2, 8)], "en")
    for band in drawn.bands:
        high, low = sorted((band.origin.y, band.goal.y + band.goal.height))
        assert high <= band.y <= low + 9
        assert band.origin.x < band.x < band.origin.x + 80


def test_a_long_name_has_lines_and_its_figure_the_last() -> None:
    long = "Удовлетворённость оценена после обращения в отделение"
    (box, *_) = flows(_named([long], [12_345]), [], "en").boxes
    assert box.name == long and box.figure == "12,345"
    assert len(box.lines) == LINES and long.startswith(" ".join(box.lines[:-1]))
    assert box.lines[-1].endswith("…")
    (box, *_) = flows(_named(["Чат"], [5]), [], "en").boxes
    assert box.lines == ("Чат",)


def _named(names: list[str], times: list[int]) -> list[Stage]:
    """Four stages of these touchpoints, met so often."""
    return [
        Stage(
            f"s{place}",
            "S",
            touchpoints=tuple(
                Touchpoint(f"t{no}", name, "web", "Web", times[no] if no < len(times) else 9, 1, 0)
                for no, name in enumerate(names)
            ),
        )
        for place in range(4)
    ]


def _texts(drawn: Flows) -> list[Box]:
    """Where each line of a name and each figure lies."""
    found = []
    for box in drawn.boxes:
        for no, line in enumerate(box.lines):
            text = f"{line} {box.figure}" if no == len(box.lines) - 1 else line
            found.append(_box(box.x, box.baseline(no), text_width(text, NAME), NAME))
    for band in drawn.bands:
        if band.figure:
            width = text_width(band.figure, FIGURE)
            left = band.x - width / 2 if band.kind == "back" else band.x
            found.append(_box(left, band.y, width, FIGURE))
    return found


def _box(x: float, y: float, width: float, size: float) -> Box:
    return x, y - ABOVE * size, x + width, y + BELOW * size


def _overlap(one: Box, other: Box) -> bool:
    """By more than a tenth, which is less than letters keep of their lines."""
    return (
        one[0] < other[2] - 0.1
        and other[0] < one[2] - 0.1
        and one[1] < other[3] - 0.1
        and other[1] < one[3] - 0.1
    )


def test_what_is_folded_is_counted_with_the_others() -> None:
    drawn = flows(_stages(12), [_move(0, 0, 1, 0), _move(0, 9, 1, 0), _move(0, 10, 1, 11)], "en")
    first = [box for box in drawn.boxes if box.place == 0]
    assert [box.folded for box in first] == [0] * SHOWN + [12 - SHOWN]
    assert sum(box.times for box in first) == sum(100 - no for no in range(12))
    assert {(band.origin.key, band.goal.key): band.times for band in drawn.bands} == {
        ("t0", "t0"): 1,
        ("", "t0"): 1,
        ("", ""): 1,
    }


def test_a_cycle_is_drawn_as_one() -> None:
    drawn = flows(
        _stages(2), [_move(0, 0, 1, 0, 9), _move(1, 0, 0, 0, 5), _move(0, 1, 0, 1, 3)], "en"
    )
    onward, ring, back = drawn.bands
    assert (onward.kind, ring.kind, back.kind) == ("onward", "round", "back")
    # Above lies what goes on; what goes back runs below all boxes.
    assert back.y > max(box.y + box.height for box in drawn.boxes)
    assert ring.origin is ring.goal and ring.x > ring.origin.x
    assert onward.width == 0 and back.width > 0


def test_bands_are_as_high_as_boxes_for_the_same_count() -> None:
    drawn = flows(_stages(1), [_move(0, 0, 1, 0, 100)], "en")
    (band,), box = drawn.bands, drawn.boxes[0]
    thickness = re.search(r"v([\d.]+)", band.path)
    assert thickness and abs(float(thickness[1]) - box.height) < 0.1


def test_boxes_of_a_column_do_not_overlap_and_stand_in_it() -> None:
    drawn = flows(_stages(40, 6), [], "en")
    for place in range(6):
        column = [box for box in drawn.boxes if box.place == place]
        assert all(
            upper.y + upper.height < lower.y
            for upper, lower in zip(column, column[1:], strict=False)
        )
        start = geometry.start(place)
        assert all(start <= box.x < start + geometry.COLUMN for box in column)


def test_a_thousand_touchpoints_stay_few_and_fast() -> None:
    stages = _stages(200, 5)
    moves = [
        _move(place, no, (place + no + step) % 5, no * 7 % 200)
        for place in range(5)
        for no in range(200)
        for step in range(20)
    ]
    began = time.process_time()
    drawn = flows(stages, moves, "en")
    assert time.process_time() - began < 2
    assert len(drawn.boxes) == 5 * (SHOWN + 1)
    assert len(drawn.bands) < 80
    assert drawn.moves == len(moves)


def test_nothing_is_drawn_of_nothing() -> None:
    assert flows([], [], "en").boxes == []
    assert flows([Stage("a", "A")], [], "en").bands == []
