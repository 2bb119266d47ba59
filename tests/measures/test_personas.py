"""Personas by rule against a slow telling of the same, and as a condition of any measure."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from cjm_tracker.errors import ConfigError, InputError
from cjm_tracker.mapping import DEFAULT_MAPPING, load_mapping
from cjm_tracker.measures import Scope
from cjm_tracker.personas import Persona

from .conftest import Ask, Row

PERSONAS = [
    Persona(name="caller", channel="phone", channel_share=0.3),
    Persona(name="regular", journeys=3, touchpoints=["bought", "compared"]),
    Persona(name="spender", value=100),
    Persona(name="somebody_else", identifiers=["user_id"]),
    Persona(name="abroad", attributes={"format": "other"}),
    Persona(name="known_device", identifiers=["user_id", "cookie"], attributes={"format": "test"}),
]


def told(theirs: list[Row]) -> str:
    """The persona of whoever took these journeys."""
    met = {point for row in theirs for point in row["path"]}
    used = [channel for row in theirs for channel in row["channels"]]
    if used.count("phone") >= 0.3 * len(used):
        return "caller"
    if len(theirs) >= 3 and met & {"bought", "compared"}:
        return "regular"
    if sum(row["value"] for row in theirs) >= 100:
        return "spender"
    return "known_device"  # all have a cookie, and nobody another


@pytest.fixture(scope="module")
def of(journeys: list[Row]) -> dict[str, list[Row]]:
    """The journeys of each persona."""
    by_customer = defaultdict(list)
    for row in journeys:
        by_customer[row["customer_id"]].append(row)
    by_persona = defaultdict(list)
    for theirs in by_customer.values():
        by_persona[told(theirs)] += theirs
    return by_persona


def test_they_are_told_by_the_first_rule_that_fits(ask: Ask, of: dict[str, list[Row]]) -> None:
    found = {row["persona"]: row for row in ask("personas", Scope.of([], personas=PERSONAS))}
    assert set(found) == set(of) == {"caller", "regular", "spender", "known_device"}
    for name, theirs in of.items():
        row = found[name]
        assert row["customers"] == len({one["customer_id"] for one in theirs})
        assert row["journeys"] == len(theirs)
        assert row["converted"] == sum(one["is_converted"] for one in theirs)
        assert (row["n"], row["emotion"], row["emotion_low"]) == (0, None, None)
        visits = {
            point: sum(point in one["path"] for one in theirs) for point in ("seen", "bought")
        }
        top = row["touchpoints"][0]
        assert sum(top in one["path"] for one in theirs) >= max(visits.values())
    assert sum(row["share"] for row in found.values()) == pytest.approx(1)


def test_any_measure_may_ask_for_one(ask: Ask, of: dict[str, list[Row]]) -> None:
    scope = Scope.of(["persona=spender,none"], personas=PERSONAS)
    steps = sum(row["steps"] for row in ask("touchpoints", scope))
    assert steps == sum(row["step_count"] for row in of["spender"]) > 0


def test_without_rules_everybody_is_nobody(ask: Ask, journeys: list[Row]) -> None:
    (row,) = ask("personas")
    assert (row["persona"], row["journeys"]) == ("none", len(journeys))


def test_one_that_nobody_knows_is_refused() -> None:
    with pytest.raises(InputError, match="persona 'spendr' is not defined, did you mean 'spender'"):
        Scope.of(["persona=spendr"], personas=PERSONAS)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("{name: a, touchpoints: [nothing_known]}", "'nothing_known' is not defined"),
        ("{name: a, channel: fax}", "'fax' is not defined"),
        ("{name: a, identifiers: [nose]}", "'nose' is not defined"),
        ("{name: none}", "'none' is there already"),
        ("{name: a, colour: red}", "colour"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_line(rule: str, said: str, tmp_path: Path) -> None:
    text = DEFAULT_MAPPING.read_text(encoding="utf-8")
    path = tmp_path / "mapping.yaml"
    path.write_text(f"personas:\n  - {rule}\n{text}", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_mapping(path)
    assert f"{path}:2: " in str(refused.value) and said in str(refused.value)
