from __future__ import annotations

import re

import pytest

from cjm_tracker.errors import MigrationError, WarehouseRejected
from cjm_tracker.resources import SQL
from cjm_tracker.warehouse import Warehouse, migrate, migrations, pending
from cjm_tracker.warehouse.migrations import available, statements

from ..long import one_in

SHIPPED = sorted((SQL / "migrations").glob("*.sql"))


def migrated(warehouse: Warehouse) -> Warehouse:
    migrate(warehouse)
    return warehouse


# --- bringing a warehouse up to date


def test_a_fresh_warehouse_gets_every_migration_in_order(empty_warehouse: Warehouse) -> None:
    assert [done.name for done in migrate(empty_warehouse)] == [path.stem for path in SHIPPED]


def test_a_second_time_there_is_nothing_to_do(warehouse: Warehouse) -> None:
    assert migrate(warehouse) == []


def test_looking_at_what_is_pending_changes_nothing(empty_warehouse: Warehouse) -> None:
    assert len(pending(empty_warehouse)) == len(SHIPPED)
    assert empty_warehouse.query("SHOW TABLES").rows == []


def test_each_migration_is_registered_with_its_checksum(warehouse: Warehouse) -> None:
    found = warehouse.query("SELECT name, checksum FROM schema_migrations ORDER BY name").rows
    assert found == [(migration.name, migration.checksum) for migration in available()]


def test_a_changed_migration_is_refused(empty_warehouse: Warehouse) -> None:
    warehouse = migrated(empty_warehouse)
    warehouse.command(
        "ALTER TABLE schema_migrations UPDATE checksum = 'other' WHERE name = '0001_facts'"
        " SETTINGS mutations_sync = 1"
    )
    with pytest.raises(MigrationError, match="another form of migration 0001_facts"):
        migrate(warehouse)


def test_a_warehouse_of_a_newer_version_is_refused(empty_warehouse: Warehouse) -> None:
    warehouse = migrated(empty_warehouse)
    row = {"name": ["9999_future"], "checksum": ["x"], "applied_at": [0]}
    warehouse.insert("schema_migrations", row)
    with pytest.raises(MigrationError, match="newer version of cjm-tracker .it has 9999_future"):
        migrate(warehouse)


@pytest.mark.parametrize(
    "number", one_in(3, range(len(SHIPPED))), ids=[path.stem for path in SHIPPED]
)
def test_a_migration_cut_off_in_the_middle_is_finished_the_next_time(
    empty_warehouse: Warehouse, number: int
) -> None:
    # A crash between two statements: some of it is there, the register does not know.
    with pytest.MonkeyPatch.context() as earlier:
        before = available()[:number]
        earlier.setattr(migrations, "available", lambda: before)
        migrate(empty_warehouse)
    texts = list(statements(SHIPPED[number].read_text(encoding="utf-8")))
    for statement in texts[: len(texts) // 2 + 1]:
        empty_warehouse.command(statement)
    migrate(empty_warehouse)
    assert pending(empty_warehouse) == []


def test_a_migration_that_fails_is_not_registered(
    empty_warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    (tmp_path / "0001_bad.sql").write_text(
        "CREATE TABLE a (n UInt8) ENGINE = Memory;\nNONSENSE;\n", encoding="utf-8"
    )
    monkeypatch.setattr(migrations, "available", lambda: available(tmp_path))
    with pytest.raises(WarehouseRejected):
        migrate(empty_warehouse)
    assert [migration.name for migration in pending(empty_warehouse)] == ["0001_bad"]


def test_views_are_made_anew_each_time(empty_warehouse: Warehouse) -> None:
    warehouse = migrated(empty_warehouse)
    warehouse.command("CREATE OR REPLACE VIEW stages AS SELECT 1 AS gone")
    migrate(warehouse)
    columns = warehouse.query("DESCRIBE TABLE stages").rows
    assert [row[0] for row in columns] == ["position", "stage"]


def test_every_view_file_becomes_the_view_of_its_name(warehouse: Warehouse) -> None:
    found = warehouse.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'View'"
    ).rows
    assert {row[0] for row in found} == {path.stem for path in (SQL / "views").glob("*.sql")}


# --- statements


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("-- nothing\n", []),
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT 1;\nSELECT 2;\n", ["SELECT 1", "SELECT 2"]),
        ("SELECT 1;  \n\n;\nSELECT 2", ["SELECT 1", "SELECT 2"]),
        ("SELECT ';', 1;\nSELECT 2;", ["SELECT ';', 1", "SELECT 2"]),
        ("-- a; b;\nSELECT 1;", ["SELECT 1"]),
        ("SELECT 1\n  -- why;\n  , 2;", ["SELECT 1\n\n  , 2"]),
        ("SELECT '--';", ["SELECT '--'"]),
    ],
)
def test_a_file_is_split_where_a_semicolon_ends_a_line(text: str, expected: list[str]) -> None:
    assert list(statements(text)) == expected


# --- conventions of our own SQL, asked of the engine


@pytest.fixture
def tables(warehouse: Warehouse) -> list[dict]:
    return warehouse.query(
        "SELECT name, engine, create_table_query AS ddl FROM system.tables"
        " WHERE database = currentDatabase() AND engine LIKE '%MergeTree' ORDER BY name"
    ).dicts()


def test_every_table_remembers_the_tokens_of_its_inserts(tables: list[dict]) -> None:
    forgetful = {
        table["name"]
        for table in tables
        if not re.search(r"non_replicated_deduplication_window = \d{4,}", table["ddl"])
    }
    assert tables and forgetful == set()


def test_every_column_of_every_table_and_view_is_explained(warehouse: Warehouse) -> None:
    found = warehouse.query(
        "SELECT concat(table, '.', name) FROM system.columns"
        " WHERE database = currentDatabase() AND comment = ''"
    ).rows
    assert found == []


def test_every_view_says_what_it_is(warehouse: Warehouse) -> None:
    found = warehouse.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase()"
        " AND engine = 'View' AND comment = ''"
    ).rows
    assert found == []


def test_views_have_the_types_their_columns_promise(warehouse: Warehouse) -> None:
    # A view casts silently: a Nullable promised as not nullable would fail at its first NULL.
    views = warehouse.query(
        "SELECT name, as_select FROM system.tables WHERE database = currentDatabase()"
        " AND engine = 'View' ORDER BY name"
    ).rows
    wrong = {}
    for name, select in views:
        promised = {row[0]: row[1] for row in warehouse.query(f"DESCRIBE TABLE {name}").rows}
        real = {row[0]: row[1] for row in warehouse.query(f"DESCRIBE ({select})").rows}
        for column, type_ in promised.items():
            if real.get(column, "").startswith("Nullable") and not type_.startswith("Nullable"):
                wrong[f"{name}.{column}"] = (real[column], type_)
    # Its watermark is a scalar subquery, Nullable by nature; over an aggregate it has its row.
    assert wrong.keys() == {"journeys.is_open"}


def test_the_guide_to_the_sql_names_every_table_and_view(warehouse: Warehouse) -> None:
    guide = (SQL / "README.md").read_text(encoding="utf-8")
    names = [row[0] for row in warehouse.query("SHOW TABLES").rows]
    assert [name for name in names if f"`{name}`" not in guide] == ["schema_migrations"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_sort_key_says_why(path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    keys = [n for n, line in enumerate(lines) if line.startswith("ORDER BY")]
    unexplained = [lines[n] for n in keys if not lines[n - 1].startswith("-- ")]
    assert unexplained == []
