"""Warehouses for the dashboards' queries. One process holds one embedded warehouse at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dashboards.questions import Lab, open_lab


@pytest.fixture(scope="module", params=["empty", "lived in"])
def either(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, migrated: Path
) -> Iterator[Lab]:
    """A warehouse without any data, then one with the known customers."""
    directory = tmp_path_factory.mktemp("dashboards")
    with open_lab(directory, migrated, request.param == "lived in") as opened:
        yield opened


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Lab]:
    """A warehouse with the known customers."""
    with open_lab(tmp_path_factory.mktemp("dashboards"), migrated) as opened:
        yield opened
