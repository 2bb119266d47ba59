"""Changes that were made at touchpoints: registered once, kept for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cjm_tracker.errors import ConfigError, InputError, WarehouseUnavailable
from cjm_tracker.sources.settings import nearest
from cjm_tracker.warehouse.client import Warehouse
from cjm_tracker.warehouse.queries import run_query

# A number that somebody else took at the same moment is lost, and the next one tried.
TRIES = 10


@dataclass(frozen=True, slots=True)
class Fix:
    """Since `fixed_at` something is another way at a touchpoint, for whoever meets all conditions.

    A condition that is empty asks nothing; of several values of one any will do.
    """

    touchpoint: str
    fixed_at: datetime
    who: str
    what: str
    channels: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()


def register(warehouse: Warehouse, fix: Fix, now: datetime) -> int:
    """Keep a fix; gives its number. Refused where its touchpoint was never seen, or it is kept."""
    if not fix.who.strip() or not fix.what.strip():
        raise ConfigError("a fix needs to say who made it and what it is: --who NAME --what TEXT")
    seen = [name for (name,) in run_query(warehouse, "touchpoint_names").rows]
    if fix.touchpoint not in seen:
        raise InputError(f"touchpoint '{fix.touchpoint}'{nearest(fix.touchpoint, seen)}")
    tried = 0
    for _ in range(TRIES):
        kept = fixes(warehouse)
        for row in kept:
            if _same(row, fix):
                raise ConfigError(f"fix {row['fix']} says so already")
        tried = max(tried, *(int(row["fix"]) for row in kept), 0) + 1
        columns = {name: [value] for name, value in _row(fix, tried, now).items()}
        warehouse.insert("fix_log", columns, once=f"fix_log:{tried}")
        if any(one["fix"] == tried and _same(one, fix) for one in fixes(warehouse)):
            return tried
    raise WarehouseUnavailable("others are registering fixes at the same time: try again")


def fixes(warehouse: Warehouse) -> list[dict[str, Any]]:
    """All there are, by number, as the view `fixes` has them."""
    return run_query(warehouse, "fixes").dicts()


def _row(fix: Fix, number: int, now: datetime) -> dict[str, Any]:
    return {
        "fix": number,
        "touchpoint": fix.touchpoint,
        "fixed_at": fix.fixed_at,
        "who": fix.who.strip(),
        "what": fix.what.strip(),
        "channels": list(fix.channels),
        "sources": list(fix.sources),
        "stages": list(fix.stages),
        "customers": list(fix.customers),
        "attributes": list(fix.attributes),
        "registered_at": now,
    }


def _same(row: dict[str, Any], fix: Fix) -> bool:
    wanted = _row(fix, row["fix"], row["registered_at"])
    return {**row, "fixed_at": row["fixed_at"].timestamp()} == {
        **wanted,
        "fixed_at": fix.fixed_at.timestamp(),
    }
