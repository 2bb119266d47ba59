"""Clusters: planted kinds of customers are found, counted, named, and found again."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from math import comb
from statistics import fmean
from typing import get_args

import numpy as np
import pytest

from cjm_tracker.emotion import Language
from cjm_tracker.measures.cluster_words import described
from cjm_tracker.measures.clusters import MOST, Profile, clustered, features, parted
from cjm_tracker.warehouse import Warehouse, stitch

from ..warehouse.deeds import HOUR, MINUTE, START, Deed, Journal, apart
from .conftest import PLAN, Ask, Row

# Of each kind: how many, where, what, how many contacts, money of a purchase.
KINDS = {
    "lookers": (60, "website", ["seen", "seen", "seen", "compared"], (3, 8), 0),
    "buyers": (40, "store", ["seen", "bought", "bought"], (3, 5), 120),
    "callers": (30, "call_centre", ["helped", "seen", "helped"], (5, 9), 0),
    "surveyed": (12, "survey", ["compared"], (1, 1), 0),
}
MOODS = {"callers": -0.5, "buyers": 0.5}


def deeds() -> list[Deed]:
    dice = random.Random(5)
    found = []
    for kind, (customers, source, names, (few, many), money) in KINDS.items():
        for customer in range(customers):
            at = START
            for number in range(dice.randint(few, many)):
                at += dice.choice([1, 20, 300]) * MINUTE
                stray = number == 1 and dice.random() < 0.3
                name = dice.choice(names) if number else names[-1]
                deed = Deed(
                    f"e{number}",
                    at,
                    ("cookie:c",),
                    name,
                    "website" if stray else source,
                    value=Decimal(money + dice.randint(0, 50)) if name == "bought" else None,
                    emotion=MOODS.get(kind) if dice.random() < 0.3 else None,
                    wait_s=60.0 if source == "call_centre" and not stray else None,
                )
                found.append(apart(f"{kind}.{customer}", deed))
    return [*found, Deed("last", START + 999 * HOUR, ("cookie:c1",), "", "website")]


@pytest.fixture(scope="module")
def world(engine: Warehouse) -> Warehouse:
    """The kinds, each customer with a cookie of their own."""
    journal = Journal(engine)
    journal.keep(*deeds())
    stitch(engine, PLAN, journal.now + 1)
    return engine


@pytest.fixture(scope="module")
def kind_of(world: Warehouse) -> dict[str, str]:
    """By customer."""
    rows = world.query("SELECT customer_id, value FROM identities").rows
    return {customer: value.split(".")[1] for customer, value in rows if "." in value}


def test_planted_kinds_are_found_and_counted(
    ask: Ask, journeys: list[Row], kind_of: dict[str, str]
) -> None:
    theirs: dict[str, list[Row]] = defaultdict(list)
    for journey in journeys:
        theirs[kind_of[journey["customer_id"]]].append(journey)
    rows = ask("clusters")
    assert rows[-1]["cluster"] == "rest"
    for row, kind in zip(rows, KINDS, strict=True):
        own = theirs[kind]
        assert row["customers"] == KINDS[kind][0]
        assert row["journeys"] == len(own)
        assert row["converted"] == sum(one["is_converted"] for one in own)
        assert row["value_each"] == pytest.approx(
            float(sum(o["value"] for o in own)) / row["customers"]
        )
        assert row["steps_each"] == sum(one["step_count"] for one in own) / row["customers"]
        by_customer: dict[str, list[float]] = defaultdict(list)
        for one in own:
            if one["emotion"] is not None:
                by_customer[one["customer_id"]].append(one["emotion"])
        assert row["n"] == len(by_customer)
        felt = fmean(map(fmean, by_customer.values())) if by_customer else None
        assert row["emotion"] == (felt if felt is None else pytest.approx(felt))
        for place, name in enumerate(row["touchpoints"]):
            met = {kind: _met(name, theirs[kind]) for kind in KINDS}
            others = sum(len(met[other]) for other in KINDS if other != kind)
            rest = sum(KINDS[other][0] for other in KINDS if other != kind)
            lift = len(met[kind]) / row["customers"] * rest / others if others else None
            assert row["lifts"][place] == (lift if lift is None else pytest.approx(lift))
        assert {kind_of[customer] for customer in row["examples"]} <= {kind}
    assert [row["touchpoints"][:1] for row in rows[1:3]] == [["bought"], ["helped"]]
    assert rows[1]["cluster"] == "bought" and "spend much" in rows[1]["words"]
    assert rows[2]["wait_s"] == 60 and "displeased" in rows[2]["words"]


def _met(name: str, journeys: list[Row]) -> set[str]:
    return {one["customer_id"] for one in journeys if name in one["path"]}


def test_all_customers_and_journeys_are_in_one(ask: Ask, journeys: list[Row]) -> None:
    for given in ({}, {"clusters": "5"}, {"clusters": "1"}, {"least": "999"}):
        rows = ask("clusters", **given)
        assert sum(row["customers"] for row in rows) == len(
            {one["customer_id"] for one in journeys}
        )
        assert sum(row["journeys"] for row in rows) == len(journeys)
        assert sum(row["converted"] for row in rows) == sum(one["is_converted"] for one in journeys)
        assert sum(row["share"] for row in rows) == pytest.approx(1)
        assert len({row["cluster"] for row in rows}) == len(rows)
    assert [row["cluster"] for row in rows] == ["rest"]


def test_intervals_are_those_of_the_other_measures(ask: Ask) -> None:
    (whole,), (row,) = ask("personas"), ask("clusters", clusters="1")
    for name in ("conversion", "conversion_low", "conversion_high"):
        assert row[name] == pytest.approx(whole[name])


def test_a_sample_is_always_the_same(ask: Ask) -> None:
    rows = ask("clusters", sample="50")
    assert sum(row["customers"] for row in rows) == 50
    assert ask("clusters", sample="50") == rows


# --- the same again, of other data


@pytest.fixture(scope="module")
def profiles() -> list[Profile]:
    """Of five kinds that overlap, some customers between two of them."""
    dice = random.Random(3)
    channels, points = ["web", "shop", "phone"], [f"p{number}" for number in range(12)]
    found = []
    for number in range(600):
        kind = dice.choice([0, 0, 1, 2, 3, 4])
        weights = [6 if place % 5 == kind else 1 for place in range(len(points))]
        met = Counter(dice.choices(points, weights, k=dice.randint(4, 30)))
        used = Counter(dice.choices(channels, [1 + 9 * (place == kind % 3) for place in range(3)],
                                    k=met.total()))  # fmt: skip
        converted = int(kind == 1 or dice.random() < 0.1)
        wait = dice.random() * 100 if kind == 2 else None
        found.append(
            Profile(f"c{number:03}", 1, converted, met.total(), converted * 50.0, None, wait,
                    (list(used), list(used.values())), (list(met), list(met.values())))
        )  # fmt: skip
    return found


def adjusted_rand(one: Sequence[int], other: Sequence[int]) -> float:
    """1 where two partitions are the same, 0 where they agree by chance (Hubert and Arabie)."""
    together = sum(comb(count, 2) for count in Counter(zip(one, other, strict=True)).values())
    left, right = (sum(comb(count, 2) for count in Counter(side).values()) for side in (one, other))
    by_chance = left * right / comb(len(one), 2)
    return (together - by_chance) / ((left + right) / 2 - by_chance)


def test_order_does_not_matter(profiles: list[Profile]) -> None:
    shuffled = random.Random(1).sample(profiles, len(profiles))
    rows = clustered(profiles, 0, 20, "en")
    assert len(rows) > 2
    assert clustered(shuffled, 0, 20, "en") == rows


@pytest.mark.parametrize("seed", range(4))
def test_fewer_customers_are_clustered_and_named_alike(profiles: list[Profile], seed: int) -> None:
    dice = random.Random(seed)
    kept = [place for place in range(len(profiles)) if dice.random() > 0.05]
    thinned = [profiles[place] for place in kept]
    before, after = parted(features(profiles)), parted(features(thinned))
    assert adjusted_rand(before[kept].tolist(), after.tolist()) >= 0.9
    names, again = (
        {row[0] for row in clustered(all_, 0, 20, "en")} for all_ in (profiles, thinned)
    )
    assert len(names & again) >= len(names) - 1


def test_nobody_is_nearer_to_another_middle(profiles: list[Profile]) -> None:
    points = features(profiles)
    labels = parted(points, 4)
    middles = [points[labels == one].mean(axis=0) for one in range(4)]
    for point, label in zip(points, labels, strict=True):
        away = [np.linalg.norm(point - middle) for middle in middles]
        assert away[label] == pytest.approx(min(away))


def test_the_number_is_that_of_the_clearest(profiles: list[Profile]) -> None:
    """Silhouettes in plain Python, one customer after the other."""
    points = features(profiles)[:150]
    away = [[float(np.linalg.norm(one - other)) for other in points] for one in points]

    def silhouette(labels: Sequence[int]) -> float:
        found = []
        for place, label in enumerate(labels):
            means = {
                other: [
                    away[place][q] for q, its in enumerate(labels) if its == other and q != place
                ]
                for other in set(labels)
            }
            inside = means.pop(label)
            if not inside:
                found.append(0.0)
                continue
            outside = min(map(fmean, means.values()))
            found.append((outside - fmean(inside)) / max(fmean(inside), outside))
        return fmean(found)

    tried = {number: silhouette(parted(points, number).tolist()) for number in range(2, MOST + 1)}
    assert len(set(parted(points).tolist())) == max(tried, key=lambda number: tried[number])


def test_customers_that_are_all_alike_are_one_cluster(profiles: list[Profile]) -> None:
    same = [profiles[0]._replace(customer=f"c{number}") for number in range(30)]
    (row,) = clustered(same, 0, 20, "en")
    assert (row[0], row[2]) == ("ordinary", 30)
    assert clustered([], 0, 20, "en") == []


@pytest.mark.parametrize("language", get_args(Language))
def test_words_are_in_each_language(language: Language) -> None:
    contrasts = {"journeys": 0.1, "steps": -0.9, "value": 1.5, "converted": 0.0, "emotion": 0.0,
                 "waited": 0.0}  # fmt: skip
    said = described(("web", 0.8), [("help_read", 3.0)], contrasts, language)
    assert (
        said
        == {
            "en": "mostly web (80%); more often than others: help read; spend much, few steps",
            "ru": "в основном web (80%); чаще других: help read; тратят много, мало шагов",
            "bg": "предимно web (80%); по-често от другите: help read; харчат много, малко стъпки",
        }[language]
    )
