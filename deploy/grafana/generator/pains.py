"""The dashboard `cjm-pains`: where it hurts, whom, and what is worth mending first."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from generator import layout
from generator.queries import choice_variable, scope_variables, text_variable
from generator.rendering import variable
from generator.tables import of_measure
from generator.texts import Texts

KINDS = ["drops", "returns", "rates_low", "waits", "abandons", "repeats"]
ASKED = {"touchpoint": variable("touchpoint"), "kind": variable("kind"), "stage": "''"}


def pains(texts: Texts) -> Dashboard:
    """The whole dashboard."""
    asked = [text_variable("touchpoint", texts), choice_variable("kind", KINDS, texts)]
    return layout.board("pains", texts, [*scope_variables(texts), *asked], _rows(texts))


def _rows(texts: Texts) -> list[layout.Row]:
    points = (
        "touchpoint stage kind customers harmed rate other_rate severity severity_low"
        " severity_high is_sure owner"
    )
    worth = "touchpoint stage kind opportunity customers severity value confidence owner"
    evidence = "customer_id journey_no stage at quotes=arrayStringConcat(quotes,'\\n')"
    return [
        (11, [(24, of_measure("pain_points", texts, "pain_points", points))]),
        (
            11,
            [
                (12, of_measure("opportunities", texts, "opportunities", worth)),
                (12, of_measure("pain_evidence", texts, "pain_evidence", evidence, given=ASKED)),
            ],
        ),
    ]
