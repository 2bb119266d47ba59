"""Where the broker is and how to get in: one object, made from the settings in one place."""

from __future__ import annotations

import ssl
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from cjm_tracker.broker.security import (
    WITH_LOGIN,
    WITH_TLS,
    password_of,
    places,
    problems,
    tls_context,
)
from cjm_tracker.errors import ConfigError
from cjm_tracker.settings import SaslMechanism, SecurityProtocol, Settings, revealed


@dataclass(frozen=True)
class Broker:
    """Kafka's bootstrap servers, with what TLS and a login need.

    `str()` and `repr()` show no password. `Broker("127.0.0.1:9092")` is one in clear text without
    a login, as the embedded broker is.
    """

    servers: str  # host:port[,host:port]
    security_protocol: SecurityProtocol = "plaintext"
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    key_password: str | None = field(default=None, repr=False)
    sasl_mechanism: SaslMechanism | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Broker:
        """The broker the settings name.

        Raises ConfigError, naming each setting, where they contradict each other, lack something,
        name a file that cannot be used, or would send data in clear text off this machine.
        """
        if not settings.broker:
            raise ConfigError("no broker: name one with --broker host:port or CJM_BROKER")
        if found := list(problems(settings)):
            raise ConfigError("\n".join(found))
        broker = cls(
            servers=settings.broker,
            security_protocol=settings.kafka_security_protocol,
            ca_file=settings.kafka_ca_file,
            certificate_file=settings.kafka_certificate_file,
            key_file=settings.kafka_key_file,
            key_password=revealed(settings.kafka_key_password),
            sasl_mechanism=settings.kafka_sasl_mechanism,
            user=settings.kafka_user,
            password=password_of(settings),
        )
        _ = broker.tls  # the files are read now, before anything is sent or fetched
        return broker

    def __str__(self) -> str:
        return self.servers

    @property
    def places(self) -> list[tuple[str, int]]:
        """Host and port of each server."""
        return places(self.servers)

    @cached_property
    def tls(self) -> ssl.SSLContext | None:
        """What the connection is encrypted and the broker's certificate is checked with."""
        if self.security_protocol not in WITH_TLS:
            return None
        return tls_context(self.ca_file, self.certificate_file, self.key_file, self.key_password)

    @property
    def options(self) -> dict[str, Any]:
        """Keyword arguments of every Kafka client: kafka-python and aiokafka name them alike."""
        options: dict[str, Any] = {
            "bootstrap_servers": [server.strip() for server in self.servers.split(",")],
            "security_protocol": self.security_protocol.upper(),
        }
        if self.tls:
            options["ssl_context"] = self.tls
        if self.security_protocol in WITH_LOGIN:
            options["sasl_mechanism"] = self.sasl_mechanism
            options["sasl_plain_username"] = self.user
            options["sasl_plain_password"] = self.password
        return options

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead a process of ours to this broker, whatever else is set."""
        given = {name: "" if value is None else str(value) for name, value in asdict(self).items()}
        return {
            "CJM_BROKER": given.pop("servers"),
            **{f"CJM_KAFKA_{name.upper()}": value for name, value in given.items()},
            "CJM_KAFKA_PASSWORD_FILE": "",
            # Whoever made this object has decided.
            "CJM_KAFKA_ALLOW_CLEARTEXT": "true",
        }
