"""The dashboard `cjm-stages`: how far journeys come, how long that takes, and who stands still."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from generator import layout, panels
from generator.overview import stage_outcomes
from generator.queries import scope_variables
from generator.rendering import measured
from generator.tables import of_measure
from generator.texts import Texts

PROGRESS = (
    "stage journeys=any(journeys) after_day=maxIf(moved_on,after_s=86400)"
    " after_week=maxIf(moved_on,after_s=604800) after_month=maxIf(moved_on,after_s=2592000)"
)


def stages(texts: Texts) -> Dashboard:
    """The whole dashboard."""
    return layout.board("stages", texts, scope_variables(texts), _rows(texts))


def _rows(texts: Texts) -> list[layout.Row]:
    funnel = "step journeys customers went_on not_yet dropped of_previous median_s"
    times = "from to n customers p50_s p75_s p90_s"
    stuck = "customer_id stage touchpoint channel last_at waiting_s patience_s times_over"
    last = "GROUP BY stage_no, stage ORDER BY stage_no"
    return [
        (
            9,
            [
                (8, panels.bars("funnel", texts, measured("funnel", "step, journeys"))),
                (16, of_measure("funnel_table", texts, "funnel", funnel)),
            ],
        ),
        (
            9,
            [
                (12, stage_outcomes(texts)),
                (12, of_measure("progress", texts, "progress", PROGRESS, last, after="1d,7d,30d")),
            ],
        ),
        (
            11,
            [
                (10, of_measure("times", texts, "times", times)),
                (14, of_measure("stuck", texts, "stuck", stuck)),
            ],
        ),
    ]
