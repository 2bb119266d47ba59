"""Loading without a broker: the very pipeline of the workers, fed from files. For backfills."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from cjm_tracker.events import ORDINAL_HEADER, Record
from cjm_tracker.inputs import LogFile
from cjm_tracker.keys import identity_key
from cjm_tracker.mapping import Mapping
from cjm_tracker.pipeline import Pipeline, Tally
from cjm_tracker.settings import Settings
from cjm_tracker.sources import Format
from cjm_tracker.warehouse import Warehouse, register_mapping, store


def load_directly(
    settings: Settings,
    mapping: Mapping,
    warehouse: Warehouse,
    format_: Format,
    logs: Sequence[LogFile],
    clock: Callable[[], int],
    progress: Callable[[int], None] = lambda count: None,
) -> Tally:
    """Store the files' records. `clock` gives ms since 1970.

    A record's address is the file's name with a digest of its content, and its number: the same
    file again has the same addresses, another file of the same name has not.
    """
    pipeline = Pipeline(mapping, identity_key(settings.given_key, warehouse.address.directory))
    register_mapping(warehouse, mapping, pipeline.version, clock())
    loaded = Tally()
    for log in logs:
        for records in _batches(_records(log, format_, clock()), settings.batch_records):
            batch = pipeline.process(records, format_)
            store(warehouse, batch, records, pipeline.version, clock())
            loaded.add(batch)
            progress(batch.records)
    return loaded


def _records(log: LogFile, format_: Format, received_at: int) -> Iterator[Record]:
    topic = f"file:{log.name}@{log.digest}.{format_.source}"
    for number, (frame, ordinal) in enumerate(log.frames(format_)):
        headers = {ORDINAL_HEADER: str(ordinal).encode()} if ordinal else {}
        yield Record(topic, 0, number, received_at, frame, headers)


def _batches(records: Iterable[Record], size: int) -> Iterator[list[Record]]:
    iterator = iter(records)
    while batch := list(islice(iterator, size)):
        yield batch
