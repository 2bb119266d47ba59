"""An embedded warehouse, one at a time: the engine opens one directory in a process.

Opening takes 0.06 s, migrating 1.6 s, and the first run of every query is slow; so a module's
tests share one engine, and each of them finds it empty. It is closed when the module is done.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from cjm_tracker.warehouse import Warehouse, connect, migrate, pending


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--worlds", type=int, default=20, help="generated worlds to compare with the oracle"
    )
    parser.addoption(
        "--long",
        action="store_true",
        help="the fault suite's long form, and all marked long: hours",
    )


def pytest_configure() -> None:
    """Let a process hold many files.

    Closed, the embedded engine leaves five threads behind, each with three files of /proc; a test
    process opens it some 60 times, and 1,024 files are a usual limit.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def pytest_xdist_auto_num_workers() -> int:
    """Three at least: tests that wait for a broker to form its groups leave a core idle."""
    return max(3, os.cpu_count() or 1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Files with a slow test first, or at the end one process works and the others wait."""
    if not config.getoption("--long"):
        left = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a warehouse that is closed, to be copied."""
    directory = tmp_path_factory.mktemp("migrated") / "warehouse"
    with connect(f"chdb:///{directory}") as opened:
        migrate(opened)
    return directory


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Warehouse]:
    """Open, in whatever state the test before left it."""
    directory = tmp_path_factory.mktemp("engine") / "warehouse"
    copytree(migrated, directory, symlinks=True)
    with connect(f"chdb:///{directory}") as opened:
        # A few rows: threads and compiled expressions cost more than they save.
        opened.command("SET max_threads = 1, compile_expressions = 0")
        yield opened


@pytest.fixture
def empty_warehouse(engine: Warehouse) -> Warehouse:
    """Without any table of ours."""
    engine.command("DROP DATABASE cjm SYNC")
    engine.command("CREATE DATABASE cjm")
    return engine


@pytest.fixture
def warehouse(engine: Warehouse) -> Warehouse:
    """Migrated, without any row of ours."""
    if pending(engine):
        migrate(engine)
    forget_everything(engine)
    return engine


def forget_everything(warehouse: Warehouse) -> None:
    """Empties all tables and their memory of tokens, but not the register of migrations.

    Those that nothing was written to have neither: to empty them takes as long as many a test.
    """
    for (table,) in warehouse.query(
        "SELECT DISTINCT table FROM system.parts"
        " WHERE database = currentDatabase() AND table != 'schema_migrations'"
    ).rows:
        warehouse.command(f"TRUNCATE TABLE {table}")
