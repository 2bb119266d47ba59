"""Two maps, and a map beside a drawn one: what differs, and whether chance could have made it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cjm_tracker.drift import Drawn, drift
from cjm_tracker.map import with_drawn, with_other
from cjm_tracker.map.compare import is_beyond_chance
from cjm_tracker.map.model import Curated, Emotion, Flow, JourneyMap, Stage, Totals, Touchpoint


def _map(journeys: int, dropped: int, *names: str, emotion: Emotion | None = None) -> JourneyMap:
    met = tuple(Touchpoint(name, name.upper(), "web", "Web", 50, 40, 0) for name in names)
    flow = Flow(100, 100, 100 - dropped, 0, dropped, dropped)
    stage = Stage("a", "A", flow=flow, touchpoints=met, emotion=emotion)
    return JourneyMap("Map", "en", "d", None, Totals(journeys, 90), (stage,))


@pytest.mark.parametrize(
    ("one", "other", "sure"),
    [
        # Newcombe 1998, table II (a): 56/70 and 48/80 give 0.0524 to 0.3339.
        ((56, 70), (48, 80), True),
        ((48, 80), (56, 70), True),
        # (b): 9/10 and 3/10 give 0.1705 to 0.8090; (c): 6/7 and 2/7 give 0.0582 to 0.8062.
        ((9, 10), (3, 10), True),
        ((6, 7), (2, 7), True),
        # (d): 5/56 and 0/29 give -0.0381 to 0.1926.
        ((5, 56), (0, 29), False),
        ((7, 10), (7, 10), False),
    ],
)
def test_chance_is_judged_as_newcombe_does(
    one: tuple[int, int], other: tuple[int, int], sure: bool
) -> None:
    assert is_beyond_chance(one, other) is sure


def test_an_earlier_period_tells_what_changed() -> None:
    now = _map(100, 60, "x", "new", emotion=Emotion(30, 0.5, (0.4, 0.6)))
    then = _map(200, 20, "x", "gone", emotion=Emotion(30, 0.1, (0.0, 0.2)))
    (found,) = with_other(now, then).comparisons
    assert [(one.text, one.is_sure) for one in found.stages["a"]] == [
        ("▲ journeys that come here: 50% → 100%", True),
        ("▲ dropped off: 20% → 60%", True),
        ("How it feels: +0.10 → +0.50", True),
        ("▲ NEW: 0% → 40%", True),
        ("GONE: no longer met", False),
    ]
    assert found.marks == {("a", "new"): "new"}


def test_who_may_still_go_on_is_not_counted_as_gone_or_stayed() -> None:
    """A later period has more open journeys: that alone is no fewer drop-offs."""
    then, now = _map(100, 50), _map(100, 25)
    half = replace(now.stages[0], flow=Flow(100, 100, 25, 50, 25, 25))
    (found,) = with_other(replace(now, stages=(half,)), then).comparisons
    assert found.stages["a"] == ()


def test_a_map_beside_itself_differs_in_nothing() -> None:
    same = _map(100, 30, "x", emotion=Emotion(30, 0.1, (0.0, 0.2)))
    (found,) = with_other(same, same).comparisons
    assert found.stages == {"a": ()} and found.marks == {}


def test_a_drawn_map_is_marked_and_what_people_wrote_is_filled_in() -> None:
    drawn = [
        Drawn(stage="a", touchpoint="x", emotion=1),
        Drawn(stage="a", touchpoint="billboard"),
        Drawn(stage="b", touchpoint="y"),
    ]
    felt = {"n": 9, "emotion": -0.5, "emotion_low": -0.8, "emotion_high": -0.2}
    row = {"stage": "a", "journeys": 4, "share": 0.4, "steps": 5, "channels": ["web"]}
    rows = [{**row, "touchpoint": name, **felt} for name in ("x", "y", "z")]
    moves = [{"from": "y", "to": "x", "transitions": 3}]
    made = with_drawn(
        _map(10, 1, "x", "y", "z"),
        drawn,
        {"a": {"owner": "Ann"}},
        drift(drawn, rows, moves),
        str.upper,
    )
    assert made.stages[0].curated == Curated(owner="Ann")
    (found,) = made.comparisons
    assert [one.text for one in found.stages["a"]] == [
        "BILLBOARD: drawn, never visited",
        "X: drawn as +1.00, measured −0.50",
    ]
    assert [one.text for one in found.stages["b"]] == ["Y → X: 3, a way back not drawn"]
    assert found.marks == {("a", "y"): "drawn in B", ("a", "z"): "not drawn"}


def test_only_what_people_wrote_is_no_comparison() -> None:
    made = with_drawn(_map(10, 1), [], {"a": {"kpi": "80%"}}, None, str)
    assert made.comparisons == () and made.stages[0].curated.kpi == "80%"
