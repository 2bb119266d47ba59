"""The data source's side: its query model, the SQL files, the variables filled by queries."""

from __future__ import annotations

from typing import Any

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.cog import builder, variants
from grafana_foundation_sdk.models import common, dashboard

from cjm_tracker.resources import sql_text
from generator.texts import Texts

PLUGIN = "grafana-clickhouse-datasource"
# Any version from 4 on makes the plugin take the query as it is; without one it would be migrated.
PLUGIN_VERSION = "4.20.0"
DATASOURCE = common.DataSourceRef(PLUGIN, "${datasource}")
DEFAULT_UID = "cjm-clickhouse"

TIME_SERIES, TABLE = 0, 1


class Query(variants.Dataquery):
    """A query as version 4 of the plugin stores it."""

    def __init__(self, sql: str, ref: str, format_: int) -> None:
        self.sql, self.ref, self.format = sql, ref, format_

    def to_json(self) -> dict[str, object]:
        return {
            "refId": self.ref,
            "datasource": DATASOURCE,
            "pluginVersion": PLUGIN_VERSION,
            "editorType": "sql",
            "rawSql": self.sql,
            "queryType": "timeseries" if self.format == TIME_SERIES else "table",
            "format": self.format,
        }


class QueryBuilder(builder.Builder[variants.Dataquery]):
    """Lets the panel builders of the SDK take a `Query`."""

    def __init__(self, name: str, ref: str = "A", format_: int = TABLE) -> None:
        self._query = Query(sql(name), ref, format_)

    def build(self) -> variants.Dataquery:
        return self._query


def sql(name: str) -> str:
    """The text of `sql/queries/grafana_NAME.sql` without its comments."""
    lines = sql_text(f"queries/grafana_{name}.sql").splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("--"))


def datasource_variable(texts: Texts) -> builders.DatasourceVariable:
    """Which ClickHouse to ask; ours unless another is chosen."""
    return (
        builders.DatasourceVariable("datasource")
        .label(texts.variable("datasource"))
        .type(PLUGIN)
        .current(dashboard.VariableOption(selected=True, text=DEFAULT_UID, value=DEFAULT_UID))
    )


def definition_variable(texts: Texts) -> builders.QueryVariable:
    """Which way of cutting journeys; one at a time, for counts of two would add up to nonsense."""
    return _query_variable("definition", texts)


def filter_variable(name: str, texts: Texts) -> builders.QueryVariable:
    """A choice of several values, all of them by default."""
    everything = dashboard.VariableOption(selected=True, text=["All"], value=["$__all"])
    return _query_variable(name, texts).multi(True).include_all(True).current(everything)


def customer_variable(texts: Texts) -> builders.TextBoxVariable:
    """Filled by the links of other panels, or by hand."""
    return builders.TextBoxVariable("customer").label(texts.variable("customer")).default_value("")


def _query_variable(name: str, texts: Texts) -> builders.QueryVariable:
    query: dict[str, Any] = {
        "refId": f"variable-{name}",
        "queryType": "sql",
        "rawSql": sql(f"variable_{name}"),
    }
    return (
        builders.QueryVariable(name)
        .label(texts.variable(name))
        .datasource(DATASOURCE)
        .query(query)
        .refresh(dashboard.VariableRefresh.ON_DASHBOARD_LOAD)
        .allow_custom_value(False)
    )
