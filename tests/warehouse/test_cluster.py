"""The schema of a cluster, made from that of one node."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from cjm_tracker.errors import MigrationError
from cjm_tracker.resources import DEPLOY
from cjm_tracker.warehouse import Warehouse, pending, script
from cjm_tracker.warehouse.cluster import CREATE, SORT_KEY, Cluster, shard_keys
from cjm_tracker.warehouse.migrations import available, statements

from .cluster_engine import DEEDS, live, stated

EVERY = [s for migration in available() for s in statements(migration.text)]
CREATED = {found[1]: s for s in EVERY if (found := CREATE.match(s))}
CLUSTER = Cluster("main", "cjm", shard_keys(EVERY))


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a cluster of one node says after it was migrated, filled and stitched."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.warehouse.cluster_engine", tmp_path_factory.mktemp("node")],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=200,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.slow
def test_a_cluster_is_migrated_once_and_then_known(node: dict[str, Any]) -> None:
    assert node["applied"] == [migration.name for migration in available()]
    assert node["again"] == []
    whole = {name for name, engine in node["engines"].items() if engine == "Distributed"}
    pieces = {name for name, engine in node["engines"].items() if engine.endswith("MergeTree")}
    assert pieces == {f"{name}_local" for name in whole}


@pytest.mark.slow
def test_columns_and_journeys_are_those_of_one_node(
    node: dict[str, Any], warehouse: Warehouse
) -> None:
    live(warehouse, DEEDS)
    alone = stated(warehouse)
    assert len(alone["journeys"]) > 1
    assert [row[0] for row in alone["definitions"]] == ["other"]
    for what, rows in alone.items():
        assert node[what] == rows, what


@pytest.mark.slow
def test_work_aside_is_refused_before_it_would_write_to_the_tables_themselves(
    node: dict[str, Any],
) -> None:
    assert "cluster" in node["refused"]


@pytest.mark.parametrize("table", CREATED)
def test_rows_that_replace_each_other_meet_on_one_shard(table: str) -> None:
    (sorted_by,) = SORT_KEY.findall(CREATED[table])
    spread_by = re.fullmatch(r"cityHash64\((.+)\)", CLUSTER.keys[table])
    assert spread_by and set(spread_by[1].split(", ")) <= set(sorted_by.split(", "))


def test_every_table_is_replicated_and_keeps_what_replaces_it() -> None:
    piece, whole = CLUSTER.clustered(CREATED["journey_log"])
    assert (
        "ENGINE = ReplicatedReplacingMergeTree"
        "('/clickhouse/tables/{uuid}/{shard}', '{replica}', run, is_gone)" in piece
    )
    assert "SETTINGS replicated_deduplication_window = 10000" in piece
    assert whole.startswith(
        "CREATE TABLE IF NOT EXISTS journey_log ON CLUSTER 'main' AS journey_log_local"
    )
    assert "Distributed('main', 'cjm', 'journey_log_local', cityHash64(customer_id))" in whole


@pytest.mark.parametrize("statement", EVERY)
def test_what_changes_a_table_changes_it_on_every_node(statement: str) -> None:
    for made in CLUSTER.clustered(statement):
        assert made.startswith("INSERT INTO ") or "ON CLUSTER 'main'" in made


def test_a_statement_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="no form for a cluster is known of: OPTIMIZE"):
        CLUSTER.clustered("OPTIMIZE TABLE event_log FINAL")


def test_the_tables_of_one_node_do_not_become_a_cluster(warehouse: Warehouse) -> None:
    with pytest.raises(MigrationError, match="has the tables of one node: name another database"):
        list(script(warehouse, pending(warehouse), "main"))


def test_the_files_for_a_cluster_fit_those_for_one_node() -> None:
    here = DEPLOY / "clickhouse"
    profiles = ElementTree.parse(here / "cluster" / "profile.xml").getroot().find("profiles")
    users = ElementTree.parse(here / "users.xml").getroot().find("profiles")
    assert profiles is not None and users is not None
    (base,) = (one.tag for one in profiles if one.find("profile") is None)
    heirs = {one.tag for one in profiles if one.findtext("profile") == base}
    assert heirs == {profile.tag for profile in users}
    shards = ElementTree.parse(here / "cluster" / "cluster.xml").findall("remote_servers/cjm/shard")
    assert len(shards) == 2
    for shard in shards:
        # Else each replica is sent every row, and fetches it from the other one as well.
        assert shard.findtext("internal_replication") == "true"
        assert all(replica.findtext("secure") == "1" for replica in shard.findall("replica"))
