"""History once more: records read a second time, with the mapping in force."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from cjm_tracker.events import Record, Source
from cjm_tracker.keys import identity_key
from cjm_tracker.mapping import Mapping
from cjm_tracker.pipeline import Pipeline, Tally
from cjm_tracker.settings import Settings
from cjm_tracker.sources import formats
from cjm_tracker.sources.defaults import DEFAULT_FORMATS
from cjm_tracker.warehouse import Warehouse, register_mapping
from cjm_tracker.warehouse.replay import store_again


@dataclass(slots=True)
class Replayed(Tally):
    """What a replay came to, in records."""

    understood: int = 0  # records that were dead letters until now
    ranges: dict[int, list[int]] = field(default_factory=dict)  # first, last offset by partition


def replay(
    settings: Settings,
    mapping: Mapping,
    warehouse: Warehouse,
    source: Source,
    batches: Iterable[Sequence[Record]],
    clock: Callable[[], int],
    *,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda count: None,
) -> Replayed:
    """Process and store batches of one source's records, each of one partition, in offset order.

    They were stored before, and take their own place again: a second time changes no figure.
    `clock` gives ms since 1970. With `dry_run` nothing is written.
    """
    pipeline = Pipeline(mapping, identity_key(settings.given_key, warehouse.address.directory))
    run = f"replay:{clock()}"
    if not dry_run:
        register_mapping(warehouse, mapping, pipeline.version, clock())
    default = formats()[DEFAULT_FORMATS[source]]
    done = Replayed()
    for records in batches:
        batch = pipeline.process(records, default)
        if not dry_run:
            now = clock()
            done.understood += store_again(warehouse, batch, records, pipeline.version, now, run)
        first, last = records[0], records[-1]
        done.ranges.setdefault(first.partition, [first.offset, 0])[1] = last.offset
        done.add(batch)
        progress(batch.records)
    return done
