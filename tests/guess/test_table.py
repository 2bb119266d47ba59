"""A table nobody described: which column is what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cjm_tracker.guess import Sample, Table, table_in
from cjm_tracker.identity import IdentityConfig

NOW = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp() * 1000)
TILLS = """\
receipt;shop;sold at;kind;total;currency;client card;e-mail;mobile;note
1001;Vitosha;02.03.2026 12:30;sale;1 234,50;BGN;4400-1;ana@shop.example;0888 123 456;„Ok“
1002;Vitosha;03.03.2026 09:05;sale;9,90;BGN;4400-2;ivo@shop.example;0888 123 457;
1003;Sofia;13.03.2026 17:45;return;-9,90;BGN;;;;дефект
1004;Sofia;14.03.2026 10:00;sale;59,00;BGN;4400-1;ana@shop.example;0888 123 456;
"""


def table(text: str, encoding: str = "utf-8") -> Table:
    sample = Sample("tills.csv", text.encode(encoding), False)
    found = table_in(sample, "tills", IdentityConfig(region="BG"), NOW)
    assert found
    return found


def columns(text: str) -> dict[str, Any]:
    return dict(table(text).settings["columns"])


def test_the_columns_of_an_export() -> None:
    assert table(TILLS).settings == {
        "format": "csv",
        "source": "store",
        "timezone": "UTC",
        "delimiter": ";",
        "decimal": ",",
        "columns": {
            "event_id": "receipt",
            "occurred_at": {"column": "sold at", "pattern": "%d.%m.%Y %H:%M"},
            "name": "kind",
            "value": "total",
            "currency": "currency",
            "comment": "note",
            "identifiers": {"loyalty_card": "client card", "email": "e-mail", "phone": "mobile"},
            "attributes": {"shop": "shop"},
        },
    }


def test_an_old_code_page_is_told_by_its_letters() -> None:
    found = table(TILLS.replace("„Ok“", "добре"), "cp1251")
    assert found.settings["encoding"] == "cp1251"
    assert "letters" in found.remarks["encoding"]


@pytest.mark.parametrize(
    ("written", "pattern", "is_zoned"),
    [
        ("2026-03-02T10:00:00Z", "", True), ("2026-03-02 10:00:00", "", False),
        ("1772445600", "epoch_s", True), ("1772445600123", "epoch_ms", True),
        ("28/02/2026 10:00", "%d/%m/%Y %H:%M", False),
        ("02/28/2026 10:00", "%m/%d/%Y %H:%M", False),
    ],
)  # fmt: skip
def test_how_times_are_written(written: str, pattern: str, is_zoned: bool) -> None:
    found = table(f"at,kind\n{written},a\n{written},a\n")
    assert found.settings["columns"]["occurred_at"].get("pattern", "") == pattern
    assert found.is_zoned is is_zoned
    assert ("timezone" in found.settings) is not is_zoned
    assert "occurred_at" not in found.remarks


def test_an_american_date_or_a_european_one() -> None:
    assert "month" in table("at,kind\n03/02/2026,a\n04/02/2026,a\n").remarks["occurred_at"]


def test_of_several_times_the_one_it_happened_at() -> None:
    row = "1990-05-01,2026-03-03T08:00:00Z,2026-03-02T08:00:00Z,\n"
    found = columns("birth date,updated_at,created_at,closed_at\n" + row * 2)
    assert found["occurred_at"]["column"] == "created_at"


@pytest.mark.parametrize(
    "text",
    ["", "a\n", "a,b\n1,2\n", '{"a": 1}\n', "at,at\n2026-03-02,2026-03-02\n",
     "one line, of prose\nand, one, more\nthen nothing\n", "at,b\n2199-01-01T00:00:00Z,x\n"],
)  # fmt: skip
def test_what_is_no_table_of_events(text: str) -> None:
    sample = Sample("t", text.encode(), False)
    assert table_in(sample, "t", IdentityConfig(), NOW) is None


def test_without_a_header_line_columns_are_numbered() -> None:
    found = table("2026-03-02T10:00:00Z,sale,5\n2026-03-02T11:00:00Z,sale,7\n")
    assert found.settings["header"] == ["column_1", "column_2", "column_3"]
    assert found.settings["columns"]["occurred_at"] == {"column": "column_1"}


def test_a_number_is_no_telephone_by_its_digits_alone() -> None:
    found = columns("at,basket,tel\n" + "2026-03-02T10:00:00Z,0888123456,0888123457\n" * 2)
    assert found["identifiers"] == {"phone": "tel"}
    assert found["attributes"] == {"basket": "basket"}


def test_a_key_is_different_in_each_row() -> None:
    rows = "2026-03-02T10:00:00Z,7,%s\n2026-03-02T10:00:00Z,7,%s\n"
    assert columns("at,order,ref\n" + rows % ("a", "b"))["event_id"] == "ref"
    assert "event_id" not in columns("at,order,ref\n" + rows % ("a", "a"))
