"""ClickHouse, embedded or as a server: connect, migrate, insert, stitch, query."""

from cjm_tracker.warehouse.client import Warehouse, connect
from cjm_tracker.warehouse.facts import Writer, register_mapping, store
from cjm_tracker.warehouse.migrations import check, migrate, pending
from cjm_tracker.warehouse.queries import run_query
from cjm_tracker.warehouse.stitch import StitchResult, stitch

__all__ = [
    "StitchResult",
    "Warehouse",
    "Writer",
    "check",
    "connect",
    "migrate",
    "pending",
    "register_mapping",
    "run_query",
    "stitch",
    "store",
]
