"""The Grafana data source that the dashboards ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

PLUGIN = "grafana-clickhouse-datasource"
NAME = "cjm-clickhouse"


@dataclass(frozen=True, slots=True)
class DataSource:
    """How Grafana reaches ClickHouse. The user should be one who reads the views only."""

    host: str
    port: int = 9000
    protocol: Literal["native", "http"] = "native"
    username: str = "cjm_grafana"
    password: str = field(default="", repr=False)
    database: str = "cjm"
    secure: bool = False
    uid: str = NAME
    name: str = NAME

    def body(self) -> dict[str, Any]:
        """As Grafana's API takes it; the same settings as in the provisioning file."""
        return {
            "uid": self.uid,
            "name": self.name,
            "type": PLUGIN,
            "access": "proxy",
            "isDefault": False,
            "jsonData": {
                "host": self.host,
                "port": self.port,
                "protocol": self.protocol,
                "secure": self.secure,
                "username": self.username,
                "defaultDatabase": self.database,
                "dialTimeout": "10",
                "queryTimeout": "30",
                "validateSql": True,
            },
            # Left out, Grafana keeps the password it has.
            **({"secureJsonData": {"password": self.password}} if self.password else {}),
        }
