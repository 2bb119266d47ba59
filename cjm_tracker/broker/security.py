"""Is the way to the broker safe and complete? Asked before the first byte is sent."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from cjm_tracker.errors import ConfigError
from cjm_tracker.settings import Settings, is_loopback, revealed

WITH_TLS = ("ssl", "sasl_ssl")
WITH_LOGIN = ("sasl_ssl", "sasl_plaintext")


def problems(settings: Settings) -> Iterator[str]:
    """What contradicts, is missing, or would be sent in clear text; each names its setting."""
    protocol = settings.kafka_security_protocol
    of_tls = _given(
        CJM_KAFKA_CA_FILE=settings.kafka_ca_file,
        CJM_KAFKA_CERTIFICATE_FILE=settings.kafka_certificate_file,
        CJM_KAFKA_KEY_FILE=settings.kafka_key_file,
        CJM_KAFKA_KEY_PASSWORD=settings.kafka_key_password,
    )
    of_login = _given(
        CJM_KAFKA_SASL_MECHANISM=settings.kafka_sasl_mechanism,
        CJM_KAFKA_USER=settings.kafka_user,
        CJM_KAFKA_PASSWORD=settings.kafka_password,
        CJM_KAFKA_PASSWORD_FILE=settings.kafka_password_file,
    )
    if of_tls and protocol not in WITH_TLS:
        yield f"{of_tls[0]}: means nothing with CJM_KAFKA_SECURITY_PROTOCOL={protocol}"
    elif bool(settings.kafka_certificate_file) != bool(settings.kafka_key_file):
        yield "CJM_KAFKA_CERTIFICATE_FILE, CJM_KAFKA_KEY_FILE: one needs the other"
    elif settings.kafka_key_password and not settings.kafka_key_file:
        yield "CJM_KAFKA_KEY_PASSWORD: needs CJM_KAFKA_KEY_FILE"
    if of_login and protocol not in WITH_LOGIN:
        yield f"{of_login[0]}: means nothing with CJM_KAFKA_SECURITY_PROTOCOL={protocol}"
    if protocol in WITH_LOGIN:
        for name in ("CJM_KAFKA_SASL_MECHANISM", "CJM_KAFKA_USER"):
            if name not in of_login:
                yield f"{name}: is needed with CJM_KAFKA_SECURITY_PROTOCOL={protocol}"
        passwords = [name for name in of_login if "PASSWORD" in name]
        if len(passwords) != 1:
            yield (
                "CJM_KAFKA_PASSWORD, CJM_KAFKA_PASSWORD_FILE: one of the two is needed with "
                f"CJM_KAFKA_SECURITY_PROTOCOL={protocol}"
            )
    distant = [host for host, _ in places(settings.broker or "") if not is_loopback(host)]
    if distant and protocol not in WITH_TLS and not settings.kafka_allow_cleartext:
        safe = "sasl_ssl" if protocol in WITH_LOGIN else "ssl"
        yield (
            f"CJM_KAFKA_SECURITY_PROTOCOL: {protocol} goes to {distant[0]} in clear text: set it "
            f"to {safe}, or, in a network of your own, set CJM_KAFKA_ALLOW_CLEARTEXT=true"
        )


def _given(**settings: object) -> list[str]:
    return [name for name, value in settings.items() if value is not None]


def places(servers: str) -> list[tuple[str, int]]:
    """Host and port of each server. Raises ConfigError, and shows nothing of a wrong address."""
    if "@" in servers:
        raise ConfigError(
            "CJM_BROKER: credentials do not belong into an address: "
            "set CJM_KAFKA_USER and CJM_KAFKA_PASSWORD"
        )
    found = []
    for server in servers.split(","):
        try:
            parts = urlsplit(f"//{server.strip()}")
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = None
        if not host or not port or parts.path or parts.query:
            raise ConfigError("CJM_BROKER / --broker: is not host:port[,host:port]")
        found.append((host, port))
    return found


def tls_context(
    ca: Path | None, certificate: Path | None, key: Path | None, key_password: str | None
) -> ssl.SSLContext:
    """TLS 1.2 or later; the broker's certificate and host name are always checked.

    Without `ca` the machine's own authorities are trusted, with it no others. Raises ConfigError,
    naming the file.
    """
    with _file("CJM_KAFKA_CA_FILE", ca, "holds no certificate (PEM)"):
        context = ssl.create_default_context(cafile=ca)
    if certificate and key:
        with _file("CJM_KAFKA_CERTIFICATE_FILE", certificate, "holds no certificate (PEM)"):
            ssl.create_default_context(cafile=certificate)  # told apart from a bad key
        fault = "is not the certificate's key (PEM), or CJM_KAFKA_KEY_PASSWORD is not its password"
        with _file("CJM_KAFKA_KEY_FILE", key, fault):
            # Without a password OpenSSL would ask the terminal for one.
            context.load_cert_chain(certificate, key, key_password or "")
    return context


def password_of(settings: Settings) -> str | None:
    """The password itself, or what a mounted secret holds without its last line break."""
    file = settings.kafka_password_file
    if not file:
        return revealed(settings.kafka_password)
    with _file("CJM_KAFKA_PASSWORD_FILE", file, "is not UTF-8 text"):
        held = file.read_text(encoding="utf-8").rstrip("\r\n")
    if not held:
        raise ConfigError(f"CJM_KAFKA_PASSWORD_FILE: {file}: is empty")
    return held


@contextmanager
def _file(setting: str, path: Path | None, fault: str) -> Iterator[None]:
    """Errors of a file as one line that names setting and file, and shows nothing of its text."""
    try:
        if path:
            path.read_bytes()  # OpenSSL does not say which of two files is away
        yield
    except (ssl.SSLError, ValueError):
        raise ConfigError(f"{setting}: {path}: {fault}") from None
    except OSError as error:
        raise ConfigError(f"{setting}: {path}: {error.strerror}") from None
