"""`cjm migrate --cluster`: what is printed, and what is refused before anything is written."""

from __future__ import annotations

from pathlib import Path

from .commands import cjm


def test_the_statements_for_a_cluster_can_be_read_first(tmp_path: Path) -> None:
    done = cjm(tmp_path, "migrate", "--warehouse", "chdb:///w", "--cluster", "main", "--print")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("CREATE DATABASE IF NOT EXISTS cjm ON CLUSTER 'main';\n")
    assert "CREATE OR REPLACE VIEW journeys ON CLUSTER 'main'" in done.stdout
    tables = cjm(tmp_path, "sql", "--warehouse", "chdb:///w", "SHOW TABLES")
    assert "at this version" in tables.stderr, "nothing was run"


def test_an_embedded_warehouse_is_no_cluster(tmp_path: Path) -> None:
    done = cjm(tmp_path, "migrate", "--warehouse", "chdb:///w", "--cluster", "main")
    assert (done.returncode, done.stdout) == (78, "")
    assert (
        done.stderr == "cjm: --cluster: needs a server: --warehouse clickhouses://…, or --print\n"
    )


def test_a_cluster_has_a_name(tmp_path: Path) -> None:
    done = cjm(tmp_path, "migrate", "--warehouse", "chdb:///w", "--cluster", "a'; DROP", "--print")
    assert done.returncode == 78
    assert done.stderr == 'cjm: --cluster: "a\'; DROP" is no name of a cluster\n'
    assert not (tmp_path / "w").exists()
