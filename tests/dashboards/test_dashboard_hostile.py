"""Values of variables come from the address bar: none may become SQL, or match what it is not."""

from __future__ import annotations

import re

import pytest

from tests.dashboards.board_files import Asked, boards, queries
from tests.dashboards.grafana_macros import expand, percent_encoded
from tests.dashboards.questions import EVERYTHING, Lab

HOSTILE = [
    "",
    " ",
    "'",
    "''",
    "\\",
    "\\'",
    "' OR 1=1 -- ",
    "\\' OR 1=1 -- ",
    "\\\\' OR 1=1 -- ",
    "') OR 1=1 -- ",
    "')) OR (1=1) -- ",
    "' UNION ALL SELECT value FROM dead_letter_log -- ",
    "'; DROP TABLE event_log; -- ",
    "'||(SELECT customer_id FROM customers LIMIT 1)||'",
    "%27 OR 1=1 -- ",
    "%2527 OR 1=1 -- ",
    "%",
    "%zz",
    "_%",
    "*",
    "`customer_id`",
    '"customer_id"',
    "/* ' */",
    "-- ",
    "\n' OR 1=1",
    "\0",
    "$__all",
    "$__conditionalAll(1=1, $customer)",
    "${datasource}",
    "{customer_id:String}",
    "$$ OR 1=1 $$",
    "Ω≈ç' ОR 1=1 -- 😀",
    "c" * 20_000,
]

# Two hundred and more: each way out of a string before each thing to do there.
ENDS = [
    "'",
    "\\'",
    "\\\\'",
    "')",
    "'))",
    "%27",
    "%2527",
    "\u02bc",
    "\uff07",
    "''",
    "`",
    '"',
    "{'}",
    ",'",
]
DEEDS = [
    " OR 1=1 -- ",
    " OR 1=1 /* ",
    " UNION ALL SELECT 1 -- ",
    "; DROP TABLE event_log; -- ",
    " AND sleep(3) -- ",
    " OR customer_id != '",
    ") OR (1=1",
    "||(SELECT value FROM dead_letter_log LIMIT 1)||'",
    " INTO OUTFILE '/tmp/x' -- ",
    " SETTINGS readonly=0 -- ",
    "\nOR 1=1\n-- ",
    "\tOR\t1=1#",
]
PAYLOADS = [*HOSTILE, *(end + deed for end in ENDS for deed in DEEDS)]

# Out of every kind of string there is.
WORST = "\\\\' OR 1=1 -- ')) OR (1=1) -- %27 OR 1=1 -- ${datasource}"

CUSTOMER = [asked for asked in queries() if "${customer:" in asked.sql]
# The rest are of the same forms.
FILTERED = [asked for asked in queries() if asked.board == "cjm-overview" and "${" in asked.sql]
NAMES = sorted({name for asked in queries() for name in re.findall(r"\$\{(\w+):", asked.sql)})


@pytest.mark.parametrize("name", NAMES)
def test_a_value_arrives_as_it_was_written_and_does_nothing(lab: Lab, name: str) -> None:
    """In the one form in which queries have variables: see test_dashboard_files."""
    form = f"decodeURLComponent('${{{name}:percentencode}}')"
    values = [value for value in PAYLOADS if len(value) < 1000]
    assert len(values) >= 200
    one_each = ", ".join(expand(form, {name: value}, EVERYTHING) for value in values)
    assert lab.warehouse.query(f"SELECT [{one_each}] AS arrived").rows == [(values,)]


def test_of_several_values_each_arrives(lab: Lab) -> None:
    # Commas and braces part the values: a name with either is never among the choices.
    values = [value for value in PAYLOADS if 0 < len(value) < 1000 and not set(value) & set(",{}")]
    form = "splitByChar(',', trim(BOTH '{}' FROM decodeURLComponent('${channel:percentencode}')))"
    asked = expand(form, {"channel": values}, EVERYTHING)
    assert lab.warehouse.query(f"SELECT {asked} AS arrived").rows == [(values,)]


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda value: ascii(value[:30]))
def test_no_customer_answers_to_it(lab: Lab, hostile: str) -> None:
    for asked in CUSTOMER:
        assert lab.ask(asked.sql, customer=hostile) == [], asked


@pytest.mark.parametrize("asked", FILTERED, ids=str)
def test_no_filter_lets_it_through(lab: Lab, asked: Asked) -> None:
    names = set(re.findall(r"\$\{(\w+):", asked.sql)) - {"of", "kind", "metric", "fix"}
    nothing = lab.ask(asked.sql, **dict.fromkeys(names, "no_such_name"))
    assert lab.ask(asked.sql, **dict.fromkeys(names, [WORST, "no_such_name"])) == nothing


def test_every_panel_about_one_customer_depends_on_the_customer() -> None:
    panels = {panel["title"] for panel in boards()["cjm-customer"]["panels"]}
    assert {asked.name for asked in CUSTOMER} == panels


def test_percent_encoding_leaves_nothing_that_ends_a_string() -> None:
    for hostile in HOSTILE:
        assert not set(percent_encoded(hostile)) & set("'\\\"`(){}$;/*\n")
