"""Talking to the broker: one way to open a client, one way its errors become ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from cjm_tracker.errors import BrokerError

CONNECT_MS = 10_000


@contextmanager
def admin(broker: str) -> Iterator[Any]:
    """An admin client, closed at the end."""
    with translated(broker):
        with closing(
            KafkaAdminClient(bootstrap_servers=broker, bootstrap_timeout_ms=CONNECT_MS)
        ) as client:
            yield client


@contextmanager
def translated(broker: str) -> Iterator[None]:
    """Kafka's errors and the network's as one `BrokerError` that names the broker."""
    try:
        yield
    except KafkaError as error:
        raise BrokerError(
            f"broker {broker}: {error}. Is it running, and is CJM_BROKER / --broker right?"
        ) from error
    except (OSError, ValueError) as error:
        raise BrokerError(f"broker {broker}: {error}") from error
