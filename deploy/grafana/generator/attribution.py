"""The dashboard `cjm-attribution`: what conversions are owed to, by rules of thumb side by side."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from generator import layout
from generator.queries import choice_variable, scope_variables
from generator.rendering import variable
from generator.tables import of_measure
from generator.texts import Texts

OF = {"of": variable("of")}


def attribution(texts: Texts) -> Dashboard:
    """The whole dashboard."""
    of = choice_variable("of", ["channel", "touchpoint", "source"], texts)
    return layout.board("attribution", texts, [*scope_variables(texts), of], _rows(texts))


def _rows(texts: Texts) -> list[layout.Row]:
    credits = "touch journeys first last last_non_direct linear time_decay u j inverse_j"
    money = "touch journeys first_value last_value linear_value time_decay_value u_value"
    return [
        (11, [(24, of_measure("credits", texts, "attribution", credits, given=OF))]),
        (11, [(24, of_measure("credits_money", texts, "attribution", money, given=OF))]),
    ]
