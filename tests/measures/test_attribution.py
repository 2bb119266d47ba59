"""Credits, against plain loops; and that they add up."""

from __future__ import annotations

import pytest

from cjm_tracker.errors import InputError
from cjm_tracker.measures.attribution import MAX_SHAPLEY, Path, credited

from ..oracle import measures as oracle
from .conftest import DEFINITION, Ask, Row

HEURISTICS = ["first", "last", "last_non_direct", "linear", "time_decay", "u", "j", "inverse_j"]
WAYS = [("channel", "exposure"), ("touchpoint", "all"), ("touchpoint", "unique")]
MODELS = ["markov", "shapley", "leave_one_out"]


def paths_of(journeys: list[Row], of: str, touches: str) -> list[oracle.Led]:
    return [oracle.led(journey, of, touches, DEFINITION.goals) for journey in journeys]


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_rules_of_thumb(ask: Ask, journeys: list[Row], way: tuple[str, str]) -> None:
    of, touches = way
    rows = ask("attribution", of=of, touches=touches, direct="web,seen", half_life="30m")
    paths = paths_of(journeys, of, touches)
    for model in HEURISTICS:
        expected = oracle.attribution(model, paths, ["web", "seen"], 1800)
        found = {row["touch"]: (row[model], row[f"{model}_value"]) for row in rows}
        assert found.keys() == expected.keys()
        for touch, credits_ in expected.items():
            assert found[touch] == pytest.approx(credits_), (model, touch)


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_credits_add_up_to_the_conversions_and_their_value(
    ask: Ask, journeys: list[Row], way: tuple[str, str]
) -> None:
    of, touches = way
    conversions = sum(journey["is_converted"] for journey in journeys)
    value = float(sum(journey["value"] for journey in journeys if journey["is_converted"]))
    rows = ask("attribution", of=of, touches=touches)
    for model in HEURISTICS:
        assert sum(row[model] for row in rows) == pytest.approx(conversions)
        assert sum(row[f"{model}_value"] for row in rows) == pytest.approx(value)
    for model in MODELS:
        rows = ask("attribution_model", of=of, touches=touches, model=model)
        assert sum(row["credit"] for row in rows) == pytest.approx(conversions)
        assert sum(row["value"] for row in rows) == pytest.approx(value)


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_models(ask: Ask, journeys: list[Row], way: tuple[str, str]) -> None:
    of, touches = way
    paths = paths_of(journeys, of, touches)
    for model, expected in (
        ("markov", oracle.removal_effects(paths)),
        ("shapley", oracle.shapley_values(paths)),
    ):
        rows = ask("attribution_model", of=of, touches=touches, model=model)
        assert {row["touch"]: row["effect"] for row in rows} == pytest.approx(expected, abs=1e-9)


def test_shapley_of_too_many_touches_is_refused_with_the_reason() -> None:
    many = [Path((f"t{number}",), 1, 1.0, 1) for number in range(MAX_SHAPLEY + 1)]
    assert len(credited("shapley", many[1:])) == MAX_SHAPLEY
    with pytest.raises(InputError, match="16 touches"):
        credited("shapley", many)
    assert len(credited("markov", many)) == MAX_SHAPLEY + 1


def test_of_no_conversion_nothing_is_owed() -> None:
    assert credited("markov", [Path(("a",), 0, 0.0, 5)]) == []
    assert credited("shapley", []) == []
