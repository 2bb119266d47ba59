"""TLS to a real broker: who is let in, and what one is told who is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from cjm_tracker.broker import (
    Broker,
    EmbeddedBroker,
    Topics,
    connection,
    create_topics,
    handshake,
    send,
)
from cjm_tracker.broker.tansu import free_port
from cjm_tracker.errors import BrokerError
from tests.brokers.tls import authority, proxy, signed

pytestmark = pytest.mark.broker


@dataclass(frozen=True)
class Place:
    """One broker and the proxies before it, and what one needs to come in."""

    open: Broker  # by TLS
    strict: Broker  # by TLS, and it asks for our certificate
    disguised: Broker  # by TLS, with a certificate for another host
    bare: Broker  # in clear text
    stranger: Path  # an authority nothing here is of


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    directory = tmp_path_factory.mktemp("tls")
    ca = authority(directory)
    server = signed(ca, "server", "IP:127.0.0.1,DNS:localhost")
    other = signed(ca, "other", "DNS:kafka.example")
    client = signed(ca, "client", "DNS:client", password="secret")
    inner, front, strict, disguised = (free_port() for _ in range(4))
    with (
        EmbeddedBroker(inner, advertised=front) as bare,
        proxy(front, inner, server),
        proxy(strict, inner, server, clients=ca.file),
        proxy(disguised, inner, other),
    ):
        known = Broker(f"127.0.0.1:{front}", "ssl", ca.file)
        yield Place(
            open=known,
            strict=replace(
                known,
                servers=f"127.0.0.1:{strict}",
                certificate_file=client.file,
                key_file=client.key,
                key_password="secret",
            ),
            disguised=replace(known, servers=f"127.0.0.1:{disguised}"),
            bare=bare,
            stranger=authority(directory, "stranger").file,
        )


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is never answered is waited for shortly."""
    monkeypatch.setattr(connection, "CONNECT_MS", 1_000)
    monkeypatch.setattr(handshake, "ANSWER_S", 0.5)


@pytest.mark.parametrize("way", ["open", "strict"])
def test_who_is_known_comes_in(place: Place, way: str) -> None:
    broker = getattr(place, way)
    create_topics(broker, Topics(way), 1, 1)
    assert send(broker, f"{way}.raw.website", "segment", [(b"{}", 0)]).records == 1


def refusal(broker: Broker) -> str:
    with pytest.raises(BrokerError) as caught:
        create_topics(broker, Topics("refused"), 1, 1)
    said = str(caught.value)
    assert said.startswith(f"broker {broker}: ") and "\n" not in said
    return said


def test_an_authority_we_do_not_know_is_refused(place: Place) -> None:
    said = refusal(replace(place.open, ca_file=place.stranger))
    assert "certificate is refused" in said and "CJM_KAFKA_CA_FILE" in said


def test_a_certificate_for_another_host_is_refused(place: Place) -> None:
    assert "not valid for '127.0.0.1'" in refusal(place.disguised)


def test_clear_text_to_a_port_of_tls_is_told_to_use_it(place: Place) -> None:
    said = refusal(Broker(place.open.servers))
    assert "it speaks TLS" in said and "CJM_KAFKA_SECURITY_PROTOCOL=ssl" in said


def test_tls_to_a_port_of_clear_text_does_not_wait_for_ever(place: Place) -> None:
    said = refusal(replace(place.open, servers=place.bare.servers))
    assert "does not answer in TLS" in said and "CJM_KAFKA_SECURITY_PROTOCOL" in said


def test_who_asks_for_a_certificate_is_recognised(place: Place) -> None:
    nameless = replace(place.strict, certificate_file=None, key_file=None, key_password=None)
    assert "CJM_KAFKA_CERTIFICATE_FILE" in refusal(nameless)


def test_a_broker_that_is_away_is_not_taken_for_one_that_refuses(place: Place) -> None:
    said = refusal(replace(place.open, servers=f"127.0.0.1:{free_port()}"))
    assert "Is it running" in said
