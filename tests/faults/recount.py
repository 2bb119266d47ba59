"""The warehouse held against what was sent: nothing lost, nothing counted twice."""

from __future__ import annotations

import time
from collections import Counter

from cjm_tracker.broker import committed
from cjm_tracker.mapping import load_mapping
from cjm_tracker.warehouse import Warehouse, connect, stitch
from cjm_tracker.warehouse.ledger import Told, findings, ledger

from ..streams.installation import Installation
from .feed import Expected


def recount(installation: Installation, expected: Expected) -> int:
    """Assert that the warehouse holds what was sent, each once; the records that were read twice.

    Every record sent was read; no worker runs.
    """
    done = committed(installation.broker, [f"{installation.settings.group}-website"])
    with connect(installation.settings.warehouse.get_secret_value()) as warehouse:
        stitch(warehouse, load_mapping(), time.time_ns() // 1_000_000)
        _events(warehouse, expected)
        _views(warehouse, expected)
        accounts = {
            account.place: account
            for account in ledger(warehouse)
            if account.topic == installation.topics.raw("website")
        }
        faults = [
            finding.text
            for account in accounts.values()
            for finding in findings(account, Told(committed=done.get(account.place)))
            if finding.is_fault
        ]
    assert not faults
    assert {place: (one.first, one.last + 1) for place, one in accounts.items()} == {
        tuple(place): (0, end) for place, end in expected.ends.items()
    }
    assert not any(account.gaps or account.beyond for account in accounts.values())
    read = sum(account.records for account in accounts.values())
    twice = sum(account.read_twice for account in accounts.values())
    assert read - twice == sum(expected.ends.values()) == expected.sent
    return twice


def _events(warehouse: Warehouse, expected: Expected) -> None:
    rows = warehouse.query("SELECT event_id, touchpoint, drop_reason FROM events").rows
    ids = Counter(event_id for event_id, _, _ in rows)
    assert not [event_id for event_id, count in ids.items() if count > 1], "counted twice"
    wanted = expected.touchpoints.keys() | expected.drops
    assert not wanted - ids.keys(), "lost"
    assert not ids.keys() - wanted, "never sent"
    stored = {event_id: touchpoint for event_id, touchpoint, why in rows if not why}
    assert stored == expected.touchpoints
    assert {event_id for event_id, _, why in rows if why} == expected.drops
    letters = Counter(
        bytes.fromhex(value)
        for (value,) in warehouse.query("SELECT hex(value) FROM dead_letters").rows
    )
    assert letters == Counter(expected.dead_letters)


def _views(warehouse: Warehouse, expected: Expected) -> None:
    known = Counter(name for name in expected.touchpoints.values() if name)
    steps = warehouse.query("SELECT touchpoint, count() FROM steps GROUP BY touchpoint").rows
    assert dict(steps) == known
    ((revenue, customers),) = warehouse.query(
        "SELECT sum(value), uniqExact(customer_id) FROM touchpoints"
    ).rows
    assert (revenue or 0) == expected.revenue
    assert customers <= len(expected.customers)
