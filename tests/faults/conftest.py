"""What the fault suite shares: brokers, and how often each fault is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ..streams.conftest import broker, kafka, tansu  # noqa: F401
from ..warehouse.servers import Server
from . import workers

Times = Callable[[int, int], int]


@pytest.fixture(scope="session")
def times(request: pytest.FixtureRequest) -> Times:
    """`times(few, many)`: how often a fault is made; many with --long."""
    is_long: bool = request.config.getoption("--long")
    return lambda few, many: many if is_long else few


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A warehouse server of the test's own."""
    with workers.server(tmp_path / "server") as running:
        yield running
