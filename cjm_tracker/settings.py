"""Settings of one installation: from `CJM_*` variables, a `.env` file, or the command line."""

from __future__ import annotations

import os
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from cjm_tracker.errors import ConfigError

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,100}$")]
SecurityProtocol = Literal["plaintext", "ssl", "sasl_ssl", "sasl_plaintext"]
SaslMechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


def _unset(value: Any) -> Any:
    """Compose files hand on what is not set as an empty text."""
    return None if value == "" else value


Unset = BeforeValidator(_unset)
# Where something of ours listens.
Own = Annotated[str, Field(pattern=r"^(off|\[?[A-Za-z0-9.:_-]+\]?:[0-9]{1,5})$")]


class Settings(BaseSettings):
    """Every setting with its default. `CJM_WAREHOUSE=…` sets `warehouse`, and so on."""

    model_config = SettingsConfigDict(env_prefix="CJM_", env_file=".env", extra="ignore")

    broker: str | None = Field(None, description="Kafka bootstrap servers, host:port[,host:port]")
    kafka_security_protocol: SecurityProtocol = Field(
        "plaintext", description="plaintext, ssl, sasl_ssl, sasl_plaintext"
    )
    kafka_ca_file: Annotated[Path | None, Unset] = Field(
        None, description="authorities the broker's certificate may be of; the machine's if unset"
    )
    kafka_certificate_file: Annotated[Path | None, Unset] = Field(
        None, description="our own certificate, where the broker asks for one (PEM)"
    )
    kafka_key_file: Annotated[Path | None, Unset] = Field(None, description="its key (PEM)")
    kafka_key_password: Annotated[SecretStr | None, Unset] = Field(
        None, description="what that key is encrypted with"
    )
    kafka_sasl_mechanism: Annotated[SaslMechanism | None, Unset] = Field(
        None, description="PLAIN, SCRAM-SHA-256, SCRAM-SHA-512"
    )
    kafka_user: Annotated[str | None, Unset] = Field(None, description="of the login (SASL)")
    kafka_password: Annotated[SecretStr | None, Unset] = Field(
        None, description="of the login (SASL)"
    )
    kafka_password_file: Annotated[Path | None, Unset] = Field(
        None, description="file that holds the password instead: a mounted secret"
    )
    kafka_allow_cleartext: bool = Field(
        False, description="let plaintext leave this machine, in a network of your own"
    )
    warehouse_allow_cleartext: bool = Field(
        False, description="let clickhouse:// leave this machine, in a network of your own"
    )
    warehouse: SecretStr = Field(
        SecretStr("chdb:///cjm-data"),
        description="chdb:///directory or clickhouse[s]://user:password@host:port/database",
    )
    mapping: Path | None = Field(None, description="mapping file; the retail preset if unset")
    topic_prefix: Name = Field("cjm", description="topics are PREFIX.raw.SOURCE, PREFIX.dlq, …")
    group: Name = Field("cjm-tracker", description="consumer group, a suffix a source")
    partitions: int = Field(3, ge=1, le=1_000, description="of a raw topic, when we create it")
    replication: int = Field(1, ge=1, le=10, description="of a topic, when we create it")
    batch_records: int = Field(10_000, ge=1, le=100_000, description="most records of one insert")
    decoders: int = Field(
        min(4, (os.cpu_count() or 1) - 1), ge=0, le=64,
        description="processes that decode large batches; 0: a thread does",
    )  # fmt: skip
    batch_wait_s: float = Field(0.2, gt=0, le=60, description="longest wait for a batch to fill")
    stitch_every_s: float = Field(0.2, gt=0, description="seconds between two stitches at least")
    session_timeout_s: float = Field(10.0, ge=2, description="until a dead worker is replaced")
    rebalance_timeout_s: float = Field(30.0, ge=1, description="given to a worker to let go")
    warehouse_timeout_s: float = Field(
        60.0, gt=0, description="a server that does not answer an insert for so long is away"
    )
    retry_for_s: float = Field(
        600.0, ge=0, description="how long an absent warehouse is waited for"
    )
    stuck_after_s: float = Field(
        60.0, ge=5, description="without progress for so long, a worker is ended: exit status 70"
    )
    stop_within_s: float = Field(
        10.0, ge=1, description="a worker asked to stop that takes longer is ended: status 70"
    )
    health: Own = Field(
        "127.0.0.1:6067", description="where /healthz, /readyz and /metrics are, host:port, or off"
    )
    sql: Own = Field(
        "off", description="where an embedded warehouse may be read by SQL, host:port of loopback"
    )
    page: Own = Field("off", description="where the live page is, host:port of loopback")
    pii_key: SecretStr | None = Field(
        None, description="key of the hashes that stand for e-mail addresses and phone numbers"
    )
    log_level: Literal["debug", "info", "warn", "error"] = "info"

    def group_of(self, source: str) -> str:
        """The consumer group of the workers that reads one source."""
        return f"{self.group}-{source}"

    @property
    def given_key(self) -> str | None:
        """The key as text, where one is given."""
        return revealed(self.pii_key)

    @field_validator("sql", "page")
    @classmethod
    def _of_this_machine(cls, address: str) -> str:
        # There are no users and passwords.
        if address != "off" and not is_loopback(address.rpartition(":")[0].strip("[]")):
            raise ValueError("it asks for no password: only 127.0.0.1:PORT will do")
        return address

    @field_validator("warehouse")
    @classmethod
    def _no_clear_text(cls, dsn: SecretStr, info: ValidationInfo) -> SecretStr:
        # Behind `warehouse_allow_cleartext`, which is declared, and so read, before it.
        try:
            parts = urlsplit(dsn.get_secret_value())
            host = parts.hostname
        except ValueError:
            return dsn  # no DSN: that is said where it is taken apart
        if parts.scheme == "clickhouse" and host and not is_loopback(host):
            if not info.data.get("warehouse_allow_cleartext"):
                raise ValueError(
                    f"clickhouse:// goes to {host} in clear text: use clickhouses://, or, in a "
                    "network of your own, set CJM_WAREHOUSE_ALLOW_CLEARTEXT=true"
                )
        return dsn


def revealed(secret: SecretStr | None) -> str | None:
    """The secret as text."""
    return secret.get_secret_value() if secret else None


def is_loopback(host: str) -> bool:
    """Whether a connection to it stays on this machine, by the name alone: DNS can be lied to."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def load_settings(**given: object) -> Settings:
    """The settings, with the given ones (None means not given) above the environment's."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        shown = [
            f"CJM_{'_'.join(str(part) for part in problem['loc']).upper()}: "
            f"{problem['msg'].removeprefix('Value error, ')}"
            for problem in problems
        ]
        raise ConfigError("\n".join(shown)) from None
