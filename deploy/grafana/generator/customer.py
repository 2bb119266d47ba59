"""The dashboard `cjm-customer`: everything about one customer."""

from __future__ import annotations

from typing import Any

from grafana_foundation_sdk.builders.dashboard import Dashboard

from generator import layout, panels
from generator.overview import COLORED
from generator.panels import BAD, Column
from generator.queries import customer_variable, definition_variable
from generator.texts import Texts

UID = "cjm-customer"


def customer(texts: Texts) -> Dashboard:
    """The whole dashboard."""
    variables = [definition_variable(texts), customer_variable(texts)]
    board = layout.board(UID, texts.dashboard("customer"), texts, variables)
    for height, row in _rows(texts):
        layout.add_row(board, height, row)
    return board


def _rows(texts: Texts) -> list[tuple[int, list[tuple[int, Any]]]]:
    number = panels.number
    return [
        (
            4,
            [
                (6, number("customer_stage", texts)),
                (4, number("customer_journeys", texts)),
                (4, number("customer_steps", texts)),
                (5, number("customer_value", texts, "locale", 2)),
                (5, number("customer_emotion", texts, decimals=2, steps=panels.felt())),
            ],
        ),
        (8, [(24, panels.lanes("customer_timeline", texts, "channel", "touchpoint"))]),
        (12, [(24, _steps(texts))]),
        (9, [(12, _identities(texts)), (12, _comments(texts))]),
    ]


def _steps(texts: Texts) -> Any:
    handoff = panels.said({"0": " ", "1": texts.word("handoff")})
    mood = panels.scale(-1, 1, panels.felt())
    waited = panels.scale(0, 1800, panels.above(300, BAD))
    columns = [
        Column("occurred_at", width=170),
        Column("journey_no", width=75),
        Column("position", width=65),
        Column("touchpoint"),
        Column("channel"),
        Column("is_handoff", width=120, extra=handoff),
        Column("stage"),
        Column("outcome"),
        Column("value", unit="locale", decimals=2, width=90),
        Column("wait_s", unit="s", decimals=1, width=90, cell=COLORED, extra=waited),
        Column("duration_s", unit="s", decimals=1, width=100),
        Column("emotion", decimals=2, width=90, cell=COLORED, extra=mood),
        Column("loop_no", width=75),
    ]
    return panels.rows("customer_step_list", texts, columns)


def _identities(texts: Texts) -> Any:
    answer = panels.said({"0": texts.word("no"), "1": texts.word("yes")})
    columns = [
        Column("kind", width=140),
        Column("value", text="identifier_value"),
        Column("is_strong", width=150, extra=answer),
        Column("is_shared", width=90, extra=answer),
        Column("first_seen_at"),
        Column("last_seen_at"),
    ]
    return panels.rows("customer_identities", texts, columns)


def _comments(texts: Texts) -> Any:
    columns = [
        Column("occurred_at", width=170),
        Column("touchpoint", width=160),
        Column("channel", width=100),
        Column("metric", width=90),
        Column("score", width=80, decimals=1),
        Column("comment", cell={"type": "auto", "wrapText": True}),
    ]
    return panels.rows("customer_comments", texts, columns)
