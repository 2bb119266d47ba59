"""The alerts: what Grafana finds in their file; each fires when it should, and only then."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from cjm_tracker.dashboards.push import FOLDER
from cjm_tracker.dashboards.source import NAME, PLUGIN
from cjm_tracker.events import Record
from cjm_tracker.journeys import JourneyDefinition
from cjm_tracker.pipeline import Batch, DeadLetter
from cjm_tracker.warehouse import Warehouse, stitch, store
from tests.dashboards.board_files import VIEWS, alert_groups, alerts, boards
from tests.dashboards.grafana_macros import Range, expand
from tests.warehouse.deeds import DAY, HOUR, MAPPING, NOW, START, VERSION, Deed, Journal

RULES = alerts()
each_rule = pytest.mark.parametrize("uid", RULES)

PLAN = MAPPING.model_copy(
    update={"journeys": [JourneyDefinition(name="alerted", inactivity="2d", goals=["bought"])]}
)
CUSTOMERS = 30  # a day
TURN = START + 20 * DAY  # from here on everything is worse
END = TURN + 7 * DAY


def days() -> Iterator[Deed]:
    """Of ten who come seven buy an hour later, content; since the turn one does, and is not."""
    for day in range((END - START) // DAY):
        at = START + day * DAY
        bad = at >= TURN
        for number in range(CUSTOMERS):
            who = (f"cookie:{day}.{number}",)
            felt = -0.8 if bad else 0.6
            yield Deed(f"seen {day}.{number}", at + HOUR, who, emotion=felt)
            if number % 10 < (1 if bad else 7):
                yield Deed(f"bought {day}.{number}", at + 2 * HOUR, who, "bought")
        for number in range(50 if at >= END - DAY else 2):
            yield Deed(f"odd {day}.{number}", at + 3 * HOUR, (f"cookie:{day}.0",), "")


def letters() -> Batch:
    """One a day that cannot be read, and forty on the last."""
    moments = [END - day * DAY for day in range(1, 10)] + [END - HOUR] * 40
    return Batch(
        dead_letters=[
            DeadLetter(Record("dead", 0, no, at, b"{"), "website", "test", "not_json", "", no)
            for no, at in enumerate(moments)
        ],
        records=len(moments),
    )


@pytest.fixture(scope="module")
def world(engine: Warehouse) -> Warehouse:
    """Calm weeks, then a bad one; at last some events come seven minutes late."""
    journal = Journal(engine)
    journal.keep(*days())
    dead = letters()
    store(engine, dead, [one.record for one in dead.dead_letters], VERSION, NOW)
    journal.now = NOW + 400_000
    journal.keep(*(Deed(f"late {no}", END - HOUR, (f"cookie:late{no}",)) for no in range(400)))
    stitch(engine, PLAN, journal.now)
    return engine


WEEKS = {"calm": TURN, "bad": END}
TIMES: dict[str, dict[str, int]] = {
    "cjm-silent": {"calm": NOW + HOUR, "bad": NOW + 30 * HOUR},
    "cjm-freshness": {"calm": NOW + 1000, "bad": NOW + HOUR},
}
FIRING = {
    "cjm-conversion": ["awareness"],
    "cjm-stuck": ["awareness"],
    "cjm-pain": ["seen drops", "seen rates_low"],
    "cjm-emotion": ["awareness"],
    "cjm-silent": ["website"],
    "cjm-dead-letters": ["website"],
    "cjm-unmapped": ["website"],
    "cjm-freshness": ["website"],
}


@each_rule
def test_an_alert_is_silent_while_all_is_as_ever(world: Warehouse, uid: str) -> None:
    assert firing(world, uid, "calm") == []


@each_rule
def test_an_alert_fires_for_those_it_should(world: Warehouse, uid: str) -> None:
    assert firing(world, uid, "bad") == FIRING[uid]


@each_rule
def test_an_answer_is_one_figure_with_labels(world: Warehouse, uid: str) -> None:
    for row in answers(world, uid, "bad"):
        *labels, figure = row.values()
        assert labels and all(isinstance(label, str) for label in labels)
        assert isinstance(figure, float)


@each_rule
def test_a_rule_says_what_it_means_and_what_to_do(uid: str) -> None:
    rule = RULES[uid]
    assert rule["title"] and all(rule["annotations"][key] for key in ("description", "runbook"))
    # Elsewhere than in queries Grafana takes it for a variable of its environment.
    assert "$" not in str({**rule, "data": ""})
    panels = {panel["id"] for panel in boards()[rule["dashboardUid"]]["panels"]}
    assert rule["panelId"] in panels
    assert rule["noDataState"] == ("Alerting" if uid == "cjm-silent" else "OK")


@each_rule
def test_a_rule_is_a_query_and_a_threshold(uid: str) -> None:
    asked, threshold = RULES[uid]["data"]
    assert (asked["datasourceUid"], asked["model"]["datasource"]["type"]) == (NAME, PLUGIN)
    assert threshold["datasourceUid"] == "__expr__" and threshold["model"]["expression"] == "A"
    assert RULES[uid]["condition"] == threshold["refId"] == "B"


@each_rule
def test_a_query_knows_the_macros_of_the_backend_only(uid: str) -> None:
    asked = sql(uid)
    assert set(re.findall(r"\$\w+", asked)) <= {"$__fromTime_ms", "$__toTime_ms"}
    own = set(re.findall(r"(\w+) AS\s*\(", asked))
    assert set(re.findall(r"(?<!ARRAY )\b(?:FROM|JOIN)\s+(\w+)", asked)) - own <= VIEWS


def test_rules_are_known_by_uid_and_lie_in_the_folder() -> None:
    assert set(FIRING) == set(RULES)
    assert {group["folder"] for group in alert_groups()} == {FOLDER}
    assert len({rule["title"] for rule in RULES.values()}) == len(RULES)


def firing(world: Warehouse, uid: str, when: str) -> list[str]:
    """Labels of the rows above the threshold."""
    (condition,) = RULES[uid]["data"][1]["model"]["conditions"]
    (above,) = condition["evaluator"]["params"]
    assert condition["evaluator"]["type"] == "gt"
    rows = [list(row.values()) for row in answers(world, uid, when)]
    return [" ".join(labels) for *labels, figure in rows if figure > above]


def answers(world: Warehouse, uid: str, when: str) -> list[dict[str, Any]]:
    until = TIMES.get(uid, WEEKS)[when]
    since = until - RULES[uid]["data"][0]["relativeTimeRange"]["from"] * 1000
    span = Range(*(datetime.fromtimestamp(ms / 1000, UTC) for ms in (since, until)))
    return world.query(expand(sql(uid), {}, span)).dicts()


def sql(uid: str) -> str:
    return str(RULES[uid]["data"][0]["model"]["rawSql"])
