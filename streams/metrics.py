"""What a worker counts, in Prometheus' words. No label holds anything a customer wrote."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from prometheus_client import REGISTRY, Counter, Gauge, Histogram, generate_latest

from cjm_tracker.events import Source
from streams.parcel import Parcel

_RECORDS = Counter(
    "cjm_records", "Records whose batch is committed, by what became of them", ["source", "outcome"]
)
_DEAD_LETTERS = Counter("cjm_dead_letters", "Dead letters, by reason", ["source", "reason"])
_BATCHES = Counter("cjm_batches", "Batches committed", ["source"])
_SECONDS = Histogram(
    "cjm_stage_seconds", "Time a batch spends in each stage", ["source", "stage"],
    buckets=(0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 120),
)  # fmt: skip
_RETRIES = Counter("cjm_warehouse_retries", "Tries that found the warehouse away", ["doing"])
_SKIPPED = Counter(
    "cjm_offsets_skipped", "Offsets the broker no longer had when they were to be read", ["source"]
)
LAG = Gauge("cjm_lag_records", "Records not yet committed", ["source", "partition"])
COMMITTED = Gauge(
    "cjm_last_commit_timestamp_seconds", "When the source's last batch was committed", ["source"]
)
STITCHED = Gauge("cjm_last_stitch_timestamp_seconds", "When journeys were last brought up to date")
STITCH_SECONDS = Histogram(
    "cjm_stitch_seconds", "Time a stitch takes", buckets=(0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 120)
)


def seconds(source: Source, stage: str) -> AbstractContextManager[Any]:
    """Times one stage of one batch."""
    return _SECONDS.labels(source, stage).time()


def delivered(source: Source, parcel: Parcel) -> None:
    """A parcel was committed."""
    _BATCHES.labels(source).inc(len(parcel.taken))
    _RECORDS.labels(source, "stored").inc(parcel.stored)
    _RECORDS.labels(source, "dropped").inc(parcel.dropped)
    _RECORDS.labels(source, "dead_letter").inc(len(parcel.dead_letters))
    for letter in parcel.dead_letters:
        _DEAD_LETTERS.labels(source, letter.reason).inc()
    COMMITTED.labels(source).set_to_current_time()


def waited(doing: str) -> None:
    """The warehouse was away once more."""
    _RETRIES.labels(doing).inc()


def skipped(source: Source, offsets: int) -> None:
    """The broker has lost what was not read yet."""
    _SKIPPED.labels(source).inc(offsets)


def exposition() -> bytes:
    """Everything, in Prometheus' text format."""
    return generate_latest(REGISTRY)
