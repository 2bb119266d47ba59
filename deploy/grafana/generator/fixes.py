"""The dashboard `cjm-fixes`: whether what was changed made journeys better."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from generator import layout, panels
from generator.queries import choice_variable, query_variable, scope_variables
from generator.rendering import EVER, measured, variable
from generator.tables import of_measure, of_query
from generator.texts import Texts

METRICS = ["conversion", "repeat", "emotion", "wait"]
ASKED = {
    **EVER,
    "fix": f"toUInt32OrZero({variable('fix')})",
    "metric": variable("metric"),
}


def fixes(texts: Texts) -> Dashboard:
    """The whole dashboard."""
    asked = [query_variable("fix", texts), choice_variable("metric", METRICS, texts)]
    return layout.board("fixes", texts, [*scope_variables(texts), *asked], _rows(texts))


def _rows(texts: Texts) -> list[layout.Row]:
    found = "touchpoint what verdict why change change_low=low change_high=high days"
    means = "exposed_before exposed_after other_before other_after"
    counts = (
        "exposed_before_n exposed_after_n other_before_n other_after_n straddling not_yet unknown"
    )
    return [
        (8, [(24, of_query("fix_list", texts, "fix fixed_at touchpoint what who"))]),
        (
            5,
            [
                (
                    5,
                    panels.number(
                        "verdict", texts, measured("before_after", "verdict", "LIMIT 1", ASKED)
                    ),
                ),
                (19, of_measure("before_after", texts, "before_after", found, given=ASKED)),
            ],
        ),
        (
            5,
            [
                (10, of_measure("before_after_means", texts, "before_after", means, given=ASKED)),
                (14, of_measure("before_after_counts", texts, "before_after", counts, given=ASKED)),
            ],
        ),
    ]
