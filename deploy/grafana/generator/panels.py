"""The kinds of panel the dashboards are made of; core panels of Grafana only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    dashboard,
    nodegraph,
    stat,
    statetimeline,
    table,
    timeseries,
)
from grafana_foundation_sdk.models import common as models
from grafana_foundation_sdk.models.dashboard import (
    DataTransformerConfig,
    DynamicConfigValue,
    FieldColorModeId,
    Threshold,
)

from generator.columns import GOOD, Column, look, properties, thresholds
from generator.queries import DATASOURCE, TIME_SERIES, QueryBuilder
from generator.texts import Texts

# Grafana takes a panel without version for one of long ago, and migrates it.
PANEL_VERSION = "11.6.0"

AnyPanel = TypeVar("AnyPanel", bound=Any)


def dressed(
    panel: AnyPanel, key: str, texts: Texts, unit: str = "none", decimals: int = 0
) -> AnyPanel:
    """What every panel has: words, a data source, a unit, and something to say without data."""
    title, description = texts.panel(key)
    panel._internal.plugin_version = PANEL_VERSION
    return (
        panel.title(title)
        .description(description)
        .datasource(DATASOURCE)
        .unit(unit)
        .decimals(decimals)
        .no_value(texts.word("no_value"))
    )


def number(
    key: str,
    texts: Texts,
    sql: str,
    unit: str = "none",
    decimals: int = 0,
    steps: Sequence[Threshold] = (),
) -> stat.Panel:
    """One figure: the query gives one row with one column."""
    panel = dressed(stat.Panel(), key, texts, unit, decimals).with_target(QueryBuilder(sql))
    return (
        panel.reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).fields("/.*/"))
        .graph_mode(models.BigValueGraphMode.NONE)
        .color_mode(models.BigValueColorMode.VALUE)
        .text_mode(models.BigValueTextMode.VALUE)
        .thresholds(thresholds(steps or [Threshold(None, "text")]))
    )


def bars(key: str, texts: Texts, sql: str) -> bargauge.Panel:
    """One bar a row: a name and a number, in the order of the query."""
    rows = common.ReduceDataOptions().values(True).calcs([]).fields("")
    return (
        dressed(bargauge.Panel(), key, texts)
        .with_target(QueryBuilder(sql))
        .reduce_options(rows)
        .orientation(models.VizOrientation.HORIZONTAL)
        .display_mode(models.BarGaugeDisplayMode.GRADIENT)
        .value_mode(models.BarGaugeValueMode.TEXT)
        .min(0)
        .color_scheme(_fixed(GOOD))
    )


def rows(
    key: str, texts: Texts, sql: str, names: str, hidden: str = "", **others: Column
) -> table.Panel:
    """A table of the columns of these names; `others` look otherwise than everywhere."""
    panel = dressed(table.Panel(), key, texts).with_target(QueryBuilder(sql))
    panel.show_header(True).cell_height(models.TableCellHeight.SM)
    for name in names.split():
        column = others.get(name, look(name))
        panel.override_by_name(name, properties(texts.column(name), column, texts))
    for name in hidden.split():
        panel.override_by_name(name, [DynamicConfigValue("custom.hidden", True)])
    return panel


def over_time(key: str, texts: Texts, sql: str, label: str) -> timeseries.Panel:
    """Stacked bars over time, one colour for each value of `label`."""
    return (
        _series(key, texts, sql, label)
        .interval("1h")
        .draw_style(models.GraphDrawStyle.BARS)
        .fill_opacity(80)
        .line_width(0)
        .stacking(common.StackingConfig().mode(models.StackingMode.NORMAL).group("A"))
        .min(0)
    )


def lines(
    key: str, texts: Texts, sql: str, label: str, low: float, high: float
) -> timeseries.Panel:
    """A line with its points over time for each value of `label`; gaps stay gaps."""
    return (
        _series(key, texts, sql, label, decimals=2)
        .draw_style(models.GraphDrawStyle.LINE)
        .show_points(models.VisibilityMode.ALWAYS)
        .span_nulls(False)
        .min(low)
        .max(high)
    )


def levels(key: str, texts: Texts, sql: str, label: str) -> timeseries.Panel:
    """What stood at each time for each value of `label`, from 0 up; gaps stay gaps."""
    return (
        _series(key, texts, sql, label)
        .draw_style(models.GraphDrawStyle.LINE)
        .fill_opacity(10)
        .span_nulls(False)
        .min(0)
    )


def _series(key: str, texts: Texts, sql: str, label: str, decimals: int = 0) -> timeseries.Panel:
    return (
        dressed(timeseries.Panel(), key, texts, decimals=decimals)
        .with_target(QueryBuilder(sql, format_=TIME_SERIES))
        .display_name("${__field.labels." + label + "}")
        .color_scheme(dashboard.FieldColor().mode(FieldColorModeId.PALETTE_CLASSIC_BY_NAME))
        .legend(_legend())
        .tooltip(
            common.VizTooltipOptions()
            .mode(models.TooltipDisplayMode.MULTI)
            .sort(models.SortOrder.DESCENDING)
        )
    )


def graph(
    key: str, texts: Texts, nodes: str, edges: str, headings: str, arcs: dict[str, str]
) -> nodegraph.Panel:
    """Nodes and edges; the frames are known by the names of their queries."""
    circle = [nodegraph.ArcOption().field(field).color(color) for field, color in arcs.items()]
    panel = dressed(nodegraph.Panel(), key, texts)
    for name in headings.split():
        panel.override_by_name(name, [DynamicConfigValue("displayName", texts.column(name))])
    return (
        panel.with_target(QueryBuilder(nodes, "nodes"))
        .with_target(QueryBuilder(edges, "edges"))
        .nodes(nodegraph.NodeOptions().arcs(circle))
        .edges(nodegraph.EdgeOptions().secondary_stat_unit("s"))
    )


def lanes(key: str, texts: Texts, sql: str, lane: str, value: str) -> statetimeline.Panel:
    """One lane for each value of `lane`. A second time column ends a state."""
    partition = DataTransformerConfig(
        "partitionByValues",
        options={"fields": [lane], "keepFields": False, "naming": {"asLabels": True}},
    )
    name = DynamicConfigValue("displayName", "${__field.labels." + lane + "}")
    return (
        dressed(statetimeline.Panel(), key, texts)
        .with_target(QueryBuilder(sql))
        .with_transformation(partition)
        .override_by_name(value, [name])
        .show_value(models.VisibilityMode.AUTO)
        .merge_values(False)
        .row_height(0.85)
        .fill_opacity(70)
        .color_scheme(dashboard.FieldColor().mode(FieldColorModeId.PALETTE_CLASSIC_BY_NAME))
        .legend(_legend(show=False))
    )


def _fixed(color: str) -> dashboard.FieldColor:
    return dashboard.FieldColor().mode(FieldColorModeId.FIXED).fixed_color(color)


def _legend(show: bool = True) -> common.VizLegendOptions:
    return (
        common.VizLegendOptions()
        .show_legend(show)
        .display_mode(models.LegendDisplayMode.LIST)
        .placement(models.LegendPlacement.BOTTOM)
        .calcs([])
    )
