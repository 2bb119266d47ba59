"""The schema of one node, as a cluster has it: each table replicated, and sharded by its own key.

Of each table `x` there is `x_local`, a piece on every node, and `x` itself, which asks all of them:
so views, inserts and reads are the same as on one node. Nothing here talks to ClickHouse.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# {uuid}, not the table's name: a table that is renamed keeps its path.
PATH = "'/clickhouse/tables/{uuid}/{shard}', '{replica}'"
# Of these types a column has many values, so that rows spread by one of them.
MANY = ("UInt64", "String", "UUID")

CREATE = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+)\s*\(")
ENGINE = re.compile(r"^ENGINE = (\w*MergeTree)(?:\((.*)\))?$", re.MULTILINE)
SORT_KEY = re.compile(r"^ORDER BY \(?([\w, ]+?)\)?$", re.MULTILINE)
COLUMN = re.compile(r"^    `?([\w.]+)`?\s+(\w+)", re.MULTILINE)
VIEW = re.compile(r"CREATE OR REPLACE VIEW (\w+)")
RENAME = re.compile(r"RENAME TABLE IF EXISTS (\w+) TO (\w+)")
DROP = re.compile(r"DROP TABLE IF EXISTS (\w+)( SYNC)?")
ALTER = re.compile(r"ALTER TABLE (\w+) (ADD|COMMENT|MODIFY|DROP|RENAME) COLUMN ")
ALTER_PIECE = re.compile(r"ALTER TABLE (\w+) ")
INSERT = re.compile(r"INSERT INTO ")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster as ClickHouse's configuration names it; `keys` are those of `shard_keys`."""

    name: str
    database: str
    keys: Mapping[str, str]

    def clustered(self, statement: str) -> list[str]:
        """What stands for a statement of one node, in order. ValueError: a kind not known here."""
        everywhere = f"ON CLUSTER '{self.name}'"
        if found := CREATE.match(statement):
            table = found[1]
            piece = statement.replace(f" {table}\n", f" {table}_local {everywhere}\n", 1)
            piece = ENGINE.sub(_replicated, piece)
            piece = piece.replace("non_replicated_dedup", "replicated_dedup")
            return [piece, self._whole(table, self.keys[table])]
        if found := VIEW.match(statement):
            return [statement.replace(found[0], f"{found[0]} {everywhere}", 1)]
        if found := RENAME.match(statement):
            old, new = found.groups()
            return [
                f"DROP TABLE IF EXISTS {old} {everywhere} SYNC",
                f"RENAME TABLE IF EXISTS {old}_local TO {new}_local {everywhere}",
                self._whole(new, self.keys[old]),
            ]
        if found := DROP.match(statement):
            return [
                f"DROP TABLE IF EXISTS {table} {everywhere}{found[2] or ''}"
                for table in (found[1], f"{found[1]}_local")
            ]
        if found := ALTER_PIECE.match(statement):
            rest = statement[found.end() :]
            # What is about storage the whole has not: projections, mutations.
            both = (
                (f"{found[1]}_local", found[1])
                if ALTER.match(statement)
                else (f"{found[1]}_local",)
            )
            return [f"ALTER TABLE {table} {everywhere} {rest}" for table in both]
        if INSERT.match(statement):
            return [statement]
        raise ValueError(f"no form for a cluster is known of: {statement[:60]}")

    def _whole(self, table: str, key: str) -> str:
        return (
            f"CREATE TABLE IF NOT EXISTS {table} ON CLUSTER '{self.name}' AS {table}_local\n"
            f"ENGINE = Distributed('{self.name}', '{self.database}', '{table}_local', {key})"
        )


def shard_keys(statements: Iterable[str]) -> dict[str, str]:
    """By table, what its rows are spread by: a function of the sort key, so that rows that replace
    each other meet on one shard."""
    return {
        found[1]: _shard_key(statement)
        for statement in statements
        if (found := CREATE.match(statement))
    }


def _shard_key(create: str) -> str:
    types = dict(COLUMN.findall(create))
    (listed,) = SORT_KEY.findall(create)
    columns = listed.split(", ")
    spreading = next((column for column in columns if types[column] in MANY), None)
    return f"cityHash64({spreading or listed})"


def _replicated(found: re.Match[str]) -> str:
    engine, argument = found.groups()
    return f"ENGINE = Replicated{engine}({PATH}{f', {argument}' if argument else ''})"
