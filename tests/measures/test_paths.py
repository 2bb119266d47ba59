"""Transitions, paths and times, against plain loops; and what their totals have to be."""

from __future__ import annotations

from collections import defaultdict

import pytest

from cjm_tracker.errors import InputError

from ..oracle import measures as oracle
from ..oracle.measures import Branching
from .conftest import Ask, Row


@pytest.mark.parametrize("repeats", ["kept", "collapsed"])
@pytest.mark.parametrize("of", ["touchpoint", "stage", "channel"])
def test_transitions(ask: Ask, journeys: list[Row], of: str, repeats: str) -> None:
    rows = ask("transitions", of=of, repeats=repeats)
    found = {(row["from"], row["to"]): row["transitions"] for row in rows}
    assert found == oracle.transitions(journeys, of, repeats)
    if repeats == "kept":
        assert sum(found.values()) == sum(j["step_count"] for j in journeys) - len(journeys)
    for one in {row["from"] for row in rows}:
        assert sum(row["share"] for row in rows if row["from"] == one) == pytest.approx(1)


@pytest.mark.parametrize("repeats", ["kept", "collapsed"])
@pytest.mark.parametrize(
    "ways", [("", ""), ("seen", ""), ("", "bought"), ("seen", "bought,helped")]
)
@pytest.mark.parametrize("of", ["touchpoint", "stage"])
def test_top_paths(
    ask: Ask, journeys: list[Row], of: str, ways: tuple[str, str], repeats: str
) -> None:
    origins, aims = ([name for name in way.split(",") if name] for way in ways)
    rows = ask(
        "top_paths", of=of, **{"from": ways[0], "to": ways[1]}, repeats=repeats, limit="9999"
    )
    found = {tuple(row["path"].split(" > ")): [row["journeys"], row["converted"]] for row in rows}
    assert found == oracle.top_paths(journeys, of, origins, aims, repeats)
    assert not rows or sum(row["share"] for row in rows) == pytest.approx(1)
    if ways == ("", ""):
        assert sum(row["journeys"] for row in rows) == sum(
            any(journey["path" if of == "touchpoint" else "stages"]) for journey in journeys
        )


def test_long_paths_are_folded_in_the_middle(ask: Ask) -> None:
    rows = ask("top_paths", ends="1", limit="9999")
    folded = [row for row in rows if "…" in row["path"]]
    assert folded
    assert all(len(row["path"].split(" > ")) == 3 and row["steps"] > 2 for row in folded)
    assert sum(row["journeys"] for row in rows) == sum(
        row["journeys"] for row in ask("top_paths", limit="9999")
    )


# Each value of each parameter with most of the others.
TREES = [
    Branching([]),
    Branching([], repeats="kept", least=4),
    Branching([], is_back=True, depth=3),
    Branching([], of="stage", depth=5, least=3),
    Branching(["seen"], least=3),
    Branching(["seen"], visit="each", repeats="kept"),
    Branching(["seen"], is_back=True, visit="first"),
    Branching(["bought", "seen"], is_back=True, visit="each", least=5),
    Branching(["awareness"], of="stage", is_back=True, visit="each"),
    Branching(["shop"], of="channel", depth=12, least=2),
]


def tree(ask: Ask, asked: Branching) -> list[Row]:
    return ask(
        "path_tree",
        root=",".join(asked.root),
        direction="to" if asked.is_back else "from",
        of=asked.of,
        visit=asked.visit,
        repeats=asked.repeats,
        depth=str(asked.depth),
        least=str(asked.least),
    )


def way(row: Row, asked: Branching) -> tuple[str, ...]:
    """Names from the root on, without it."""
    names = row["path"].split(" > ")
    return tuple(names[-2::-1] if asked.is_back else names[1:])


