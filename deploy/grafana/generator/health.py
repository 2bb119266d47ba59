"""The dashboard `cjm-health`: whether what is shown is all there is, and up to date."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from generator import layout, panels
from generator.columns import BAD, above
from generator.queries import filter_variable
from generator.rendering import query
from generator.tables import of_query
from generator.texts import Texts

FEEDS = "source records last_occurred_at last_received_at last_stored_at behind_s lag_s"
ARRIVALS = "source records events dropped not_mapped late duplicates"
REASONS = "source reason records still_open last_received_at"
UNMAPPED = "source format name events last_seen_at"
SHARED = "kind identifier_value standing first_seen_at last_seen_at"


def health(texts: Texts) -> Dashboard:
    """The whole dashboard, of a week: what went wrong before is mended or known."""
    variables = [filter_variable("source", texts)]
    return layout.board("health", texts, variables, _rows(texts), since="now-7d")


def _rows(texts: Texts) -> list[layout.Row]:
    letters = query("health_dead_letters")
    lag = query("health_lag_over_time")
    late, any_, many = above(3600, BAD), above(1, BAD), above(100, BAD)
    waiting = panels.number("health_waiting", texts, query("health_waiting"), steps=many)
    return [
        (
            4,
            [
                (6, panels.number("behind", texts, query("behind"), "s", 1, late)),
                (
                    6,
                    panels.number(
                        "health_lag", texts, query("health_lag"), steps=above(10000, BAD)
                    ),
                ),
                (6, waiting),
                (6, panels.number("dead_letters", texts, query("dead_letters"), steps=any_)),
            ],
        ),
        (8, [(24, of_query("health_feeds", texts, FEEDS))]),
        (8, [(24, of_query("health_arrivals", texts, ARRIVALS))]),
        (
            9,
            [
                (12, panels.levels("health_lag_over_time", texts, lag, "source")),
                (12, panels.over_time("health_dead_letters", texts, letters, "reason")),
            ],
        ),
        (8, [(24, of_query("health_reasons", texts, REASONS))]),
        (
            10,
            [
                (12, of_query("health_unmapped", texts, UNMAPPED)),
                (12, of_query("health_shared", texts, SHARED)),
            ],
        ),
    ]
