"""The drawing of ways: nothing is lost, nothing leaves the drawing, cycles do no harm."""

from __future__ import annotations

import re
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from cjm_tracker.map import geometry
from cjm_tracker.map.flows import SHOWN, flows
from cjm_tracker.map.model import Move, Stage, Touchpoint

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
    drawn = flows(_stages(12), [_move(*way) for way in ways])
    assert drawn.moves == len(ways)
    assert drawn.shown == sum(band.times for band in drawn.bands) <= drawn.moves
    for band in drawn.bands:
        for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", band.path):
            assert -1 <= float(x) <= drawn.width + 1
            assert -1 <= float(y) <= drawn.height + 1


def test_what_is_folded_is_counted_with_the_others() -> None:
    drawn = flows(_stages(12), [_move(0, 0, 1, 0), _move(0, 9, 1, 0), _move(0, 10, 1, 11)])
    first = [box for box in drawn.boxes if box.place == 0]
    assert [box.folded for box in first] == [0] * SHOWN + [12 - SHOWN]
    assert sum(box.times for box in first) == sum(100 - no for no in range(12))
    assert {(band.origin.key, band.goal.key): band.times for band in drawn.bands} == {
        ("t0", "t0"): 1,
        ("", "t0"): 1,
        ("", ""): 1,
    }


def test_a_cycle_is_drawn_as_one() -> None:
    drawn = flows(_stages(2), [_move(0, 0, 1, 0, 9), _move(1, 0, 0, 0, 5), _move(0, 1, 0, 1, 3)])
    onward, ring, back = drawn.bands
    assert (onward.kind, ring.kind, back.kind) == ("onward", "round", "back")
    # Above lies what goes on; what goes back runs below all boxes.
    assert back.y > max(box.y + box.height for box in drawn.boxes)
    assert ring.origin is ring.goal and ring.x > ring.origin.x
    assert onward.width == 0 and back.width > 0


def test_bands_are_as_high_as_boxes_for_the_same_count() -> None:
    drawn = flows(_stages(1), [_move(0, 0, 1, 0, 100)])
    (band,), box = drawn.bands, drawn.boxes[0]
    thickness = re.search(r"v([\d.]+)", band.path)
    assert thickness and abs(float(thickness[1]) - box.height) < 0.1


def test_boxes_of_a_column_do_not_overlap_and_stand_in_it() -> None:
    drawn = flows(_stages(40, 6), [])
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
    drawn = flows(stages, moves)
    assert time.process_time() - began < 2
    assert len(drawn.boxes) == 5 * (SHOWN + 1)
    assert len(drawn.bands) < 80
    assert drawn.moves == len(moves)


def test_nothing_is_drawn_of_nothing() -> None:
    assert flows([], []).boxes == []
    assert flows([Stage("a", "A")], []).bands == []
