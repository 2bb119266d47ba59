"""The cluster's schema on the real engine: a cluster of one node, in process, without Keeper.
Migrates, stores, stitches, and prints as JSON what is then there.

Run it: `python -m tests.warehouse.cluster_engine DIRECTORY`. A process of its own, because the
engine takes its configuration once.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import clickhouse_connect

from cjm_tracker.errors import ConfigError
from cjm_tracker.resources import DEPLOY
from cjm_tracker.warehouse import Warehouse, migrate, stitch
from cjm_tracker.warehouse.client import Address
from cjm_tracker.warehouse.rebuild import rebuild
from cjm_tracker.warehouse.restitch import restitched

from .deeds import NOW, SHORT, VERSION, Deed, Journal, at

CONFIGURATION = """<clickhouse>
  <tcp_port>9000</tcp_port>
  <remote_servers><cjm><shard><internal_replication>true</internal_replication>
    <replica><host>127.0.0.1</host><port>9000</port></replica></shard></cjm></remote_servers>
</clickhouse>"""

COLUMNS = """SELECT table, name, type, default_kind, default_expression, comment FROM system.columns
WHERE database = 'cjm' AND NOT endsWith(table, '_local') ORDER BY table, position"""
JOURNEYS = """SELECT customer_id, journey_no, path_text, is_converted, step_count FROM journeys
ORDER BY customer_id, journey_no"""
DEFINITIONS = "SELECT definition, version, journeys, steps, outside, behind FROM definitions"
FUNNEL = "SELECT stage, journeys, went_on, ended_here FROM stage_funnel ORDER BY stage_no"
STATED = {
    "columns": COLUMNS,
    "journeys": JOURNEYS,
    "definitions": DEFINITIONS,
    "funnel": FUNNEL,
}
OTHER = SHORT.model_copy(
    update={"journeys": [SHORT.journeys[0].model_copy(update={"name": "other"})]}
)

# What takes other nodes: a port to be asked at, and replicas.
NOT_ALONE = ("prefer_localhost_replica", "insert_quorum")

# Two devices that a login joins later, a repetition, and somebody else.
DEEDS = [
    at(0, who="cookie:c1"),
    at(3, "compared", who="cookie:c2"),
    at(5, "bought", who="user_id:u1 cookie:c1"),
    at(7, "helped", who="user_id:u1 cookie:c2", source="call_centre"),
    at(9, who="cookie:c3"),
]


def live(warehouse: Warehouse, deeds: list[Deed]) -> None:
    """What happens in a warehouse: batches, one of them twice, and a stitch after each."""
    journal = Journal(warehouse)
    for number in range(0, len(deeds), 2):
        journal.keep(*deeds[number : number + 2])
        stitch(warehouse, SHORT, NOW + number)
    journal.keep(*deeds[:2], at_offset=0)
    stitch(warehouse, SHORT, NOW + len(deeds))
    # Another definition in its place, applied to all.
    rebuild(warehouse, OTHER, VERSION, NOW + len(deeds) + 1, part=2)


def refused(warehouse: Warehouse) -> str:
    """What is said of work aside."""
    try:
        with restitched(warehouse, OTHER):
            return ""
    except ConfigError as error:
        return str(error)


def stated(warehouse: Warehouse) -> dict[str, Any]:
    return {
        name: [[str(cell) for cell in row] for row in warehouse.query(sql).rows]
        for name, sql in STATED.items()
    }


class Node(Warehouse):
    """A node alone: what takes Keeper is parsed as it stands, and then done without it."""

    def command(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        super().query("SELECT formatQuery({sql:String})", {"sql": sql})
        sql = re.sub(r" ON CLUSTER '\w+'", "", sql)
        sql = re.sub(r"Replicated(\w*MergeTree)\('[^']*', '[^']*'(?:, )?", r"\1(", sql)
        super().command(sql.replace(" replicated_dedup", " non_replicated_dedup"), parameters)


def main(directory: Path) -> None:
    (configuration := directory / "cluster.xml").write_text(CONFIGURATION)
    path = f"{directory / 'warehouse'}?config-file={configuration}"
    client = clickhouse_connect.get_client(interface="chdb", path=path)
    client.command("CREATE DATABASE cjm")
    client.database = "cjm"
    warehouse = Node(client, Address(directory=directory / "warehouse"))
    profile = ElementTree.parse(DEPLOY / "clickhouse" / "cluster" / "profile.xml")
    for setting in profile.find("profiles/cjm_cluster") or ():
        if setting.tag not in NOT_ALONE:
            warehouse.command(f"SET {setting.tag} = '{setting.text}'")
    applied = [migration.name for migration in migrate(warehouse, "cjm")]
    live(warehouse, DEEDS)
    engines = dict(
        warehouse.query("SELECT name, engine FROM system.tables WHERE database = 'cjm'").rows
    )
    again = [migration.name for migration in migrate(warehouse)]
    told = {"applied": applied, "again": again, "engines": engines, "refused": refused(warehouse)}
    print(json.dumps({**told, **stated(warehouse)}))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
