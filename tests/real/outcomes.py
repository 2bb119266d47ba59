"""What becomes of the records of a published file, as the pipeline counts them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cache

from cjm_tracker.events import Record
from cjm_tracker.mapping import load_mapping
from cjm_tracker.pipeline import Pipeline
from cjm_tracker.sources import format_named

from ..shared import shared

FORMATS = "formats"
RECEIVED_AT = 1_900_000_000_000  # 2030: after the newest of the files


@dataclass(frozen=True)
class Outcome:
    """Records, those with a touchpoint or an unmapped event, and the others by reason."""

    records: int
    stored: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    dead_letters: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = (self.stored, *self.dropped.values(), *self.dead_letters.values())
        assert self.records == sum(parts)


@cache
def pipeline() -> Pipeline:
    return Pipeline(load_mapping(), b"key")


def file_names(folder: str) -> set[str]:
    """What lies in a folder, without the notes on where it comes from."""
    found = {path.name for path in shared(f"{FORMATS}/{folder}").iterdir()}
    return found - {"SOURCE.txt", "LICENSE"}


def outcome(format_name: str, relative: str) -> Outcome:
    """Of all records of a file; each is one of stored, dropped or dead."""
    format_ = format_named(format_name)
    dropped: Counter[str] = Counter()
    dead: Counter[str] = Counter()
    records = stored = 0
    with shared(f"{FORMATS}/{relative}").open("rb") as stream:
        for value in format_.frames(stream):
            batch = pipeline().process([Record("t", 0, records, RECEIVED_AT, value)], format_)
            records += 1
            stored += batch.stored
            dead.update(letter.reason for letter in batch.dead_letters)
            if batch.dropped:
                dropped[batch.facts[0].touchpoint.drop_reason] += 1
    return Outcome(records, stored, dict(dropped), dict(dead))
