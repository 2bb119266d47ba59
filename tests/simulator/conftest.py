"""Two worlds, simulated once: one with all the noise of real logs, one without."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cjm_tracker.simulator import SampleLogs, simulate

END = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> SampleLogs:
    return simulate(tmp_path_factory.mktemp("dirty"), events=20_000, end=END)


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> SampleLogs:
    return simulate(tmp_path_factory.mktemp("clean"), events=5_000, end=END, dirty=False)
