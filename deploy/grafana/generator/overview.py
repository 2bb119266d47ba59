"""The dashboard `cjm-overview`: how far customers come, by which channels, how they feel."""

from __future__ import annotations

from typing import Any

from grafana_foundation_sdk.builders.dashboard import Dashboard

from generator import layout, panels
from generator.columns import BAD, CUSTOMER_HISTORY, GOOD, NEUTRAL, Column, above
from generator.queries import scope_variables
from generator.rendering import EVER, measured, query
from generator.texts import Texts


def overview(texts: Texts) -> Dashboard:
    """The whole dashboard."""
    return layout.board("overview", texts, scope_variables(texts), _rows(texts))


def _rows(texts: Texts) -> list[layout.Row]:
    number = panels.number
    to_goal = measured("totals", "to_goal_s")
    return [
        (
            4,
            [
                (4, number("open_customers", texts, query("open_customers", EVER))),
                (3, number("journeys", texts, measured("totals", "journeys"))),
                (
                    3,
                    number("conversion", texts, measured("totals", "conversion"), "percentunit", 1),
                ),
                (4, number("time_to_goal", texts, to_goal, "s", 1)),
                (4, number("behind", texts, query("behind"), "s", 1, above(3600, BAD))),
                (3, number("dead_letters", texts, query("dead_letters"), steps=above(1, BAD))),
                (3, number("unmapped", texts, query("unmapped"), steps=above(1, BAD))),
            ],
        ),
        (
            9,
            [
                (7, panels.bars("open_stages", texts, query("open_stages", EVER))),
                (7, panels.bars("funnel", texts, measured("funnel", "step, journeys"))),
                (10, stage_outcomes(texts)),
            ],
        ),
        (9, [(14, channel_volume(texts)), (10, stage_emotion(texts))]),
        (15, [(24, _transitions(texts))]),
        (11, [(12, top_paths(texts)), (12, _recent_customers(texts))]),
        (8, [(24, top_pains(texts))]),
    ]


def stage_outcomes(texts: Texts) -> Any:
    names = "stage journeys went_on still_open ended_here went_on_share"
    return panels.rows("stage_outcomes", texts, query("stage_outcomes"), names)


def channel_volume(texts: Texts) -> Any:
    return panels.over_time("channel_volume", texts, query("channel_volume"), "channel")


def stage_emotion(texts: Texts) -> Any:
    sql = measured("emotion", "name AS stage, mean, n, low, high")
    return panels.rows("stage_emotion", texts, sql, "stage mean n low high")


def top_paths(texts: Texts) -> Any:
    names = "path journeys customers conversion conversion_low conversion_high median_s"
    return panels.rows("top_paths", texts, measured("top_paths", names.replace(" ", ", ")), names)


def top_pains(texts: Texts) -> Any:
    names = "touchpoint stage kind customers rate other_rate severity is_sure"
    sql = measured("pain_points", names.replace(" ", ", "), limit="10")
    return panels.rows("top_pains", texts, sql, names)


def _transitions(texts: Texts) -> Any:
    arcs = {"arc__converted": GOOD, "arc__open": NEUTRAL, "arc__ended": BAD}
    headings = "mainstat secondarystat detail__repeats detail__customers"
    nodes, edges = query("transition_nodes"), query("transition_edges")
    return panels.graph("transitions", texts, nodes, edges, headings, arcs)


def _recent_customers(texts: Texts) -> Any:
    return panels.rows(
        "recent_customers",
        texts,
        query("recent_customers"),
        "customer_id last_seen_at is_known journeys steps channels_used value emotion",
        hidden="from_ms to_ms",
        customer_id=Column(link=("open_customer", CUSTOMER_HISTORY)),
    )
