"""Writing what was read a second time: the same facts, in the ledger apart."""

from __future__ import annotations

from collections.abc import Sequence

from cjm_tracker.events import Record
from cjm_tracker.pipeline import Batch
from cjm_tracker.warehouse.client import Warehouse
from cjm_tracker.warehouse.dead_letters import replay_columns
from cjm_tracker.warehouse.facts import Run, insert_facts, insert_ledger, prepare
from cjm_tracker.warehouse.ledger import REPLAY
from cjm_tracker.warehouse.queries import run_query


def store_again(
    warehouse: Warehouse,
    batch: Batch,
    records: Sequence[Record],
    version: str,
    now: int,
    replay: str,
) -> int:
    """Write a batch that was read again; returns how many dead letters it is the end of.

    Facts keep their true address. The ledger's row stands under `replay:TOPIC`, so that it is no
    row of the workers'. `replay` tells this replay from every other one.
    """
    apart = [record._replace(topic=f"{REPLAY}{record.topic}") for record in records]
    # What was written by this mapping, then by another, is to be written and stitched by this one
    # again, not taken for known.
    prepared = prepare([Run(batch, apart)], version, now, mark=replay)
    insert_facts(warehouse, prepared)
    understood = _understood(warehouse, records, now, replay)
    insert_ledger(warehouse, prepared)
    return understood


def _understood(warehouse: Warehouse, records: Sequence[Record], now: int, replay: str) -> int:
    """Note the dead letters of this range that are none any more."""
    first, last = records[0], records[-1]
    rows = run_query(
        warehouse, "dlq_understood", topic=first.topic, partition=first.partition,
        first=first.offset, last=last.offset, now=now,
    ).rows  # fmt: skip
    keys = [(source, format_, fingerprint) for source, format_, fingerprint, _ in rows]
    places = [(first.topic, first.partition, offset) for *_, offset in rows]
    columns = replay_columns(keys, places, replay, "replay", True, now)
    warehouse.insert("replay_log", columns)
    return len(rows)
