"""What the user of a ClickHouse server may do, and whether that is too little or too much."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cjm_tracker.doctor.finding import Finding, fail, ok, warn
from cjm_tracker.settings import is_loopback
from cjm_tracker.warehouse.client import Address

GRANT = re.compile(r"GRANT (?P<what>.+?) ON (?P<where>\S+) TO ", re.DOTALL)
USERS = "make the users of deploy/clickhouse/users.xml"


@dataclass(frozen=True, slots=True)
class Rights:
    """What the grants come to. `everywhere`: writing outside the database, too."""

    reads: bool
    writes: bool
    everywhere: bool


def rights(grants: Iterable[str], database: str) -> Rights:
    """What the lines of SHOW GRANTS come to in this database."""
    reads = writes = everywhere = False
    for grant in grants:
        for part in GRANT.finditer(grant.replace("`", "") + " TO "):
            where, what = part["where"], re.sub(r"\([^)]*\)", "", part["what"])
            words = {word.strip() for word in what.split(",")}
            if where != "*.*" and not where.startswith(f"{database}."):
                continue
            # On one table or view only, it is no right to the whole.
            whole = where in ("*.*", f"{database}.*")
            reads |= bool(words & {"ALL", "SELECT"})
            writes |= whole and bool(words & {"ALL", "INSERT"})
            everywhere |= where == "*.*" and bool(words & {"ALL", "INSERT"})
    return Rights(reads, writes, everywhere)


def rights_finding(granted: Rights | None, address: Address) -> Finding:
    """Whether our user has the rights of a worker, and no more."""
    who = f"the user {address.user}"
    if granted is None or not granted.reads:
        return fail("grants", f"{who} may not read {address.database}", USERS)
    if granted.everywhere and not is_loopback(address.host):
        bare = " and has no password" if not address.password else ""
        return warn("grants", f"{who} may write in every database{bare}", USERS)
    if granted.everywhere:
        return ok("grants", f"{who} may write in every database; the server is on this machine")
    if not granted.writes:
        text = f"{who} reads only: enough for cjm sql, too little for a worker"
        return warn("grants", text, f"{USERS}; the worker's is cjm")
    return ok("grants", f"{who} may read and write in {address.database}, and nowhere else")
