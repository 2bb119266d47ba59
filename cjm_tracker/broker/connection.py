"""Talking to the broker: one way to open a client, one way its errors become ours."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from kafka import KafkaAdminClient, KafkaProducer
from kafka.errors import KafkaConnectionError, KafkaError, KafkaTimeoutError

from cjm_tracker.broker.address import Broker
from cjm_tracker.broker.handshake import speaks_tls, tls_fault
from cjm_tracker.errors import BrokerError

# The client logs what it then raises; where nobody has set up logging, ours is the one line.
logging.getLogger("kafka").addHandler(logging.NullHandler())

CONNECT_MS = 10_000
ALERT_S = 0.5

ADDRESS_HINT = "Is it running, and is CJM_BROKER / --broker right?"
LOGIN_REFUSED = (
    "it does not let us in. Are CJM_KAFKA_USER, CJM_KAFKA_PASSWORD and CJM_KAFKA_SASL_MECHANISM "
    "right?"
)
LOGIN_ASKED = (
    "it does not let us in. Does it ask for a login, CJM_KAFKA_SECURITY_PROTOCOL=sasl_ssl?"
)


@contextmanager
def admin(broker: Broker) -> Iterator[Any]:
    """An admin client, closed at the end."""
    with translated(broker):
        with closing(KafkaAdminClient(**broker.options, bootstrap_timeout_ms=CONNECT_MS)) as client:
            yield client


@contextmanager
def producer(broker: Broker) -> Iterator[Any]:
    """A producer whose records are confirmed by all replicas, closed at the end."""
    with translated(broker):
        with closing(
            KafkaProducer(
                **broker.options,
                bootstrap_timeout_ms=CONNECT_MS,
                acks="all",
                # With it, one record that the broker refuses takes those behind it along. Without
                # it a lost answer may cost a duplicate, which counts once.
                enable_idempotence=False,
                linger_ms=20,
                batch_size=1 << 18,
                max_request_size=8 << 20,
                max_block_ms=30_000,
                delivery_timeout_ms=60_000,
            )
        ) as opened:
            yield opened


@contextmanager
def translated(broker: Broker) -> Iterator[None]:
    """Kafka's errors and the network's as one `BrokerError` that names the broker."""
    check_tls(broker)
    try:
        yield
    except (KafkaTimeoutError, KafkaConnectionError) as error:
        raise BrokerError(f"broker {broker}: {_silence(broker, error)}") from error
    except KafkaError as error:
        raise BrokerError(f"broker {broker}: {error}. {ADDRESS_HINT}") from error
    except (OSError, ValueError) as error:
        raise BrokerError(f"broker {broker}: {error}") from error


def check_tls(broker: Broker) -> None:
    """Raise BrokerError when somebody is there, but not by TLS as the settings have it."""
    if broker.tls and (fault := tls_fault(broker, broker.tls)):
        raise BrokerError(f"broker {broker}: {fault}")


def _silence(broker: Broker, error: KafkaError) -> str:
    """Why nobody answers. The client knows no more than that the connection ended."""
    if broker.tls:
        fault = tls_fault(broker, broker.tls, ALERT_S)
        if fault:
            return fault
        if fault is not None and "bootstrap" in str(error):
            return LOGIN_REFUSED if broker.user else LOGIN_ASKED
    elif speaks_tls(broker):
        return "it speaks TLS. Set CJM_KAFKA_SECURITY_PROTOCOL=ssl, or sasl_ssl with a login"
    return f"{error}. {ADDRESS_HINT}"
