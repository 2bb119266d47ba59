"""The dashboard `cjm-overview`: how far customers come, by which channels, how they feel."""

from __future__ import annotations

from typing import Any

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue

from generator import layout, panels
from generator.panels import BAD, GOOD, NEUTRAL, Column
from generator.queries import definition_variable, filter_variable
from generator.texts import Texts

UID = "cjm-overview"
GAUGE = {"type": "gauge", "mode": "basic", "valueDisplayMode": "text"}
COLORED = {"type": "color-text"}
# Opens the customer with the whole of his history in view, not with the overview's time range.
CUSTOMER_LINK = (
    "/d/cjm-customer?var-customer=${__value.text:percentencode}"
    "&from=${__data.fields.from_ms}&to=${__data.fields.to_ms}"
    "&${datasource:queryparam}&${definition:queryparam}"
)


def overview(texts: Texts) -> Dashboard:
    """The whole dashboard."""
    variables = [
        definition_variable(texts),
        filter_variable("channel", texts),
        filter_variable("source", texts),
    ]
    board = layout.board(UID, texts.dashboard("overview"), texts, variables)
    for height, row in _rows(texts):
        layout.add_row(board, height, row)
    return board


def _rows(texts: Texts) -> list[tuple[int, list[tuple[int, Any]]]]:
    number = panels.number
    return [
        (
            4,
            [
                (4, number("open_customers", texts)),
                (3, number("journeys", texts)),
                (3, number("conversion", texts, "percentunit", 1)),
                (4, number("time_to_goal", texts, "s", 1)),
                (4, number("behind", texts, "s", 1, panels.above(3600, BAD))),
                (3, number("dead_letters", texts, steps=panels.above(1, BAD))),
                (3, number("unmapped", texts, steps=panels.above(1, BAD))),
            ],
        ),
        (9, [(10, panels.bars("stage_funnel", texts)), (14, _stage_outcomes(texts))]),
        (
            9,
            [(14, panels.over_time("channel_volume", texts, "channel")), (10, _emotion(texts))],
        ),
        (15, [(24, _transitions(texts))]),
        (11, [(12, _top_paths(texts)), (12, _recent_customers(texts))]),
    ]


def _stage_outcomes(texts: Texts) -> Any:
    share = panels.scale(0, 1, [panels.Threshold(None, GOOD)])
    columns = [
        Column("stage"),
        Column("journeys"),
        Column("went_on"),
        Column("still_open"),
        Column("ended_here"),
        Column("went_on_share", unit="percentunit", decimals=1, cell=GAUGE, extra=share),
    ]
    return panels.rows("stage_outcomes", texts, columns)


def _emotion(texts: Texts) -> Any:
    mood = panels.scale(-1, 1, panels.felt())
    columns = [
        Column("stage"),
        Column("mean_emotion", decimals=2, cell=GAUGE, extra=mood),
        Column("answers", width=120),
    ]
    return panels.rows("stage_emotion", texts, columns)


def _transitions(texts: Texts) -> Any:
    arcs = {"arc__converted": GOOD, "arc__open": NEUTRAL, "arc__ended": BAD}
    panel = panels.graph("transitions", texts, "transition_nodes", "transition_edges", arcs)
    for name in ("mainstat", "secondarystat", "detail__repeats", "detail__customers"):
        heading = DynamicConfigValue("displayName", texts.column(name))
        panel.override_by_name(name, [heading])
    return panel


def _top_paths(texts: Texts) -> Any:
    share = panels.scale(0, 1, [panels.Threshold(None, GOOD)])
    columns = [
        Column("path_text"),
        Column("journeys", width=90),
        Column("customers", width=90),
        Column("conversion", unit="percentunit", decimals=1, width=150, cell=GAUGE, extra=share),
        Column("median_duration_s", unit="s", decimals=1, width=120),
    ]
    return panels.rows("top_paths", texts, columns)


def _recent_customers(texts: Texts) -> Any:
    known = panels.said({"0": texts.word("no"), "1": texts.word("yes")})
    link = {"title": texts.word("open_customer"), "url": CUSTOMER_LINK, "targetBlank": False}
    columns = [
        Column("customer_id", extra=(DynamicConfigValue("links", [link]),)),
        Column("last_seen_at"),
        Column("is_known", width=80, extra=known),
        Column("journeys", width=80),
        Column("steps", width=70),
        Column("channels_used"),
        Column("value", unit="locale", decimals=2, width=90),
        Column(
            "emotion",
            decimals=2,
            width=80,
            cell=COLORED,
            extra=panels.scale(-1, 1, panels.felt()),
        ),
    ]
    panel = panels.rows("recent_customers", texts, columns)
    for name in ("from_ms", "to_ms"):
        panel.override_by_name(name, [DynamicConfigValue("custom.hidden", True)])
    return panel
