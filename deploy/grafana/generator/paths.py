"""The dashboard `cjm-paths`: which ways journeys take, and where they go in circles."""

from __future__ import annotations

from typing import Any

from grafana_foundation_sdk.builders.dashboard import Dashboard

from generator import layout, panels
from generator.columns import BAD, GOOD
from generator.overview import top_paths
from generator.queries import choice_variable, scope_variables
from generator.rendering import measured, variable
from generator.tables import of_measure
from generator.texts import Texts

OF = {"of": variable("of")}
EDGES = (
    "concat(`from`, ' > ', `to`) AS id, `from` AS source, `to` AS target, transitions AS mainstat,"
    " median_s AS secondarystat, customers AS detail__customers,"
    " 1 + 7 * transitions / max(transitions) OVER () AS thickness"
)
# Loops are shown on the node: an edge to itself cannot be seen.
BETWEEN = "WHERE `from` != `to`\nORDER BY mainstat DESC, id"
NODES = (
    "name AS id, name AS title, sum(transitions) AS mainstat,"
    " sumIf(transitions, `from` = `to`) AS detail__repeats,"
    " detail__repeats / mainstat AS arc__again, 1 - arc__again AS arc__elsewhere"
)
# A name of which there are only loops has no edge, and stands alone.
ENDS = "ARRAY JOIN arrayDistinct([`from`, `to`]) AS name\nGROUP BY name\nORDER BY mainstat DESC, id"


def paths(texts: Texts) -> Dashboard:
    """The whole dashboard."""
    of = choice_variable("of", ["touchpoint", "stage", "channel"], texts)
    return layout.board("paths", texts, [*scope_variables(texts), of], _rows(texts))


def _rows(texts: Texts) -> list[layout.Row]:
    loops = "touchpoint=`from` transitions journeys customers share median_s"
    again = "WHERE `from` = `to`\nORDER BY transitions DESC, touchpoint\nLIMIT 30"
    return [
        (15, [(24, _graph(texts))]),
        (
            12,
            [
                (14, top_paths(texts)),
                (10, of_measure("loops", texts, "transitions", loops, again, limit="1000")),
            ],
        ),
    ]


def _graph(texts: Texts) -> Any:
    headings = "mainstat secondarystat detail__repeats detail__customers"
    nodes = measured("transitions", NODES, ENDS, OF, limit="80")
    edges = measured("transitions", EDGES, BETWEEN, OF, limit="80")
    arcs = {"arc__again": BAD, "arc__elsewhere": GOOD}
    return panels.graph("ways", texts, nodes, edges, headings, arcs)
