"""Touchpoints against the view of steps; they add up to the journeys' steps."""

from __future__ import annotations

from collections import defaultdict
from itertools import cycle
from math import sqrt

import pytest

from cjm_tracker.measures import Scope
from cjm_tracker.warehouse import Warehouse, stitch

from ..warehouse.deeds import Journal
from .conftest import DEFINITION, PLAN, Ask, Row, walks

FEELINGS = [None, None, -1.0, 0.5, None, 1.0, -0.25]


@pytest.fixture(scope="module")
def world(engine: Warehouse) -> Warehouse:
    """Customers who now and then say how they feel; nobody who was helped does."""
    journal = Journal(engine)
    journal.keep(
        *(
            deed.but(emotion=None if deed.touchpoint == "helped" else feeling)
            for deed, feeling in zip(walks(3, 60), cycle(FEELINGS), strict=False)
        )
    )
    stitch(engine, PLAN, journal.now + 1)
    return engine


def interval(mean: float, n: int) -> tuple[float, float]:
    """Wilson's, of (1 + mean) / 2."""
    share, z = (1 + mean) / 2, 1.96
    margin = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low, high = ((share + z * z / (2 * n) + sign * margin) / (1 + z * z / n) for sign in (-1, 1))
    return 2 * max(low, 0) - 1, 2 * min(high, 1) - 1


@pytest.mark.parametrize("where", [(), ("converted=yes",), ("channel=shop",)])
def test_they_are_the_steps_of_the_journeys_asked_for(
    where: tuple[str, ...], ask: Ask, world: Warehouse, journeys: list[Row]
) -> None:
    taken = [
        row
        for row in journeys
        if where != ("converted=yes",) or row["is_converted"]
        if where != ("channel=shop",) or "shop" in row["channels"]
    ]
    keys = {(row["customer_id"], row["journey_no"]) for row in taken}
    sql = "SELECT * FROM steps WHERE definition = {definition:String}"
    steps = [
        row
        for row in world.query(sql, {"definition": DEFINITION.name}).dicts()
        if (row["customer_id"], row["journey_no"]) in keys
    ]
    expected: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for step in steps:
        expected[step["touchpoint"], step["stage"]].append(step)
    found = {(row["touchpoint"], row["stage"]): row for row in ask("touchpoints", Scope.of(where))}
    assert set(found) == set(expected)
    assert {row["n"] > 0 for row in found.values()} == {True, False}
    assert sum(row["steps"] for row in found.values()) == sum(row["step_count"] for row in taken)
    for name, theirs in expected.items():
        row, feelings = (
            found[name],
            [one["emotion"] for one in theirs if one["emotion"] is not None],
        )
        assert row["steps"] == len(theirs)
        assert row["journeys"] == len({(one["customer_id"], one["journey_no"]) for one in theirs})
        assert row["customers"] == len({one["customer_id"] for one in theirs})
        assert row["share"] == pytest.approx(row["journeys"] / len(taken))
        assert row["channels"] == sorted({one["channel"] for one in theirs})
        assert row["n"] == len(feelings)
        if not feelings:
            assert (row["emotion"], row["emotion_low"], row["emotion_high"]) == (None, None, None)
            continue
        mean = sum(feelings) / len(feelings)
        assert row["emotion"] == pytest.approx(mean)
        low, high = interval(mean, len(feelings))
        assert (row["emotion_low"], row["emotion_high"]) == pytest.approx((low, high), abs=1e-6)
