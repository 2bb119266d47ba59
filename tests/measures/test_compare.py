"""Two sets of journeys side by side, against counts of plain loops; and the totals of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any

import pytest

from cjm_tracker.cli.measure import side_by_side
from cjm_tracker.measures import Scope, Side, compared, instead, measure_named, measures
from cjm_tracker.warehouse import Warehouse

from ..oracle.measures import ms, quantile
from ..oracle.pains import newcombe
from .conftest import DEFINITION, Ask, Row

Compare = Callable[..., list[Row]]
WON, LOST = Scope.of(["converted=yes"]), Scope.of(["converted=no"])


@pytest.fixture
def compare(ask: Ask, world: Warehouse) -> Compare:
    """Takes a measure by name, two scopes and parameters, as the command line does."""

    def asked(name: str, ours: Scope, theirs: Scope, **given: str) -> list[Row]:
        return side_by_side(world, name, given, ours, theirs, DEFINITION).dicts()

    return asked


def touchpoints(journey: Row) -> Iterable[Any]:
    return zip(journey["path"], journey["stages"], strict=True)


def transitions(journey: Row) -> Iterable[Any]:
    return pairwise(journey["path"])


def top_paths(journey: Row) -> Iterable[Any]:
    return [(" > ".join(name for name, _ in groupby(journey["path"])),)]


@pytest.mark.parametrize("names", [touchpoints, transitions, top_paths])
def test_the_share_of_journeys_with_each_name(
    compare: Compare, journeys: list[Row], names: Callable[[Row], Iterable[Any]]
) -> None:
    sides = [[j for j in journeys if j["is_converted"] == won] for won in (1, 0)]
    counts = [Counter(key for journey in side for key in {*names(journey)}) for side in sides]
    name = names.__name__
    given = {} if names is touchpoints else {"limit": "9999"}
    keys = measure_named(name).keys
    rows = [r for r in compare(name, WON, LOST, **given) if r["figure"] == "of_journeys"]
    found = {tuple(row[key] for key in keys): row for row in rows}
    assert set(found) == set(counts[0]) | set(counts[1])
    assert any(0 in (row["n"], row["against_n"]) for row in rows), "a name one side lacks"
    n, m = map(len, sides)
    for key, row in found.items():
        x, y = (count[key] for count in counts)
        assert (row["n"], row["against_n"]) == (x, y)
        assert (row["value"], row["against"]) == (x / n, y / m)
        assert row["difference"] == pytest.approx(x / n - y / m)
        assert (row["low"], row["high"]) == pytest.approx(newcombe(x, n, y, m), abs=1e-4)
    apart = [abs(row["difference"]) for row in rows]
    assert apart == sorted(apart, reverse=True)


def test_shares_and_medians_of_the_measure_itself(compare: Compare, journeys: list[Row]) -> None:
    """Two periods of equal right: those who began before a moment, and the others."""
    noon = sorted(journey["started_at"] for journey in journeys)[len(journeys) // 2]
    rows = compare("top_paths", Scope.of([], since=noon), Scope.of([], until=noon), limit="9999")
    late, early = (
        {
            path: [*group]
            for path, group in groupby(
                sorted((j for j in journeys if (j["started_at"] >= noon) == is_late), key=text),
                key=text,
            )
        }
        for is_late in (True, False)
    )
    for figure in ("conversion", "median_s"):
        found = {row["path"]: row for row in rows if row["figure"] == figure}
        assert set(found) == set(late) | set(early)
        for path, row in found.items():
            sides = [late.get(path, []), early.get(path, [])]
            if figure == "conversion":
                won = [sum(j["is_converted"] for j in side) for side in sides]
                expected = [
                    x / len(side) if side else None for x, side in zip(won, sides, strict=True)
                ]
                if all(sides):
                    ends = newcombe(won[0], len(sides[0]), won[1], len(sides[1]))
                    assert (row["low"], row["high"]) == pytest.approx(ends, abs=1e-4)
            else:
                expected = [quantile([j["duration_s"] for j in side], 0.5) for side in sides]
            assert [row["value"], row["against"]] == expected
            assert (row["difference"] is None) == (None in expected)


def text(journey: Row) -> str:
    return journey["path_text"]


def test_the_limit_is_of_the_greatest_differences(compare: Compare) -> None:
    """What both have too little of for a short list may still differ most."""
    whole = compare("transitions", WON, LOST, limit="9999")
    short = compare("transitions", WON, LOST, limit="2")
    for figure in ("of_journeys", "share", "median_s"):
        theirs = [[row for row in rows if row["figure"] == figure] for rows in (whole, short)]
        assert theirs[1] == theirs[0][:2]


def test_against_nobody_there_are_gaps(compare: Compare) -> None:
    nobody = Scope.of(["channel=none"])
    for row in compare("touchpoints", Scope(), nobody):
        assert row["value"] is not None
        assert (row["against"], row["difference"], row["low"]) == (None, None, None)
    assert compare("touchpoints", nobody, nobody) == []


def test_against_itself_nothing_differs(compare: Compare) -> None:
    for name in ("totals", "funnel", "emotion"):
        assert {row["difference"] for row in compare(name, Scope(), Scope())} == {0}, name


def test_a_key_names_one_row_only(ask: Ask) -> None:
    """Or rows would be lost where they are joined."""
    for name, measure in measures().items():
        assert {*measure.keys, *measure.compared} <= {*measure.columns}
        if measure.keys:
            keys = [tuple(row[key] for key in measure.keys) for row in ask(name)]
            assert len(keys) == len(set(keys)), name


def test_an_interval_that_a_side_lacks_is_a_gap() -> None:
    emotion = measure_named("emotion")
    row = {"period": None, "name": "a", "friction": 0.5}
    one = Side([{**row, "mean": 1.0, "low": 0.5, "high": 1.0}], 3)
    other = Side([{**row, "mean": 0.5, "low": None, "high": None}], 1)
    columns, rows = compared(emotion, one, other)
    found = dict(zip(columns, rows[0], strict=True))
    assert found["figure"] == "mean"
    assert (found["difference"], found["low"], found["high"]) == (0.5, None, None)


def test_the_same_journeys_but_for_what_is_said() -> None:
    where = ["channel=store", "persona=caller", "attribute.region=BG"]
    assert instead(where, ["persona=regular"]) == [where[0], where[2], "persona=regular"]
    assert instead(where, ["attribute.plan=a"]) == [*where, "attribute.plan=a"]


@pytest.mark.parametrize("where", [(), ("converted=yes",), ("channel=none",)])
def test_totals(ask: Ask, journeys: list[Row], where: tuple[str, ...]) -> None:
    (row,) = ask("totals", Scope.of(where))
    taken = [
        j for j in journeys if not where or (where == ("converted=yes",) and j["is_converted"])
    ]
    won = [j for j in taken if j["is_converted"]]
    assert (row["journeys"], row["converted"]) == (len(taken), len(won))
    assert row["customers"] == len({j["customer_id"] for j in taken})
    assert row["steps"] == sum(len(j["path"]) for j in taken)
    assert row["still_open"] == sum(j["is_open"] for j in taken)
    assert row["value"] == sum(j["value"] for j in taken)
    assert row["median_s"] == quantile([j["duration_s"] for j in taken], 0.5)
    assert row["to_goal_s"] == quantile(
        [since(j["started_at"], j["converted_at"]) for j in won], 0.5
    )
    assert row["conversion"] == (len(won) / len(taken) if taken else None)
    assert row["steps_each"] == (row["steps"] / len(taken) if taken else None)
    assert row["value_each"] == (pytest.approx(float(row["value"]) / len(taken)) if taken else None)
    assert (row["n"], row["emotion"], row["emotion_low"]) == (0, None, None)


def since(begun: datetime, ended: datetime) -> float:
    return (ms(ended) - ms(begun)) / 1000
