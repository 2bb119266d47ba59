"""Warehouses for the dashboards' queries. One process holds one embedded warehouse at a time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cjm_tracker.warehouse import connect, migrate
from tests.dashboards import journey_lab
from tests.dashboards.questions import Lab


@pytest.fixture(scope="module", params=["empty", "lived in"])
def either(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lab]:
    """A warehouse without any data, then one with the known customers."""
    yield from _open(tmp_path_factory, lived_in=request.param == "lived in")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A warehouse with the known customers."""
    yield from _open(tmp_path_factory, lived_in=True)


def _open(tmp_path_factory: pytest.TempPathFactory, lived_in: bool) -> Iterator[Lab]:
    directory = tmp_path_factory.mktemp("dashboards") / "warehouse"
    with connect(f"chdb:///{directory}") as warehouse:
        # A few rows: threads and compiled expressions cost more than they save.
        warehouse.command("SET max_threads = 1, compile_expressions = 0")
        migrate(warehouse)
        if lived_in:
            journey_lab.fill(warehouse)
        yield Lab(warehouse, lived_in)
