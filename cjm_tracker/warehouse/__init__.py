"""ClickHouse, embedded or as a server: connect, migrate, insert, stitch, query."""

from cjm_tracker.warehouse.client import Warehouse, connect
from cjm_tracker.warehouse.facts import (
    Prepared,
    Run,
    insert_facts,
    insert_ledger,
    prepare,
    register_mapping,
    store,
)
from cjm_tracker.warehouse.lags import Lag, store_lags
from cjm_tracker.warehouse.migrations import check, migrate, pending, script
from cjm_tracker.warehouse.queries import run_query
from cjm_tracker.warehouse.stitch import StitchResult, stitch

__all__ = [
    "Lag",
    "Prepared",
    "Run",
    "StitchResult",
    "Warehouse",
    "check",
    "connect",
    "insert_facts",
    "insert_ledger",
    "migrate",
    "pending",
    "prepare",
    "register_mapping",
    "run_query",
    "script",
    "stitch",
    "store",
    "store_lags",
]
