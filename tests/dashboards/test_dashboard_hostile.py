"""Values of variables come from the address bar: none may become SQL, or match what it is not."""

from __future__ import annotations

import pytest

from tests.dashboards.board_files import Asked, boards, queries
from tests.dashboards.grafana_macros import percent_encoded
from tests.dashboards.questions import Lab

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

# A choice from each family: the filters are many, and all of one pattern.
WORST = ["\\\\' OR 1=1 -- ", "')) OR (1=1) -- ", "%27 OR 1=1 -- ", "${datasource}"]

CUSTOMER = [asked for asked in queries() if "${customer:" in asked.sql]
FILTERS = ("channel", "source", "definition")
FILTERED = [asked for asked in queries() if asked.board == "cjm-overview" and "${" in asked.sql]


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda value: ascii(value[:30]))
def test_no_customer_answers_to_it(lab: Lab, hostile: str) -> None:
    for asked in CUSTOMER:
        assert lab.ask(asked.sql, customer=hostile) == [], asked


@pytest.mark.parametrize(
    ("asked", "name"),
    [(asked, name) for asked in FILTERED for name in FILTERS if f"${{{name}:" in asked.sql],
    ids=str,
)
def test_no_filter_lets_it_through(lab: Lab, asked: Asked, name: str) -> None:
    nothing = lab.ask(asked.sql, **{name: "no_such_name"})
    for hostile in WORST:
        assert lab.ask(asked.sql, **{name: hostile}) == nothing
        assert lab.ask(asked.sql, **{name: [hostile, "no_such_name"]}) == nothing


def test_every_panel_about_one_customer_depends_on_the_customer() -> None:
    panels = {panel["title"] for panel in boards()["cjm-customer"]["panels"]}
    assert {asked.name for asked in CUSTOMER} == panels


def test_percent_encoding_leaves_nothing_that_ends_a_string() -> None:
    for hostile in HOSTILE:
        assert not set(percent_encoded(hostile)) & set("'\\\"`(){}$;/*\n")
