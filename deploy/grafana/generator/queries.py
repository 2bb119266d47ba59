"""The data source's side: its query model, and the variables filled by queries."""

from __future__ import annotations

from typing import Any

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.cog import builder, variants
from grafana_foundation_sdk.models import common, dashboard

from generator.rendering import query
from generator.texts import Texts

PLUGIN = "grafana-clickhouse-datasource"
# Any version from 4 on makes the plugin take the query as it is; without one it would be migrated.
PLUGIN_VERSION = "4.20.0"
DATASOURCE = common.DataSourceRef(PLUGIN, "${datasource}")
DEFAULT_UID = "cjm-clickhouse"

TIME_SERIES, TABLE = 0, 1


def target(sql: str, ref: str = "A", format_: int = TABLE) -> dict[str, Any]:
    """A query as version 4 of the plugin stores it."""
    return {
        "refId": ref,
        "pluginVersion": PLUGIN_VERSION,
        "editorType": "sql",
        "rawSql": sql,
        "queryType": "timeseries" if format_ == TIME_SERIES else "table",
        "format": format_,
    }


class Query(variants.Dataquery):
    """One that asks the data source chosen."""

    def __init__(self, sql: str, ref: str, format_: int) -> None:
        self._json = {**target(sql, ref, format_), "datasource": DATASOURCE}

    def to_json(self) -> dict[str, object]:
        return self._json


class QueryBuilder(builder.Builder[variants.Dataquery]):
    """Lets the panel builders of the SDK take a `Query`."""

    def __init__(self, sql: str, ref: str = "A", format_: int = TABLE) -> None:
        self._query = Query(sql, ref, format_)

    def build(self) -> variants.Dataquery:
        return self._query


def datasource_variable(texts: Texts) -> builders.DatasourceVariable:
    """Which ClickHouse to ask; ours unless another is chosen."""
    return (
        builders.DatasourceVariable("datasource")
        .label(texts.variable("datasource"))
        .type(PLUGIN)
        .current(dashboard.VariableOption(selected=True, text=DEFAULT_UID, value=DEFAULT_UID))
    )


def query_variable(name: str, texts: Texts) -> builders.QueryVariable:
    """One value of those that `grafana_variable_NAME.sql` gives."""
    asked: dict[str, Any] = {
        "refId": f"variable-{name}",
        "queryType": "sql",
        "rawSql": query(f"variable_{name}"),
    }
    return (
        builders.QueryVariable(name)
        .label(texts.variable(name))
        .datasource(DATASOURCE)
        .query(asked)
        .refresh(dashboard.VariableRefresh.ON_DASHBOARD_LOAD)
        .allow_custom_value(False)
    )


def filter_variable(name: str, texts: Texts) -> builders.QueryVariable:
    """A choice of several values, all of them by default."""
    everything = dashboard.VariableOption(selected=True, text=["All"], value=["$__all"])
    return query_variable(name, texts).multi(True).include_all(True).current(everything)


def scope_variables(texts: Texts) -> list[Any]:
    """Which journeys a dashboard is about: one definition, for counts of two would be nonsense."""
    filters = [
        filter_variable(name, texts)
        for name in ("channel", "source", "persona", "campaign", "account")
    ]
    return [query_variable("definition", texts), *filters]


def text_variable(name: str, texts: Texts) -> builders.TextBoxVariable:
    """Filled by the links of other panels, or by hand."""
    return builders.TextBoxVariable(name).label(texts.variable(name)).default_value("")


def choice_variable(name: str, values: list[str], texts: Texts) -> builders.CustomVariable:
    """One of a few values, the first by default; each is said by the word of its name."""
    written = [f"{texts.word(value)} : {value}" for value in values]
    options = [
        dashboard.VariableOption(selected=value == values[0], text=texts.word(value), value=value)
        for value in values
    ]
    return (
        builders.CustomVariable(name)
        .label(texts.variable(name))
        .values(", ".join(written))
        .options(options)
        .current(options[0])
        .allow_custom_value(False)
    )