@pytest.mark.parametrize("asked", TREES, ids=lambda asked: " ".join(map(str, asked)))
def test_path_tree(ask: Ask, journeys: list[Row], complete_to: int, asked: Branching) -> None:
    rows = tree(ask, asked)
    columns = ("visits", "journeys", "went_on", "not_yet", "ended", "converted", "median_s")
    found = {way(row, asked): tuple(row[name] for name in columns) for row in rows}
    assert found == oracle.path_tree(journeys, asked, complete_to)
    assert len(found) == len(rows) > 3
    adds_up(rows, asked)
    if not asked.root:
        assert rows[0]["visits"] == rows[0]["journeys"] == len(journeys)


def adds_up(rows: list[Row], asked: Branching) -> None:
    """Branches make up their parent, and stand below it."""
    below: dict[tuple[str, ...], int] = defaultdict(int)
    for place, row in enumerate(rows):
        names = way(row, asked)
        assert row["depth"] == len(names)
        assert row["visits"] == row["went_on"] + row["not_yet"] + row["ended"]
        assert row["of_root"] == row["visits"] / rows[0]["visits"]
        if names:
            below[names[:-1]] += row["visits"]
            parent = next(one for one in rows[:place] if way(one, asked) == names[:-1])
            assert row["share"] == row["visits"] / parent["visits"]
        if names[-1:] == ("(other)",):
            below[names] = row["went_on"]  # it has no branches
    for row in rows:
        if row["depth"] < asked.depth:
            assert below[way(row, asked)] == row["went_on"]


def test_a_tree_of_a_whole_path_is_that_of_top_paths(ask: Ask) -> None:
    """Who ends at a node, or may go on from there, went exactly its way."""
    rows = tree(ask, Branching([], depth=12))
    ends = {row["path"]: row["journeys"] - row["went_on"] for row in rows}
    paths = {f"(start) > {row['path']}": row["journeys"] for row in ask("top_paths", limit="9999")}
    assert {path: count for path, count in ends.items() if count} == paths


def test_a_tree_has_twelve_levels_at_most(ask: Ask) -> None:
    with pytest.raises(InputError, match="path_tree: depth: 12 at most"):
        ask("path_tree", depth="13")


@pytest.mark.parametrize("ways", [("", ""), ("seen", "helped"), ("awareness", "purchase,service")])
@pytest.mark.parametrize("of", ["touchpoint", "stage", "channel"])
def test_times(ask: Ask, journeys: list[Row], of: str, ways: tuple[str, str]) -> None:
    origins, aims = ([name for name in way.split(",") if name] for way in ways)
    rows = ask("times", of=of, **{"from": ways[0], "to": ways[1]})
    expected = oracle.times(journeys, of, origins, aims)
    assert {(row["from"], row["to"]): row["n"] for row in rows} == {
        pair: len(each) for pair, each in expected.items()
    }
    for row in rows:
        each = expected[row["from"], row["to"]]
        for column, share in (("p50_s", 0.5), ("p75_s", 0.75), ("p90_s", 0.9), ("p95_s", 0.95)):
            assert row[column] == oracle.quantile(each, share)


def test_business_hours(ask: Ask, journeys: list[Row]) -> None:
    given = {"of": "touchpoint", "from": "seen", "to": "bought"}
    (row,) = ask("times", **given, hours="sat-sun 01:00-03:30")
    each = []
    for journey in journeys:
        names = oracle.runs(journey, "touchpoint")
        start = next((p for p, one in enumerate(names) if one[0] == "seen"), len(names))
        if aim := next((one for one in names[start + 1 :] if one[0] == "bought"), None):
            begun, ended = names[start][1] // 1000, aim[1] // 1000
            each.append(oracle.business_seconds(begun, ended, [6, 7], 3600, 3 * 3600 + 1800))
    assert row["p50_s"] == oracle.quantile(each, 0.5)
    assert row["p95_s"] == oracle.quantile(each, 0.95) > 0
    (always,) = ask("times", **given)
    assert always["p95_s"] > row["p95_s"]
    (elsewhere,) = ask("times", **given, hours="sat-sun 01:00-03:30", zone="Asia/Tokyo")
    assert elsewhere["p95_s"] != row["p95_s"]
