"""The dashboard `cjm-evidence`: the journeys behind a number, reached by links from every table."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from generator import layout, panels
from generator.queries import scope_variables, text_variable
from generator.rendering import measured, query, typed
from generator.tables import of_query
from generator.texts import Texts

NARROWED = {"touchpoints": typed("touchpoint"), "stages": typed("stage")}


def evidence(texts: Texts) -> Dashboard:
    """The whole dashboard."""
    asked = [text_variable("touchpoint", texts), text_variable("stage", texts)]
    return layout.board("evidence", texts, [*scope_variables(texts), *asked], _rows(texts))


def _rows(texts: Texts) -> list[layout.Row]:
    journeys = "customer_id journey_no started_at path_text is_converted is_open value emotion"
    comments = "customer_id occurred_at touchpoint emotion comment"

    def total(column: str) -> str:
        return measured("totals", column, given=NARROWED)

    return [
        (
            4,
            [
                (8, panels.number("journeys", texts, total("journeys"))),
                (8, panels.number("journey_customers", texts, total("customers"))),
                (8, panels.number("conversion", texts, total("conversion"), "percentunit", 1)),
            ],
        ),
        (13, [(24, of_query("journey_list", texts, journeys, query("journey_list", NARROWED)))]),
        (11, [(24, of_query("comment_list", texts, comments, query("comment_list", NARROWED)))]),
    ]
