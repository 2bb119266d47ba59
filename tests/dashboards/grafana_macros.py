"""What happens to a query between a dashboard's JSON and ClickHouse, in Python.

First the browser's part: the plugin's `$__conditionalAll`, then Grafana's interpolation of
variables. Then the plugin's part in Go: its time macros. Written after the plugin's 4.x sources;
only what our dashboards may use is known here, everything else raises.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

ALL = "$__all"

Value = str | list[str]


@dataclass(frozen=True)
class Range:
    """The time range of the dashboard and the interval of the panel."""

    start: datetime
    end: datetime
    interval_ms: int = 3_600_000


def expand(sql: str, variables: Mapping[str, Value], span: Range) -> str:
    """The SQL the engine gets."""
    return _macros(_interpolate(_conditional_alls(sql, variables), variables), span)


def percent_encoded(value: Value) -> str:
    """Grafana's `:percentencode`: encodeURIComponent, and !'()* as well; arrays in braces."""
    text = "{" + ",".join(value) + "}" if isinstance(value, list) else value
    return quote(text, safe="-_.~")


def _conditional_alls(sql: str, variables: Mapping[str, Value]) -> str:
    """`$__conditionalAll(condition, $name)`, the last one first, as the plugin does."""
    macro = "$__conditionalAll("
    while (start := sql.rfind(macro)) != -1:
        condition, name, end = _two_arguments(sql, start + len(macro))
        if re.search(r"\$[$&`'0-9<]", condition):
            raise ValueError("JavaScript's replace() would take this for a pattern")
        value = variables[name.strip().removeprefix("$")]
        text = ",".join(value) if isinstance(value, list) else value
        sql = sql[:start] + ("1=1" if text in ("", ALL) else condition) + sql[end:]
    return sql


def _two_arguments(sql: str, start: int) -> tuple[str, str, int]:
    depth, comma = 1, -1
    for position in range(start, len(sql)):
        match sql[position]:
            case "(":
                depth += 1
            case ")":
                depth -= 1
            case "," if depth == 1:
                comma = position
        if depth == 0:
            return sql[start:comma], sql[comma + 1 : position], position + 1
    raise ValueError("unbalanced brackets")


def _interpolate(sql: str, variables: Mapping[str, Value]) -> str:
    def value(match: re.Match[str]) -> str:
        if match["format"] != "percentencode":
            raise ValueError(f"unsafe: {match[0]}")
        return percent_encoded(variables[match["name"]])

    return re.sub(r"\$\{(?P<name>\w+)(?::(?P<format>\w+))?\}", value, sql)


def _macros(sql: str, span: Range) -> str:
    start, end = (f"fromUnixTimestamp64Milli({_ms(at)})" for at in (span.start, span.end))

    def text(match: re.Match[str]) -> str:
        name, column = match["name"], match["argument"].strip()
        if name == "timeFilter_ms":
            return f"{column} >= {start} AND {column} <= {end}"
        if name == "timeInterval_ms":
            interval = max(span.interval_ms, 1)
            return f"toStartOfInterval(toDateTime64({column}, 3), INTERVAL {interval} millisecond)"
        raise ValueError(f"unknown macro {name}")

    done = re.sub(r"\$__(?P<name>\w+)\((?P<argument>[^()]*)\)", text, sql)
    done = done.replace("$__fromTime_ms", start).replace("$__toTime_ms", end)
    if "$" in done:
        raise ValueError("left over: " + done[done.index("$") :][:40])
    return done


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
