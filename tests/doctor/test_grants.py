from __future__ import annotations

import pytest

from cjm_tracker.doctor.grants import rights, rights_finding
from cjm_tracker.warehouse.client import parse_dsn

ALL = "GRANT ALL ON *.* TO default WITH GRANT OPTION"
OWN = "GRANT SHOW, SELECT, INSERT, ALTER, CREATE VIEW, DROP TABLE ON cjm.* TO cjm"


@pytest.mark.parametrize(
    ("grants", "reads", "writes", "everywhere"),
    [
        ([], False, False, False),
        ([ALL], True, True, True),
        ([OWN], True, True, False),
        (["GRANT ALL ON `cjm`.* TO cjm"], True, True, False),
        (["GRANT SELECT ON cjm.journeys TO g", "GRANT SELECT(a, b) ON cjm.dead_letters TO g"],
         True, False, False),
        (["GRANT SELECT ON *.* TO reader"], True, False, False),
        (["GRANT ALL ON other.* TO cjm"], False, False, False),
        (["GRANT INSERT ON cjm.event_log TO cjm"], False, False, False),
        (["GRANT SHOW TABLES ON *.* TO cjm", OWN], True, True, False),
        (["GRANT analysts TO cjm"], False, False, False),
    ],
)  # fmt: skip
def test_grants_come_to_rights(
    grants: list[str], reads: bool, writes: bool, everywhere: bool
) -> None:
    found = rights(grants, "cjm")
    assert (found.reads, found.writes, found.everywhere) == (reads, writes, everywhere)


@pytest.mark.parametrize(
    ("grants", "dsn", "status", "told"),
    [
        ([OWN], "clickhouses://cjm:canary@db.example/cjm", "ok", "in cjm, and nowhere else"),
        ([ALL], "clickhouse://127.0.0.1/cjm", "ok", "on this machine"),
        ([ALL], "clickhouses://db.example/cjm", "warn", "has no password"),
        ([ALL], "clickhouses://root:canary@db.example/cjm", "warn", "in every database"),
        (["GRANT SELECT ON cjm.* TO g"], "clickhouses://g:canary@db.example/cjm", "warn",
         "reads only"),
        ([], "clickhouses://g:canary@db.example/cjm", "fail", "may not read cjm"),
    ],
)  # fmt: skip
def test_too_little_and_too_much_are_told(
    grants: list[str], dsn: str, status: str, told: str
) -> None:
    found = rights_finding(rights(grants, "cjm"), parse_dsn(dsn))
    assert found.status == status and told in found.found
    assert "canary" not in found.found + found.fix
    assert bool(found.fix) == (status != "ok")
