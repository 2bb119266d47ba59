"""Transitions, paths and times, against plain loops; and what their totals have to be."""

from __future__ import annotations

import pytest

from ..oracle import measures as oracle
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
