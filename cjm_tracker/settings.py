"""Settings of one installation: from `CJM_*` variables, a `.env` file, or the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from cjm_tracker.errors import ConfigError

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,100}$")]


class Settings(BaseSettings):
    """Every setting with its default. `CJM_WAREHOUSE=…` sets `warehouse`, and so on."""

    model_config = SettingsConfigDict(env_prefix="CJM_", env_file=".env", extra="ignore")

    broker: str | None = Field(None, description="Kafka bootstrap servers, host:port[,host:port]")
    warehouse: SecretStr = Field(
        SecretStr("chdb:///cjm-data"),
        description="chdb:///directory or clickhouse[s]://user:password@host:port/database",
    )
    mapping: Path | None = Field(None, description="mapping file; the retail preset if unset")
    topic_prefix: Name = Field("cjm", description="topics are PREFIX.raw.SOURCE, PREFIX.dlq, …")
    group: Name = Field("cjm-tracker", description="consumer group, a suffix a source")
    partitions: int = Field(3, ge=1, le=1_000, description="of a raw topic, when we create it")
    replication: int = Field(1, ge=1, le=10, description="of a topic, when we create it")
    batch_records: int = Field(5_000, ge=1, le=100_000, description="most records of one insert")
    batch_wait_s: float = Field(0.5, gt=0, le=60, description="longest wait for a batch to fill")
    stitch_every_s: float = Field(5.0, gt=0, description="seconds between two stitches")
    session_timeout_s: float = Field(10.0, ge=2, description="until a dead worker is replaced")
    rebalance_timeout_s: float = Field(30.0, ge=1, description="given to a worker to let go")
    retry_for_s: float = Field(
        600.0, ge=0, description="how long an absent warehouse is waited for"
    )
    pii_key: SecretStr | None = Field(
        None, description="key of the hashes that stand for e-mail addresses and phone numbers"
    )
    log_level: Literal["debug", "info", "warn", "error"] = "info"

    @property
    def given_key(self) -> str | None:
        """The key as text, where one is given."""
        return self.pii_key.get_secret_value() if self.pii_key else None


def load_settings(**given: object) -> Settings:
    """The settings, with the given ones (None means not given) above the environment's."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        shown = [
            f"CJM_{'_'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
            for problem in problems
        ]
        raise ConfigError("\n".join(shown)) from None
