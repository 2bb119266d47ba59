"""What the panels say of customers whose journeys are known, and that they agree with the views."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from cjm_tracker.warehouse import Lag, store_lags
from tests.dashboards.board_files import boards, query
from tests.dashboards.journey_lab import BUYER, CALLER, COMMENT
from tests.dashboards.questions import Lab


@pytest.mark.parametrize(
    ("panel", "figure"),
    [
        ("Customers on a journey", 1),
        ("Journeys", 6),
        ("Conversion", 2 / 6),
        ("Time to goal", 3900),
        ("Dead letters", 1),
        ("Unmapped events", 1),
    ],
)
def test_a_figure_of_the_overview(lab: Lab, panel: str, figure: float) -> None:
    assert value(lab.overview(panel)) == pytest.approx(figure)


def test_the_newest_event_is_about_a_day_old(lab: Lab) -> None:
    assert 23 * 3600 < value(lab.overview("Data is behind by")) < 25 * 3600


@pytest.mark.parametrize(
    ("panel", "figure"),
    [("Stage now", "service"), ("Journeys made", 1), ("Steps taken", 9), ("Last emotion", 0.5)],
)
def test_a_figure_of_one_customer(lab: Lab, panel: str, figure: object) -> None:
    assert value(lab.one_customer(panel)) == figure


def test_value_is_known_only_where_money_was_spent(lab: Lab) -> None:
    assert float(value(lab.one_customer("Value"))) == 49.90
    assert value(lab.one_customer("Value", customer=lab.customer("b1"))) is None


def test_a_stage_nobody_rated_has_no_emotion(lab: Lab) -> None:
    rows = {row["stage"]: row for row in lab.overview("Emotion by stage")}
    assert (rows["purchase"]["mean"], rows["purchase"]["n"]) == (None, 0)
    # anna's 4 of 5; the 2 of 5 of somebody we do not know is on no journey.
    assert (rows["service"]["mean"], rows["service"]["n"]) == (0.5, 1)


def test_emotion_is_that_of_journeys_with_the_chosen_channel(lab: Lab) -> None:
    rows = lab.overview("Emotion by stage", channel=["paid_search"])
    assert [row["stage"] for row in rows if row["n"]] == ["service"]


@pytest.mark.parametrize(("persona", "journeys"), [("caller", 2), ("buyer", 0), ("none", 4)])
def test_journeys_of_a_persona(lab: Lab, persona: str, journeys: int) -> None:
    assert value(lab.overview("Journeys", persona=[persona])) == journeys


def test_panels_know_the_personas_as_the_mapping_binds_them(lab: Lab) -> None:
    sql = query("cjm-stages", "Funnel").sql
    rules = re.search(r"CAST\(\(SELECT groupArray\(\(persona,.*?'Array\(Tuple\(.*?'\)", sql)
    assert rules
    assert value(lab.ask(f"SELECT {rules[0]} AS rules")) == [CALLER.bound(), BUYER.bound()]


def test_stages_agree_with_the_view(lab: Lab) -> None:
    names = ("stage", "journeys", "went_on", "still_open", "ended_here")
    view = lab.warehouse.query(
        f"SELECT {', '.join(names)} FROM stage_funnel WHERE definition = 'customer_journey' "
        "ORDER BY stage_no"
    ).dicts()
    shown = [
        {name: row[name] for name in names}
        for row in lab.overview("What became of them")
        if row["journeys"]
    ]
    assert shown == view


@pytest.mark.parametrize(
    ("panel", "column"),
    [("Funnel", "step"), ("Where customers are now", "stage"), ("Emotion by stage", "stage")],
)
def test_stages_nobody_reached_are_shown_in_their_order(lab: Lab, panel: str, column: str) -> None:
    stages = lab.warehouse.query("SELECT stage FROM stages ORDER BY position").rows
    assert [row[column] for row in lab.overview(panel)] == [stage for (stage,) in stages]


def test_customers_are_where_their_open_journeys_are(lab: Lab) -> None:
    there = {row["stage"]: row["customers"] for row in lab.overview("Where customers are now")}
    assert sum(there.values()) == 1


def test_transitions_agree_with_the_view(lab: Lab) -> None:
    view = lab.warehouse.query(
        "SELECT from_touchpoint, to_touchpoint, transitions FROM transitions "
        "WHERE from_touchpoint != to_touchpoint"
    ).rows
    edges = lab.overview("Transitions", "edges")
    assert sorted((edge["source"], edge["target"], edge["mainstat"]) for edge in edges) == sorted(
        view
    )
    nodes = {node["id"]: node for node in lab.overview("Transitions", "nodes")}
    assert nodes["product_viewed"]["detail__repeats"] == 1


def test_paths_agree_with_the_view(lab: Lab) -> None:
    names = ("path_text AS path", "journeys", "customers", "conversion", "median_duration_s AS s")
    view = lab.warehouse.query(f"SELECT {', '.join(names)} FROM paths").rows
    shown = ("path", "journeys", "customers", "conversion", "median_s")
    paths = [tuple(row[name] for name in shown) for row in lab.overview("Top paths")]
    assert sorted(paths) == sorted(view)


def test_touchpoints_over_time_count_every_step_once(lab: Lab) -> None:
    (total,) = lab.warehouse.query("SELECT count() FROM steps").rows[0]
    assert sum(row["touchpoints"] for row in lab.overview("Touchpoints by channel")) == total


def test_filters_take_one_value_several_or_all(lab: Lab) -> None:
    journeys = [
        value(lab.overview("Journeys", **chosen))
        for chosen in (
            {"channel": "phone"},
            {"channel": ["phone"]},
            {"channel": ["phone", "paid_search"]},
            {"channel": ["phone", "web"]},
            {"source": ["survey"], "channel": ["paid_search"]},
            {"channel": []},
        )
    ]
    assert journeys == [2, 2, 2, 6, 1, 6]


def test_every_choice_at_once_is_the_same_as_no_filter(lab: Lab) -> None:
    everything = {
        name: [row[name] for row in lab.ask(query("cjm-overview", name).sql)]
        for name in ("channel", "source")
    }
    for panel in boards()["cjm-overview"]["panels"]:
        for target in panel["targets"]:
            filtered = lab.ask(target["rawSql"], **everything)
            assert panel["title"] == "Data is behind by" or filtered == lab.ask(target["rawSql"])


def test_the_latest_customer_comes_first(lab: Lab) -> None:
    rows = lab.overview("Recent customers")
    assert rows[0]["customer_id"] == lab.customer("d1")
    assert all(int(row["from_ms"]) < int(row["to_ms"]) for row in rows)


def test_what_waits_is_added_up_over_partitions(lab: Lab) -> None:
    rows = lab.ask(query("cjm-health", "Records waiting over time").sql)
    assert [(row["source"], row["lag"]) for row in rows] == [("website", 80)]
    now = int(time.time() * 1000)
    latest = query("cjm-health", "Records waiting").sql
    store_lags(lab.warehouse, [Lag("store", "raw.store", 0, 70)], now - 240_000)
    store_lags(lab.warehouse, [Lag("store", "raw.store", part, 7) for part in range(2)], now)
    assert value(lab.ask(latest)) == 14
    assert value(lab.ask(latest, source=["website"])) is None  # measured, but long ago


def test_a_comment_is_shown_as_it_was_written(lab: Lab) -> None:
    assert [row["comment"] for row in lab.one_customer("Comments")] == [COMMENT]


def test_what_nobody_said_belongs_to_no_customer(lab: Lab) -> None:
    assert lab.one_customer("Comments", customer="") == []


def test_identity_evidence_tells_the_shared_from_the_own(lab: Lab) -> None:
    own = lab.one_customer("Identity evidence")
    assert {(row["kind"], row["is_shared"]) for row in own} == {
        ("user_id", 0), ("cookie", 0), ("phone", 0)
    }  # fmt: skip
    (kiosk,) = lab.one_customer("Identity evidence", customer=lab.customer("kiosk"))
    assert kiosk["is_shared"] == 1


def test_steps_show_waits_repeats_and_hand_offs(lab: Lab) -> None:
    steps = {(row["touchpoint"], row["loop_no"]): row for row in lab.one_customer("Steps")}
    assert steps["delivery_call", 1]["wait_s"] == 95
    assert steps["delivery_call", 1]["is_handoff"] == 1
    assert ("product_viewed", 2) in steps


def value(rows: list[dict[str, Any]]) -> Any:
    """The only value of the only row."""
    (row,) = rows
    (found,) = row.values()
    return found
