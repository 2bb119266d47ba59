"""The kinds of panel the dashboards are made of; core panels of Grafana only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    ThresholdsMode,
    ValueMap,
    ValueMappingResult,
)

from generator.queries import DATASOURCE, TIME_SERIES, QueryBuilder
from generator.texts import Texts

# Blue and orange, told apart by those who cannot tell red from green.
GOOD, NEUTRAL, BAD = "semi-dark-blue", "#8e8e8e", "semi-dark-orange"
# Grafana takes a panel without version for one of long ago, and migrates it.
PANEL_VERSION = "11.6.0"

AnyPanel = TypeVar("AnyPanel", bound=Any)


@dataclass(frozen=True)
class Column:
    """How one column of a table looks; `text` is the key of its heading when not the name."""

    name: str
    text: str = ""
    unit: str = ""
    decimals: int | None = None
    width: int | None = None
    cell: dict[str, Any] | None = None
    extra: tuple[DynamicConfigValue, ...] = ()


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
    key: str, texts: Texts, unit: str = "none", decimals: int = 0, steps: Sequence[Threshold] = ()
) -> stat.Panel:
    """One figure: the query gives one row with one column."""
    panel = dressed(stat.Panel(), key, texts, unit, decimals).with_target(QueryBuilder(key))
    return (
        panel.reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).fields("/.*/"))
        .graph_mode(models.BigValueGraphMode.NONE)
        .color_mode(models.BigValueColorMode.VALUE)
        .text_mode(models.BigValueTextMode.VALUE)
        .thresholds(_thresholds(steps or [Threshold(None, "text")]))
    )


def bars(key: str, texts: Texts) -> bargauge.Panel:
    """One bar a row: a name and a number, in the order of the query."""
    rows = common.ReduceDataOptions().values(True).calcs([]).fields("")
    return (
        dressed(bargauge.Panel(), key, texts)
        .with_target(QueryBuilder(key))
        .reduce_options(rows)
        .orientation(models.VizOrientation.HORIZONTAL)
        .display_mode(models.BarGaugeDisplayMode.GRADIENT)
        .value_mode(models.BarGaugeValueMode.TEXT)
        .min(0)
        .color_scheme(_fixed(GOOD))
    )


def rows(key: str, texts: Texts, columns: Sequence[Column]) -> table.Panel:
    """A table."""
    panel = dressed(table.Panel(), key, texts).with_target(QueryBuilder(key))
    panel.show_header(True).cell_height(models.TableCellHeight.SM)
    for column in columns:
        panel.override_by_name(column.name, list(_properties(column, texts)))
    return panel


def over_time(key: str, texts: Texts, label: str) -> timeseries.Panel:
    """Stacked bars over time, one colour for each value of `label`."""
    return (
        dressed(timeseries.Panel(), key, texts)
        .with_target(QueryBuilder(key, format_=TIME_SERIES))
        .display_name("${__field.labels." + label + "}")
        .interval("1h")
        .draw_style(models.GraphDrawStyle.BARS)
        .fill_opacity(80)
        .line_width(0)
        .stacking(common.StackingConfig().mode(models.StackingMode.NORMAL).group("A"))
        .min(0)
        .color_scheme(dashboard.FieldColor().mode(FieldColorModeId.PALETTE_CLASSIC_BY_NAME))
        .legend(_legend())
        .tooltip(
            common.VizTooltipOptions()
            .mode(models.TooltipDisplayMode.MULTI)
            .sort(models.SortOrder.DESCENDING)
        )
    )


def graph(key: str, texts: Texts, nodes: str, edges: str, arcs: dict[str, str]) -> nodegraph.Panel:
    """Nodes and edges; the frames are known by the names of their queries."""
    circle = [nodegraph.ArcOption().field(field).color(color) for field, color in arcs.items()]
    panel = dressed(nodegraph.Panel(), key, texts)
    return (
        panel.with_target(QueryBuilder(nodes, "nodes"))
        .with_target(QueryBuilder(edges, "edges"))
        .nodes(nodegraph.NodeOptions().arcs(circle))
        .edges(nodegraph.EdgeOptions().secondary_stat_unit("s"))
    )


def lanes(key: str, texts: Texts, lane: str, value: str) -> statetimeline.Panel:
    """One lane for each value of `lane`. A second time column ends a state."""
    partition = DataTransformerConfig(
        "partitionByValues",
        options={"fields": [lane], "keepFields": False, "naming": {"asLabels": True}},
    )
    name = DynamicConfigValue("displayName", "${__field.labels." + lane + "}")
    return (
        dressed(statetimeline.Panel(), key, texts)
        .with_target(QueryBuilder(key))
        .with_transformation(partition)
        .override_by_name(value, [name])
        .show_value(models.VisibilityMode.AUTO)
        .merge_values(False)
        .row_height(0.85)
        .fill_opacity(70)
        .color_scheme(dashboard.FieldColor().mode(FieldColorModeId.PALETTE_CLASSIC_BY_NAME))
        .legend(_legend(show=False))
    )


def above(value: float, color: str) -> list[Threshold]:
    """Plain text up to `value`, coloured from there on."""
    return [Threshold(None, "text"), Threshold(value, color)]


def felt() -> list[Threshold]:
    """Angry, neither, delighted."""
    return [Threshold(None, BAD), Threshold(-0.33, NEUTRAL), Threshold(0.33, GOOD)]


def scale(low: float, high: float, steps: Sequence[Threshold]) -> tuple[DynamicConfigValue, ...]:
    """The ends and the colours of a column's scale."""
    return (
        DynamicConfigValue("min", low),
        DynamicConfigValue("max", high),
        DynamicConfigValue("thresholds", _thresholds(steps).build()),
    )


def said(words: dict[str, str]) -> tuple[DynamicConfigValue, ...]:
    """Words in place of values."""
    mapping = {value: ValueMappingResult(text=text) for value, text in words.items()}
    return (DynamicConfigValue("mappings", [ValueMap(mapping)]),)


def _properties(column: Column, texts: Texts) -> list[DynamicConfigValue]:
    found = [
        DynamicConfigValue("displayName", texts.column(column.text or column.name)),
        # An empty cell; the panel's own words are for a table without rows.
        DynamicConfigValue("noValue", "–"),
    ]
    if column.unit:
        found.append(DynamicConfigValue("unit", column.unit))
    if column.decimals is not None:
        found.append(DynamicConfigValue("decimals", column.decimals))
    if column.width:
        found.append(DynamicConfigValue("custom.width", column.width))
    if column.cell:
        found.append(DynamicConfigValue("custom.cellOptions", column.cell))
    return [*found, *column.extra]


def _thresholds(steps: Sequence[Threshold]) -> dashboard.ThresholdsConfig:
    return dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(list(steps))


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
