"""Asks the queries of the dashboards as Grafana would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

from cjm_tracker.warehouse import Warehouse, connect
from tests.dashboards import journey_lab
from tests.dashboards.board_files import query
from tests.dashboards.grafana_macros import ALL, Range, Value, expand
from tests.dashboards.journey_lab import END, START

EVERYTHING = Range(START - timedelta(days=1), END + timedelta(hours=1))
BEFORE = Range(START - timedelta(days=9), START - timedelta(days=8))

TYPES: dict[str, dict[str, str]] = {}


@dataclass
class Lab:
    """A warehouse, and the answers of the dashboards over it."""

    warehouse: Warehouse
    directory: Path
    lived_in: bool
    answers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    customers: dict[str, str] = field(default_factory=dict)

    def choices(self, **chosen: Value) -> dict[str, Value]:
        """The dashboards' variables as they are when a dashboard is opened, but for `chosen`."""
        defaults: dict[str, Value] = {
            "definition": "customer_journey" if self.lived_in else "",
            "channel": ALL,
            "source": ALL,
            "persona": ALL,
            "campaign": ALL,
            "account": ALL,
            "customer": self.customer("anna") if self.lived_in else "",
            "touchpoint": "",
            "stage": "",
            "of": "channel",
            "kind": "drops",
            "metric": "conversion",
            "fix": "1" if self.lived_in else "",
        }
        return {**defaults, **chosen}

    def customer(self, identifier: str) -> str:
        """The customer an identifier belongs to."""
        if not self.customers:
            found = self.warehouse.query("SELECT value, customer_id FROM identities").rows
            self.customers.update(found)
        return self.customers[identifier]

    def ask(self, sql: str, span: Range = EVERYTHING, **chosen: Value) -> list[dict[str, Any]]:
        """The rows of a query. Each is asked once: the engine reads long ones slowly."""
        asked = expand(sql, self.choices(**chosen), span)
        if asked not in self.answers:
            self.answers[asked] = self.warehouse.query(asked).dicts()
        return self.answers[asked]

    def shape(self, sql: str) -> dict[str, str]:
        """Names and types of a query's columns; those of an empty answer too, the same for all."""
        if sql not in TYPES:
            described = self.warehouse.query(
                f"DESCRIBE TABLE ({expand(sql, self.choices(), EVERYTHING)})"
            )
            TYPES[sql] = {row[0]: _bare(row[1]) for row in described.rows}
        return TYPES[sql]

    def overview(self, name: str, ref: str = "A", **more: Any) -> list[dict[str, Any]]:
        return self.ask(query("cjm-overview", name, ref).sql, **more)

    def one_customer(self, name: str, **more: Any) -> list[dict[str, Any]]:
        return self.ask(query("cjm-customer", name).sql, **more)


@contextmanager
def open_lab(directory: Path, migrated: Path, lived_in: bool = True) -> Iterator[Lab]:
    """A copy of the migrated one in this directory, empty or with the known customers."""
    directory = directory / "warehouse"
    copytree(migrated, directory, symlinks=True)
    with connect(f"chdb:///{directory}") as warehouse:
        # A few rows: threads and compiled expressions cost more than they save.
        warehouse.command("SET max_threads = 1, compile_expressions = 0")
        if lived_in:
            journey_lab.fill(warehouse)
        yield Lab(warehouse, directory, lived_in)


def _bare(type_: str) -> str:
    """Without what does not matter to Grafana: LowCardinality, Nullable, precision, time zone."""
    inner = re.sub(r"(LowCardinality|Nullable)\((.*?)\)", r"\2", re.sub(r" ", "", type_))
    return re.sub(r"\(.*", "", inner.replace("Nullable(", ""))
