"""Ours up to a stage, by the library's functions: `python -m benchmarks.ingest.ours STAGE`.

The whole is the worker itself and is not here. It decodes the next batch while one is inserted;
here they come one after the other.
"""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from itertools import chain

from benchmarks.ingest.batches import Polled, each_batch
from benchmarks.ingest.process import opened, settings, tuned, until_signalled
from cjm_tracker.errors import InvalidRecord
from cjm_tracker.mapping import load_mapping
from cjm_tracker.pipeline import Pipeline
from cjm_tracker.sources import formats
from cjm_tracker.warehouse import insert_facts, prepare
from cjm_tracker.warehouse.facts import Run
from streams.parcel import Taken


def main(stage: str) -> None:
    """Run until a signal."""
    given = settings()
    mapping = load_mapping()
    segment, options = formats()["segment"], mapping.options("segment")
    pipeline = Pipeline(mapping, b"k" * 32)
    with opened(given) as warehouse:

        def work(polled: Polled) -> None:
            if stage == "consume":
                return
            found = [Taken.of(*messages).records() for messages in polled.items()]
            if stage == "decode":
                for one in chain.from_iterable(found):
                    with suppress(InvalidRecord):
                        segment.parse(one, options)
                return
            runs = [Run(pipeline.process(records, segment), records) for records in found]
            if stage == "insert":
                now = time.time_ns() // 1_000_000
                insert_facts(warehouse, prepare(runs, pipeline.version, now))

        tuned()
        until_signalled(each_batch(given, work))


if __name__ == "__main__":
    main(sys.argv[1])
