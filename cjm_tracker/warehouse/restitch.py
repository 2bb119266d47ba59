"""Journeys as another reading of who is who would have them: a full stitch, done aside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cjm_tracker.mapping import Mapping
from cjm_tracker.warehouse.aside import aside
from cjm_tracker.warehouse.client import Warehouse
from cjm_tracker.warehouse.customers import write_identities
from cjm_tracker.warehouse.stitch import PART, everybody, write_accounts, write_part, write_scope

COPY = "other_"
COPIED = ("contested_log", "stitch_scope", "stitch_accounts", "journey_log", "identity_log")
# What measures read of them.
VIEWS = ("journeys", "steps", "identities", "touchpoints")
RUN = 1  # of the copies; no stitch sees it


@contextmanager
def restitched(
    warehouse: Warehouse,
    mapping: Mapping,
    *,
    key: bytes = b"",
    progress: Callable[[int, int], None] = lambda done, of: None,
    part: int = PART,
) -> Iterator[Warehouse]:
    """The warehouse as `mapping` would stitch it, all stored facts and decisions taken in.

    Queries over journeys, steps, identities and touchpoints read the copies, which are gone
    afterwards; nothing else is written. `key` is that of the hashes, as of a stitch.
    """
    with aside(warehouse, COPY, COPIED, views=VIEWS) as copies:
        resolved, customers = everybody(copies, RUN, mapping, key)
        parts = write_scope(copies, RUN, resolved.after, customers, part)
        for number in range(parts):
            write_part(copies, RUN, mapping, number)
            progress(number + 1, parts)
        write_accounts(copies, RUN, mapping, full=True, size=part)
        write_identities(copies, RUN, resolved)
        yield copies
