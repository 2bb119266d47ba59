"""Brokers for the stream tests: Tansu and Apache Kafka, each started once a session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cjm_tracker.broker import Broker, EmbeddedBroker
from tests.brokers import kafka as apache


@pytest.fixture(scope="session")
def tansu() -> Iterator[Broker]:
    with EmbeddedBroker() as address:
        yield address


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    if reason := apache.missing():
        if apache.required():
            pytest.fail(f"{reason}, and CI must run it")
        pytest.skip(reason)
    with apache.kafka(tmp_path_factory.mktemp("kafka")) as address:
        yield address


@pytest.fixture(params=["tansu", pytest.param("kafka", marks=pytest.mark.kafka)])
def broker(request: pytest.FixtureRequest) -> Broker:
    """Each kind of broker in turn."""
    address: Broker = request.getfixturevalue(request.param)
    return address
