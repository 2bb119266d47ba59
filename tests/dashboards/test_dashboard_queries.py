"""Every query of every panel and variable, over an empty warehouse and over one with data."""

from __future__ import annotations

import math
from decimal import Decimal
from itertools import groupby

import pytest

from tests.dashboards.board_files import Asked, queries, query
from tests.dashboards.questions import BEFORE, Lab

QUERIES = queries()
# What the few journeys of this world are too few for.
SCARCE = {
    "Stuck customers", "Pain points", "Top pain points", "Opportunities", "Who it happened to",
    "account",
}  # fmt: skip
NUMBERS = {"UInt8", "UInt16", "UInt32", "UInt64", "Int32", "Int64", "Float64", "Decimal"}


def kind(*kinds: str) -> pytest.MarkDecorator:
    chosen = [asked for asked in QUERIES if asked.kind in kinds]
    assert chosen
    return pytest.mark.parametrize("asked", chosen, ids=str)


@pytest.mark.parametrize("asked", QUERIES, ids=str)
def test_a_query_runs_and_gives_plain_values(either: Lab, asked: Asked) -> None:
    for row in either.ask(asked.sql):
        for value in row.values():
            assert not isinstance(value, (list, tuple, dict))
            assert not (isinstance(value, float) and math.isnan(value))


@pytest.mark.parametrize("asked", QUERIES, ids=str)
def test_a_query_has_an_answer_where_there_is_data(either: Lab, asked: Asked) -> None:
    assert not either.lived_in or bool(either.ask(asked.sql)) == (asked.name not in SCARCE)


@pytest.mark.parametrize("asked", QUERIES, ids=str)
def test_its_columns_are_of_types_grafana_shows(either: Lab, asked: Asked) -> None:
    assert set(either.shape(asked.sql).values()) <= NUMBERS | {"String", "DateTime64"}


@kind("stat")
def test_a_stat_is_one_value(either: Lab, asked: Asked) -> None:
    assert len(either.shape(asked.sql)) == 1
    rows = either.ask(asked.sql)
    # Of a customer nobody knows there is nothing to say; of all customers there always is.
    assert len(rows) == 1 or (asked.board in ("cjm-customer", "cjm-fixes") and not rows)


@kind("bargauge")
def test_bars_are_a_name_and_a_number(either: Lab, asked: Asked) -> None:
    name, number = either.shape(asked.sql).values()
    assert name == "String" and number in NUMBERS


@kind("timeseries")
def test_a_time_series_is_time_label_number_in_order_of_time(either: Lab, asked: Asked) -> None:
    shape = either.shape(asked.sql)
    assert list(shape)[0] == "time"
    assert [*shape.values()][:2] == ["DateTime64", "String"] and [*shape.values()][2] in NUMBERS
    times = [row["time"] for row in either.ask(asked.sql)]
    assert times == sorted(times)


@kind("state-timeline")
def test_states_begin_and_end_channel_by_channel(either: Lab, asked: Asked) -> None:
    assert list(either.shape(asked.sql).items()) == [
        ("time", "DateTime64"),
        ("time_end", "DateTime64"),
        ("channel", "String"),
        ("touchpoint", "String"),
    ]
    (partition,) = asked.panel["transformations"]
    assert partition["options"]["fields"] == ["channel"]
    rows = sorted(either.ask(asked.sql), key=lambda row: (row["channel"], row["time"]))
    for _, lane in groupby(rows, key=lambda row: row["channel"]):
        states = list(lane)
        assert all(state["time"] < state["time_end"] for state in states)
        assert all(a["time_end"] <= b["time"] for a, b in zip(states, states[1:], strict=False))


@kind("table")
def test_every_column_of_a_table_has_a_heading_or_is_hidden(either: Lab, asked: Asked) -> None:
    headed = {
        override["matcher"]["options"]
        for override in asked.panel["fieldConfig"]["overrides"]
        if {"displayName", "custom.hidden"} & {entry["id"] for entry in override["properties"]}
    }
    assert headed == set(either.shape(asked.sql))


@kind("nodeGraph")
def test_a_graphs_frames_have_the_columns_it_knows_them_by(either: Lab, asked: Asked) -> None:
    known = {"nodes": {"id", "title", "mainstat"}, "edges": {"id", "source", "target", "mainstat"}}
    assert known[asked.ref] <= set(either.shape(asked.sql))


GRAPHS = pytest.mark.parametrize("panel", [("cjm-overview", "Transitions"), ("cjm-paths", "Ways")])


@GRAPHS
def test_every_end_of_an_edge_is_a_node(either: Lab, panel: tuple[str, str]) -> None:
    nodes, edges = (either.ask(query(*panel, ref).sql) for ref in ("nodes", "edges"))
    ids = [node["id"] for node in nodes]
    assert {edge[end] for edge in edges for end in ("source", "target")} <= set(ids)
    assert len(set(ids)) == len(ids) <= 1500
    assert len({edge["id"] for edge in edges}) == len(edges)


@GRAPHS
def test_the_arcs_of_a_node_make_a_circle(either: Lab, panel: tuple[str, str]) -> None:
    for node in either.ask(query(*panel, "nodes").sql):
        arcs = [value for name, value in node.items() if name.startswith("arc__")]
        assert math.isclose(sum(arcs), 1) and min(arcs) >= 0


@kind("annotation")
def test_an_event_is_a_time_and_a_text(either: Lab, asked: Asked) -> None:
    assert either.shape(asked.sql) == {"time": "DateTime64", "text": "String"}


@kind("variable")
def test_a_variable_is_a_list_of_names(either: Lab, asked: Asked) -> None:
    assert set(either.shape(asked.sql).values()) == {"String"}
    values = [next(iter(row.values())) for row in either.ask(asked.sql)]
    # The filters cut the chosen values at commas, and take braces off.
    assert len(set(values)) == len(values) and not set("".join(values)) & set(",{}")
    # Personas stand as the mapping has them: the first one that fits counts.
    assert values == sorted(values) or asked.name == "persona"


def test_before_the_first_event_there_is_nothing(either: Lab) -> None:
    timed = [asked for asked in QUERIES if "$__timeFilter_ms" in asked.sql]
    for asked in timed:
        for row in either.ask(asked.sql, BEFORE):
            figures = [v for v in row.values() if isinstance(v, (int, float, Decimal))]
            assert not any(figures), asked
