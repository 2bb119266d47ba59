"""A small migration runner: numbered files, applied in order, each once, checked by checksum.

Why our own: the runners on PyPI need the native protocol, which the embedded engine lacks. The
file format is theirs (`NNNN_name.sql`, statements ended by a semicolon), so users can switch.
Views are no migrations: they are created anew each time.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

from cjm_tracker.errors import MigrationError
from cjm_tracker.resources import SQL
from cjm_tracker.warehouse.client import Warehouse
from cjm_tracker.warehouse.cluster import Cluster, shard_keys

REGISTER = """
CREATE TABLE IF NOT EXISTS schema_migrations
(
    name       String COMMENT 'file name of the migration',
    checksum   String COMMENT 'SHA-256 of the file as applied',
    applied_at DateTime64(3, 'UTC') COMMENT 'when'
)
ENGINE = MergeTree
ORDER BY name
SETTINGS non_replicated_deduplication_window = 1000
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file."""

    name: str
    text: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def available(directory: Path = SQL / "migrations") -> list[Migration]:
    """The migrations that ship with this version, in order."""
    return [
        Migration(path.stem, path.read_text(encoding="utf-8"))
        for path in sorted(directory.glob("[0-9]*.sql"))
    ]


def pending(warehouse: Warehouse) -> list[Migration]:
    """What this version would apply. Changes nothing.

    Raises MigrationError when the warehouse is of another version: it has a migration this one
    does not know, or one that reads differently here.
    """
    exists = warehouse.query(
        "SELECT count() AS found FROM system.tables "
        "WHERE database = currentDatabase() AND name = 'schema_migrations'"
    ).one()["found"]
    applied = (
        {name: checksum for name, checksum in warehouse.query(
            "SELECT name, any(checksum) FROM schema_migrations GROUP BY name").rows}
        if exists
        else {}
    )  # fmt: skip
    known = {migration.name: migration for migration in available()}
    if newer := sorted(applied.keys() - known.keys()):
        raise MigrationError(
            f"warehouse {warehouse.address} is of a newer version of cjm-tracker "
            f"(it has {newer[-1]}): upgrade this installation, or name another warehouse"
        )
    for name, checksum in applied.items():
        if known[name].checksum != checksum:
            raise MigrationError(
                f"warehouse {warehouse.address} has another form of migration {name}: it was made "
                "by another version of cjm-tracker; name another warehouse"
            )
    return [migration for name, migration in known.items() if name not in applied]


def check(warehouse: Warehouse) -> None:
    """Raise MigrationError unless the warehouse is at this version. Changes nothing."""
    if pending(warehouse):
        raise MigrationError(
            f"warehouse {warehouse.address} is not at this version yet: "
            f"cjm migrate --warehouse {warehouse.address}"
        )


def migrate(warehouse: Warehouse, cluster: str = "") -> list[Migration]:
    """Bring the warehouse to this version; returns what was applied.

    `cluster`: the name of ClickHouse's cluster that gets the tables, once; later it is found out.
    """
    todo = pending(warehouse)
    for statement in script(warehouse, todo, cluster):
        warehouse.command(statement)
    return todo


def script(warehouse: Warehouse, todo: list[Migration], cluster: str = "") -> Iterator[str]:
    """The statements that apply `todo`, in order. Reads only.

    Raises MigrationError when the tables there are those of another cluster, or of one node.
    """
    there = cluster_of(warehouse)
    if cluster and there not in (None, cluster):
        of = f"the cluster {there}" if there else "one node"
        raise MigrationError(
            f"warehouse {warehouse.address} has the tables of {of}: name another database"
        )
    if not (name := cluster or there or ""):
        yield from _script(todo)
        return
    database = warehouse.address.database
    every = [REGISTER.strip(), *(s for one in available() for s in statements(one.text))]
    shape = Cluster(name, database, shard_keys(every))
    yield f"CREATE DATABASE IF NOT EXISTS {database} ON CLUSTER '{name}'"
    for statement in _script(todo):
        yield from shape.clustered(statement)


def _script(todo: list[Migration]) -> Iterator[str]:
    yield REGISTER.strip()
    for migration in todo:
        yield from statements(migration.text)
        yield (
            "INSERT INTO schema_migrations (name, checksum, applied_at)"
            f" SELECT '{migration.name}', '{migration.checksum}', now64(3)"
        )
    yield from views()


def cluster_of(warehouse: Warehouse) -> str | None:
    """The cluster whose tables are there; empty: one node's; None: no tables."""
    found = warehouse.query(
        "SELECT extract(engine_full, '^Distributed\\(\\'([^\\']+)') AS cluster FROM system.tables "
        "WHERE database = currentDatabase() AND name = 'schema_migrations'"
    )
    return found.one()["cluster"] if found.rows else None


def statements(text: str) -> Iterator[str]:
    """The statements of a file, without comments. A semicolon ends one at the end of a line."""
    bare = re.sub(r"^\s*--.*$", "", text, flags=re.MULTILINE)
    for statement in re.split(r";\s*$", bare, flags=re.MULTILINE):
        if statement.strip():
            yield statement.strip()


def views(directory: Path = SQL / "views") -> list[str]:
    """The statements that create the views, each after those it reads from."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in directory.glob("*.sql")}
    reads = {
        name: {word for word in re.findall(r"(?:FROM|JOIN)\s+(\w+)", text) if word in texts}
        - {name}
        for name, text in texts.items()
    }
    return [next(statements(texts[name])) for name in TopologicalSorter(reads).static_order()]
