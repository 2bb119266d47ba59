"""Which settings lead to a broker, and which are refused before anything is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cjm_tracker.broker import Broker
from cjm_tracker.errors import ConfigError
from cjm_tracker.settings import Settings, is_loopback
from tests.brokers.tls import Certificate, authority, signed

LOGIN = {"kafka_sasl_mechanism": "SCRAM-SHA-512", "kafka_user": "ann", "kafka_password": "canary-1"}


def broker(servers: str | None = "127.0.0.1:9092", **settings: Any) -> Broker:
    return Broker.of(Settings(_env_file=None, broker=servers, **settings))


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return signed(authority(tmp_path_factory.mktemp("tls")), "ours", "DNS:ours", "canary-2")


def test_without_settings_it_is_clear_text_on_this_machine() -> None:
    assert broker() == Broker("127.0.0.1:9092")
    assert broker().options == {
        "bootstrap_servers": ["127.0.0.1:9092"], "security_protocol": "PLAINTEXT"
    }  # fmt: skip


def test_a_login_over_tls_is_what_both_clients_understand(ours: Certificate) -> None:
    options = broker(
        "kafka.example:9093, [2001:db8::1]:9093",
        kafka_security_protocol="sasl_ssl",
        kafka_ca_file=ours.file,
        kafka_certificate_file=ours.file,
        kafka_key_file=ours.key,
        kafka_key_password="canary-2",
        **LOGIN,
    ).options
    context = options.pop("ssl_context")
    assert context.check_hostname and context.verify_mode.name == "CERT_REQUIRED"
    assert options == {
        "bootstrap_servers": ["kafka.example:9093", "[2001:db8::1]:9093"],
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "ann",
        "sasl_plain_password": "canary-1",
    }


def test_no_password_is_shown(ours: Certificate) -> None:
    made = Broker("kafka.example:9093", key_password="canary-1", password="canary-2")
    assert str(made) == "kafka.example:9093"
    assert "canary" not in repr(made)


def test_a_process_of_ours_comes_to_the_same_broker(
    ours: Certificate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("canary-1\n")
    made = broker(
        "kafka.example:9093",
        kafka_security_protocol="sasl_ssl",
        kafka_ca_file=ours.file,
        **{**LOGIN, "kafka_password": None, "kafka_password_file": secret},
    )
    assert made.password == "canary-1"
    # The embedded broker, too, whatever the environment says of another one.
    for one in (made, Broker("127.0.0.1:9092")):
        for name, value in one.environment.items():
            monkeypatch.setenv(name, value)
        assert Broker.of(Settings(_env_file=None)) == one


@pytest.mark.parametrize(
    "servers",
    ["kafka", "kafka:", ":9092", "kafka:port", "kafka:9092,", "kafka:9092/topic", "[::1:9092"],
)
def test_what_is_no_address_is_refused_and_not_shown(servers: str) -> None:
    with pytest.raises(ConfigError, match="^CJM_BROKER / --broker: ") as caught:
        broker(servers, kafka_allow_cleartext=True)
    assert servers not in str(caught.value)


def test_credentials_in_an_address_are_refused_and_not_shown() -> None:
    with pytest.raises(ConfigError, match="CJM_KAFKA_USER") as caught:
        broker("ann:canary@127.0.0.1:9092")
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.8.8.8", "::1"]
)  # fmt: skip
def test_loopback_is_told_by_its_name(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["kafka", "localhost.example", "localhost.", "0.0.0.0", "::", "10.0.0.1", "127.1",
             "::ffff:10.0.0.1", "127.0.0.1.example", ""],
)  # fmt: skip
def test_what_may_be_another_machine_is_not_loopback(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("protocol", "settings", "better"),
    [("plaintext", {}, "ssl"), ("sasl_plaintext", LOGIN, "sasl_ssl")],
)
def test_clear_text_leaves_this_machine_only_when_allowed(
    protocol: str, settings: dict[str, Any], better: str
) -> None:
    def reach(servers: str, **more: Any) -> Broker:
        return broker(servers, kafka_security_protocol=protocol, **settings, **more)

    reach("127.0.0.1:9092,localhost:9093,[::1]:9094")
    with pytest.raises(ConfigError, match=f"kafka2 in clear text: set it to {better},"):
        reach("localhost:9092,kafka2:9092")
    reach("localhost:9092,kafka2:9092", kafka_allow_cleartext=True)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"kafka_ca_file": "ca.pem"}, "CJM_KAFKA_CA_FILE"),
        ({"kafka_key_password": "canary"}, "CJM_KAFKA_KEY_PASSWORD"),
        ({"kafka_security_protocol": "sasl_plaintext", **LOGIN, "kafka_key_file": "k.pem"},
         "CJM_KAFKA_KEY_FILE"),
        ({"kafka_user": "ann"}, "CJM_KAFKA_USER"),
        ({"kafka_security_protocol": "ssl", "kafka_password": "canary"}, "CJM_KAFKA_PASSWORD"),
        ({"kafka_security_protocol": "ssl", "kafka_certificate_file": "c.pem"},
         "CJM_KAFKA_KEY_FILE"),
        ({"kafka_security_protocol": "ssl", "kafka_key_file": "k.pem"},
         "CJM_KAFKA_CERTIFICATE_FILE"),
        ({"kafka_security_protocol": "ssl", "kafka_key_password": "canary"}, "CJM_KAFKA_KEY_FILE"),
        ({"kafka_security_protocol": "sasl_ssl", **LOGIN, "kafka_user": None}, "CJM_KAFKA_USER"),
        ({"kafka_security_protocol": "sasl_ssl", **LOGIN, "kafka_sasl_mechanism": None},
         "CJM_KAFKA_SASL_MECHANISM"),
        ({"kafka_security_protocol": "sasl_ssl", **LOGIN, "kafka_password": None},
         "CJM_KAFKA_PASSWORD_FILE"),
        ({"kafka_security_protocol": "sasl_ssl", **LOGIN, "kafka_password_file": "p"},
         "CJM_KAFKA_PASSWORD_FILE"),
    ],
)  # fmt: skip
def test_what_contradicts_or_is_missing_is_named(settings: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError, match=named) as caught:
        broker(**settings)
    said = str(caught.value)
    assert "canary" not in said and "\n" not in said


def test_every_problem_has_its_own_line() -> None:
    with pytest.raises(ConfigError) as caught:
        broker(kafka_security_protocol="sasl_ssl", kafka_key_file="k.pem")
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == [
        "CJM_KAFKA_CERTIFICATE_FILE, CJM_KAFKA_KEY_FILE",
        "CJM_KAFKA_SASL_MECHANISM",
        "CJM_KAFKA_USER",
        "CJM_KAFKA_PASSWORD, CJM_KAFKA_PASSWORD_FILE",
    ]


@pytest.mark.parametrize("setting", ["ca_file", "certificate_file", "key_file", "password_file"])
@pytest.mark.parametrize("content", [None, b"\xffnonsense-canary", b""])
def test_a_file_that_cannot_be_used_is_named_with_its_setting(
    setting: str, content: bytes | None, ours: Certificate, tmp_path: Path
) -> None:
    path = tmp_path / "given"
    if content is not None:
        path.write_bytes(content)
    given = {
        "kafka_security_protocol": "sasl_ssl",
        "kafka_certificate_file": ours.file,
        "kafka_key_file": ours.key,
        "kafka_key_password": "canary-2",
        **LOGIN,
        **({"kafka_password": None} if setting == "password_file" else {}),
        f"kafka_{setting}": path,
    }
    with pytest.raises(ConfigError, match=f"^CJM_KAFKA_{setting.upper()}: {path}: ") as caught:
        broker(**given)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("password", [None, "canary-3"])
def test_a_key_that_stays_shut_is_named_and_nobody_is_asked(
    password: str | None, ours: Certificate
) -> None:
    with pytest.raises(ConfigError, match="^CJM_KAFKA_KEY_FILE: .*CJM_KAFKA_KEY_PASSWORD"):
        broker(
            kafka_security_protocol="ssl",
            kafka_certificate_file=ours.file,
            kafka_key_file=ours.key,
            kafka_key_password=password,
        )
