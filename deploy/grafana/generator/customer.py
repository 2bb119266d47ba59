"""The dashboard `cjm-customer`: everything about one customer."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from generator import layout, panels
from generator.columns import felt
from generator.queries import query_variable, text_variable
from generator.rendering import query
from generator.texts import Texts

STEPS = (
    "occurred_at journey_no position touchpoint channel is_handoff stage outcome value wait_s"
    " duration_s emotion loop_no"
)


def customer(texts: Texts) -> Dashboard:
    """The whole dashboard."""
    variables = [query_variable("definition", texts), text_variable("customer", texts)]
    return layout.board("customer", texts, variables, _rows(texts))


def _rows(texts: Texts) -> list[layout.Row]:
    def number(key: str, unit: str = "none", decimals: int = 0, **more: object) -> object:
        return panels.number(key, texts, query(key), unit, decimals, **more)  # type: ignore[arg-type]

    def rows(key: str, names: str) -> object:
        return panels.rows(key, texts, query(key), names)

    timeline = query("customer_timeline")
    identities = "kind identifier_value is_strong is_shared first_seen_at last_seen_at"
    comments = "occurred_at touchpoint channel metric score comment"
    return [
        (
            4,
            [
                (6, number("customer_stage")),
                (4, number("customer_journeys")),
                (4, number("customer_steps")),
                (5, number("customer_value", "locale", 2)),
                (5, number("customer_emotion", decimals=2, steps=felt())),
            ],
        ),
        (8, [(24, panels.lanes("customer_timeline", texts, timeline, "channel", "touchpoint"))]),
        (12, [(24, rows("customer_step_list", STEPS))]),
        (
            9,
            [
                (12, rows("customer_identities", identities)),
                (12, rows("customer_comments", comments)),
            ],
        ),
    ]
