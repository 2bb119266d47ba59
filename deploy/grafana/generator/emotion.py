"""The dashboard `cjm-emotion`: how customers feel, how sure that is, and what they say."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from generator import layout, panels
from generator.overview import stage_emotion
from generator.queries import scope_variables
from generator.rendering import measured
from generator.tables import of_measure, of_query
from generator.texts import Texts

WEEKS = "toDateTime64(period, 3, 'UTC') AS time, name AS stage, mean AS emotion"


def emotion(texts: Texts) -> Dashboard:
    """The whole dashboard."""
    return layout.board("emotion", texts, scope_variables(texts), _rows(texts))


def _rows(texts: Texts) -> list[layout.Row]:
    places = "touchpoint=name visits n mean low high friction"
    themes = "theme comments customers share n mean low high quotes=arrayStringConcat(quotes,'\\n')"
    comments = "customer_id occurred_at touchpoint emotion comment"
    weeks = measured("emotion", WEEKS, "ORDER BY time, stage", every="week")
    return [
        (
            10,
            [
                (10, stage_emotion(texts)),
                (14, panels.lines("emotion_weeks", texts, weeks, "stage", -1, 1)),
            ],
        ),
        (11, [(24, of_measure("touchpoint_emotion", texts, "emotion", places, of="touchpoint"))]),
        (
            11,
            [
                (13, of_measure("themes", texts, "themes", themes)),
                (11, of_query("comment_list", texts, comments)),
            ],
        ),
    ]
