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


def health(texts: Texts) -> Dashboard:
    """The whole dashboard."""
    return layout.board("health", texts, [filter_variable("source", texts)], _rows(texts))


def _rows(texts: Texts) -> list[layout.Row]:
    letters = query("health_dead_letters")
    return [
        (
            4,
            [
                (8, panels.number("behind", texts, query("behind"), "s", 1, above(3600, BAD))),
                (
                    8,
                    panels.number(
                        "dead_letters", texts, query("dead_letters"), steps=above(1, BAD)
                    ),
                ),
                (
                    8,
                    panels.number(
                        "health_waiting", texts, query("health_waiting"), steps=above(100, BAD)
                    ),
                ),
            ],
        ),
        (
            8,
            [
                (
                    24,
                    of_query(
                        "health_feeds",
                        texts,
                        FEEDS,
                    ),
                )
            ],
        ),
        (
            8,
            [
                (
                    24,
                    of_query(
                        "health_arrivals",
                        texts,
                        "source records events dropped not_mapped late duplicates",
                    ),
                )
            ],
        ),
        (
            9,
            [
                (12, panels.over_time("health_dead_letters", texts, letters, "reason")),
                (
                    12,
                    of_query(
                        "health_reasons", texts, "source reason records still_open last_received_at"
                    ),
                ),
            ],
        ),
        (
            10,
            [
                (12, of_query("health_unmapped", texts, "source format name events last_seen_at")),
                (
                    12,
                    of_query(
                        "health_shared",
                        texts,
                        "kind identifier_value standing first_seen_at last_seen_at",
                    ),
                ),
            ],
        ),
    ]
