"""Measures as Grafana asks them: parameters become variables, the time range, or their defaults.

A measure's `{name:Type}` is a bound parameter when `cjm measure` asks. A panel binds nothing: here
each becomes an expression of SQL, in which a variable stands in the one form that is safe.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cjm_tracker.journeys import JourneyDefinition
from cjm_tracker.measures import Scope, measure_named, scoped
from cjm_tracker.measures.forms import FORMS
from cjm_tracker.measures.measure import OF_ALL
from cjm_tracker.resources import sql_text

Expressions = Mapping[str, str]

# A condition of the scope, which asks nothing of an empty list.
CONDITION = re.compile(r"\s+AND \(empty\(\{(?P<name>\w+):[^{}]+\}\) OR ")
PARAMETER = re.compile(r"(?<!\$)\{(?P<name>\w+):(?P<type>[^{}]+)\}")
# Forms need one where they mean its stages; those stand in the warehouse, too.
ANY = JourneyDefinition(name="any", stages=["one", "other"])
CAMPAIGN = "campaign"  # the attribute that all formats with campaigns call so


def variable(name: str) -> str:
    """A variable's value, as text. It comes from the address bar: `:singlequote` lets it out."""
    return f"decodeURLComponent('${{{name}:percentencode}}')"


def chosen(name: str) -> str:
    """The values chosen of a variable, none when all are: as a scope takes them."""
    values = f"splitByChar(',', trim(BOTH '{{}}' FROM {variable(name)}))"
    # Only the plugin's own macro can tell all from each.
    return f"if($__conditionalAll(1=0, ${name}), CAST([], 'Array(String)'), {values})"


def typed(name: str) -> str:
    """What was typed into a variable, as a list of one; none when nothing was."""
    return f"arrayFilter(one -> one != '', [{variable(name)}])"


# Of all measures: which journeys are asked for.
DASHBOARD: Expressions = {
    "definition": variable("definition"),
    "since": "$__fromTime_ms",
    "until": "$__toTime_ms",
    "channels": chosen("channel"),
    "sources": chosen("source"),
    "customers": chosen("account"),
    "personas": chosen("persona"),
    # As Persona.bound gives them; of every customer the first that fits counts.
    "persona_rules": "(SELECT groupArray((persona, touchpoints, channel, channel_share, journeys,"
    " ifNull(value, -1e300), identifiers, arrayZip(mapKeys(attributes), mapValues(attributes))))"
    " FROM (SELECT * FROM personas ORDER BY position))",
    "attributes": f"arrayMap(one -> ('{CAMPAIGN}', one), {chosen(CAMPAIGN)})",
}
# Whatever the time range.
EVER: Expressions = {"since": "toDateTime64(0, 3)", "until": "toDateTime64('2299-12-31', 3)"}
# No browser expands variables in alerts: they are of the first definition.
ALERT: Expressions = {
    "definition": "(SELECT any(definition) FROM (SELECT definition FROM definition_stages"
    " ORDER BY unit = 'customer' DESC, position LIMIT 1))",
    "since": "$__fromTime_ms",
    "until": "$__toTime_ms",
}


def measured(
    name: str, columns: str, rest: str = "", given: Expressions | None = None, **written: str
) -> str:
    """SQL of a panel: some columns of a measure's answer, with parameters as a person writes them.

    `given` are expressions in place of parameters, `rest` is what follows: WHERE, GROUP BY, LIMIT.
    """
    expressions = _expressions(DASHBOARD, name, given or {}, **written)
    asked = without_comments(_rendered(measure_named(name).query(), expressions))
    return f"SELECT {columns}\nFROM\n(\n{asked}\n)" + (f"\n{rest}" if rest else "")


def query(
    name: str, given: Expressions | None = None, of: Expressions = DASHBOARD, like: str = "totals"
) -> str:
    """SQL of `sql/queries/grafana_NAME.sql`; it may share what a measure, `like`, begins with."""
    text, _ = scoped(sql_text(f"queries/grafana_{name}.sql"), Scope(), ANY)
    return without_comments(_rendered(text, _expressions(of, like, given or {})))


def literal(value: Any) -> str:
    """A value of ours as ClickHouse reads it."""
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(literal(one) for one in value) + "]"
    return str(value)


def without_comments(sql: str) -> str:
    """The plugin looks for macros, Grafana for variables, in comments too."""
    lines = [line for line in sql.splitlines() if not line.lstrip().startswith("--")]
    return "\n".join(lines)


def _rendered(sql: str, expressions: Expressions) -> str:
    for match in reversed(list(CONDITION.finditer(sql))):
        if match["name"] not in expressions:
            sql = sql[: match.start()] + sql[_closed(sql, match.end()) :]

    def expression(match: re.Match[str]) -> str:
        name, type_ = match["name"], match["type"]
        if name in ("since", "until"):
            return expressions[name]
        return f"CAST({expressions.get(name, '[]')}, '{type_}')"

    return PARAMETER.sub(expression, sql)


def _closed(sql: str, start: int) -> int:
    """The end of the bracket that is open at `start`."""
    depth = 1
    while depth:
        depth += {"(": 1, ")": -1}.get(sql[start], 0)
        start += 1
    return start


def _expressions(
    scope: Expressions, measure: str, given: Expressions, **written: str
) -> dict[str, str]:
    """What stands for each parameter; a measure's own goes before one of the scope of that name."""
    own = _defaults(measure, **written)
    return {**scope, **own, **_of_the_definition(scope), **given}


def _defaults(name: str, **written: str) -> dict[str, str]:
    """A measure's parameters as literals, by default or as a person wrote them."""
    values: dict[str, Any] = {}
    for parameter, one in {**measure_named(name).parameters, **OF_ALL}.items():
        values |= FORMS[one.form](parameter, written.get(parameter, one.default), ANY)
    return {key: literal(value) for key, value in values.items()}


def _of_the_definition(scope: Expressions) -> dict[str, str]:
    """What `cjm measure` takes from the mapping; the warehouse has it as well.

    Of the view of stages, which counts nothing: `definitions` reads all journeys.
    """
    mine = f"WHERE definition = {scope['definition']}"
    stages = f"(SELECT * FROM definition_stages {mine} ORDER BY stage_no)"
    return {
        "steps": f"(SELECT groupArray([toString(stage)]) FROM {stages})",
        # What may be left out cannot begin.
        "optional": f"(SELECT groupArray(toUInt8(is_optional AND stage_no > 1)) FROM {stages})",
        "goals": f"(SELECT any(goals) FROM definition_stages {mine})",
        "lookback_s": f"(SELECT ifNull(max(toFloat64(lookback_s)), 1e12)"
        f" FROM definition_stages {mine})",
    }
