"""Pain points, against journey by journey; what is made of them; and what fixes did."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from scipy.stats.contingency import relative_risk

from cjm_tracker.errors import ConfigError, InputError
from cjm_tracker.warehouse import Warehouse, stitch
from cjm_tracker.warehouse.facts import register_mapping
from cjm_tracker.warehouse.fixes import Fix, fixes, register

from ..oracle import pains as oracle
from ..oracle.measures import ms
from ..warehouse.deeds import DAY, START, Deed, Journal
from .conftest import DEFINITION, PLAN, Ask, Row, walks

RETURNED = ["return", "helped"]
AT = datetime.fromtimestamp(START / 1000, UTC) + timedelta(days=3)
NOW = datetime(2051, 1, 1, tzinfo=UTC)


def felt(deed: Deed, dice: random.Random) -> Deed:
    """With waits and outcomes at calls, and moods and words here and there; some of them later."""
    is_call = deed.source == "call_centre"
    mood = dice.choice([None, None, -0.5, 0.5])
    return replace(
        deed,
        at=deed.at + 6 * DAY * (int(deed.who[0].rsplit(".")[-1]) % 2),
        wait_s=dice.choice([None, 5.0, 20.0, 90.0]) if is_call else None,
        outcome=dice.choice(["answered", "abandoned"]) if is_call else dice.choice(["", "return"]),
        emotion=mood,
        comment="so slow" if mood and mood < 0 else "",
    )


@pytest.fixture(scope="module")
def world(engine: Warehouse) -> Warehouse:
    dice = random.Random(6)
    journal = Journal(engine)
    journal.keep(*(felt(deed, dice) for deed in walks(7, 300)))
    stitch(engine, PLAN, journal.now + 1)
    return engine


@pytest.fixture(scope="module")
def rows(ask: Ask) -> list[Row]:
    return ask("pain_points", least="5", returned=",".join(RETURNED), limit="9999")


@pytest.fixture(scope="module")
def expected(journeys: list[Row], complete_to: int) -> dict[oracle.Key, Row]:
    return oracle.pains(journeys, DEFINITION.goals, RETURNED, complete_to)


def test_pain_points(rows: list[Row], expected: dict[oracle.Key, Row]) -> None:
    found = {(row["touchpoint"], row["stage"], row["kind"]): row for row in rows}
    wanted = {
        key: row
        for key, row in expected.items()
        if min(row["journeys"], row["other_journeys"]) >= 5
        and row["harmed"] / row["journeys"] > row["other_harmed"] / row["other_journeys"]
    }
    assert found.keys() == wanted.keys()
    for key, row in wanted.items():
        assert {name: found[key][name] for name in row} == row, key
    assert len({kind for _, _, kind in found}) >= 4


def test_intervals_of_pain_points(rows: list[Row]) -> None:
    for row in rows:
        counts = [row[n] for n in ("harmed", "journeys", "other_harmed", "other_journeys")]
        low, high = oracle.newcombe(*counts)
        assert (row["severity_low"], row["severity_high"]) == pytest.approx((low, high), abs=1e-3)
        assert row["is_sure"] == (row["severity_low"] > 0)
        assert row["score"] == pytest.approx(row["customers"] * row["severity"])
        assert 0 < row["severity"] <= 1 and 0 < row["reach"] <= 1
        if row["other_harmed"]:
            ratio = relative_risk(*counts).confidence_interval()
            assert (row["ratio_low"], row["ratio_high"]) == pytest.approx(tuple(ratio), rel=1e-3)
        else:
            assert row["ratio"] is row["ratio_low"] is row["ratio_high"] is None


def test_the_evidence_is_who_was_counted(ask: Ask, rows: list[Row]) -> None:
    for row in rows[:6]:
        behind = ask(
            "pain_evidence",
            touchpoint=row["touchpoint"],
            kind=row["kind"],
            stage=row["stage"],
            returned=",".join(RETURNED),
            limit="9999",
        )
        assert len(behind) == row["harmed"]
        assert len({one["customer_id"] for one in behind}) == row["harmed_customers"]
        if row["kind"] == "rates_low":
            assert all(one["quotes"] for one in behind)


def test_opportunities_are_their_factors(
    ask: Ask, rows: list[Row], journeys: list[Row], complete_to: int
) -> None:
    found = ask(
        "opportunities", least="5", returned=",".join(RETURNED), at_stake="0.25", limit="9999"
    )
    won = [
        float(journey["value"])
        for journey in journeys
        if journey["is_converted"] and not oracle.is_awaited(journey, complete_to)
    ]
    assert len(found) == len(rows)
    for row in found:
        factors = row["customers"] * row["severity"] * row["value"] * row["confidence"]
        assert row["opportunity"] == pytest.approx(factors)
        assert row["converted_value"] == pytest.approx(sum(won) / len(won))
        assert row["at_stake"] == (1 if row["kind"] == "drops" else 0.25)
        assert row["confidence"] == pytest.approx(max(0, row["severity_low"] / row["severity"]))
    values = [row["opportunity"] for row in found]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0 == values[-1]


VALUES = {
    "conversion": (lambda one: one["is_converted"], True),
    "repeat": (lambda one: len(set(one["path"])) < one["step_count"], True),
    "emotion": (lambda one: one["emotion"], False),
    "wait": (
        lambda one: (
            (known := [wait for wait in one["waits_s"] if wait is not None])
            and sum(known) / len(known)
            or None
        ),
        False,
    ),
}


@pytest.fixture(scope="module")
def registered(world: Warehouse) -> list[int]:
    for_all = Fix("compared", AT, "ann", "a shorter page")
    return [
        register(world, for_all, NOW),
        register(world, replace(for_all, channels=("phone", "shop")), NOW),
    ]


@pytest.mark.parametrize("metric", VALUES)
def test_before_after(
    ask: Ask, registered: list[int], journeys: list[Row], complete_to: int, metric: str
) -> None:
    value, is_share = VALUES[metric]
    for fix, channels in zip(
        registered, [("web", "phone", "shop"), ("phone", "shop")], strict=True
    ):
        (row,) = ask("before_after", fix=str(fix), metric=metric, days="9", least="2")
        wanted = oracle.before_after(
            journeys,
            lambda one, channels=channels: (
                "compared" in one["path"] and not set(channels).isdisjoint(one["channels"])
            ),
            value,
            is_share,
            ms(AT),
            9,
            complete_to,
        )
        names = ("exposed_before", "exposed_after", "other_before", "other_after")
        assert [row[f"{name}_n"] for name in names] == wanted["n"]
        assert min(wanted["n"]) > 1
        for name in ("straddling", "not_yet", "unknown"):
            assert row[name] == wanted[name]
        assert row["change"] == pytest.approx(wanted["change"])
        assert row["high"] - row["change"] == pytest.approx(wanted["margin"])
        is_sure = abs(wanted["change"]) > wanted["margin"]
        assert (row["verdict"] == "cannot_tell") == (not is_sure)


def test_too_few_journeys_and_no_data_after_the_fix_are_no_verdict(
    world: Warehouse, ask: Ask, registered: list[int]
) -> None:
    (row,) = ask("before_after", fix=str(registered[0]), least="9999")
    assert (row["verdict"], row["why"]) == ("cannot_tell", "too few journeys")
    late = register(world, Fix("seen", NOW, "ann", "nothing yet"), NOW)
    (row,) = ask("before_after", fix=str(late))
    assert (row["verdict"], row["why"]) == ("cannot_tell", "no data after the fix")
    assert row["change"] is row["exposed_before"] is row["low"] is None
    assert ask("before_after", fix="77") == []


def test_a_fix_is_registered_once_and_at_a_touchpoint_that_there_is(
    world: Warehouse, registered: list[int]
) -> None:
    kept = fixes(world)
    with pytest.raises(ConfigError, match=f"fix {registered[0]} says so already"):
        register(world, Fix("compared", AT, "ann", "a shorter page"), NOW)
    with pytest.raises(InputError, match="did you mean 'compared'"):
        register(world, Fix("compare", AT, "ann", "a shorter page"), NOW)
    with pytest.raises(ConfigError, match="--who"):
        register(world, Fix("compared", AT, " ", "a shorter page"), NOW)
    assert fixes(world) == kept
    assert [row["fix"] for row in kept][:2] == registered == [1, 2]


def test_a_fix_that_works_is_called_better(ask: Ask, engine: Warehouse) -> None:
    """200 customers before and after, of both sorts; only the exposed come to buy after it."""
    journal = Journal(engine)
    deeds = []
    for number in range(800):
        is_after, is_exposed, is_lucky = number % 2, number // 2 % 2, number // 4 % 4 == 0
        at = START + (100 + 10 * is_after) * DAY + number
        who = (f"cookie:fixed{number}",)
        deeds.append(Deed(f"fixed {number}", at, who, "helped" if is_exposed else "seen"))
        if is_lucky or (is_after and is_exposed and number // 4 % 4 < 3):
            deeds.append(Deed(f"bought {number}", at + 1, who, "bought"))
    deeds.append(Deed("last", START + 120 * DAY, ("cookie:last",), "seen"))
    journal.keep(*deeds, at_offset=100_000)
    stitch(engine, PLAN, journal.now + 1_000)
    at = datetime.fromtimestamp(START / 1000, UTC) + timedelta(days=105)
    number = register(engine, Fix("helped", at, "ann", "answers that help"), NOW)
    (row,) = ask("before_after", fix=str(number), days="10")
    assert row["verdict"] == "better"
    assert row["change"] == pytest.approx(0.5) and 0.3 < row["low"] < 0.5 < row["high"] < 0.7
    assert row["other_before"] == row["other_after"] == row["exposed_before"] == 0.25


def test_who_answers_is_the_touchpoints_own_or_the_stages(
    world: Warehouse, ask: Ask, rows: list[Row]
) -> None:
    assert {row["owner"] for row in rows} == {""}
    hurt, stage = rows[0]["touchpoint"], rows[0]["stage"]
    owned = PLAN.model_copy(update={"owners": {hurt: "Ann", stage: "Bo"}})
    register_mapping(world, owned, "owned:1", ms(NOW))
    for name in ("pain_points", "opportunities"):
        found = ask(name, least="5", returned=",".join(RETURNED), limit="9999")
        for row in found:
            by_stage = "Bo" if row["stage"] == stage else ""
            assert row["owner"] == ("Ann" if row["touchpoint"] == hurt else by_stage)
        assert {row["owner"] for row in found} >= {"Ann"}
    said = dict(world.query("SELECT name, owner FROM owners").rows)
    assert said == {hurt: "Ann", stage: "Bo"}
