"""Small worlds with everything logs do to a tracker, stitched in two ways and by the oracle.

`CJM_TEST_WORLDS=2000 pytest tests/warehouse/test_stitch_worlds.py` tries that many.
"""

from __future__ import annotations

import os
from contextlib import suppress
from decimal import Decimal
from itertools import zip_longest

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cjm_tracker.warehouse import Warehouse, stitch

from ..conftest import forget_everything
from .deeds import MAPPING, MINUTE, START, Cut, Deed, Journal, Mortal, apart
from .reading import Picture, expected

WORLDS = int(os.environ.get("CJM_TEST_WORLDS", "100"))
TOGETHER = 5  # worlds in one warehouse, more or less: a stitch costs as much for one as for five

# Few identifiers, so that they meet: shared devices, households, aliases.
strong = st.sampled_from(["customer_number:C1", "user_id:u1", "user_id:u2", "user_id:u3"])
weak = st.sampled_from(["email:m1", "phone:p1", "cookie:c1", "cookie:c2", "cookie:c3", "cookie:c4"])
RANKS = ["customer_number", "user_id", "email", "phone", "cookie"]


def ranked(found: set[str]) -> tuple[str, ...]:
    return tuple(sorted(found, key=lambda one: (RANKS.index(one.split(":")[0]), one)))


who = st.builds(
    lambda logins, traces: ranked({*logins, *traces}),
    st.lists(strong, max_size=1) | st.lists(strong, max_size=2),
    st.lists(weak, max_size=2),
)
# Times that meet, and gaps of exactly a channel's patience.
minutes = st.sampled_from([0, 0, 5, 10, 29, 30, 31, 60, 119, 120, 121, 150, 151, 300, 5000])
deeds = st.builds(
    Deed,
    id=st.sampled_from("abcdefghijkl"),
    at=st.builds(lambda m, ms: START + m * MINUTE + ms, minutes, st.sampled_from([0, 0, 0, 1])),
    who=who,
    touchpoint=st.sampled_from(["seen", "seen", "compared", "bought", "helped", ""]),
    source=st.sampled_from(["website", "website", "call_centre", "store", "survey"]),
    drop_reason=st.sampled_from(["", "", "", "", "identity_only"]),
    revision=st.sampled_from([0, 0, 0, 1, 2]),
    duration_s=st.sampled_from([None, None, 0.0, 60.0, 7200.0, -5.0]),
    wait_s=st.sampled_from([None, 12.5]),
    value=st.sampled_from([None, Decimal("9.9900"), Decimal("-1.5000")]),
    emotion=st.sampled_from([None, None, -1.0, 0.5]),
)


@st.composite
def worlds(draw: st.DrawFn) -> list[list[Deed]]:
    """Batches in the order they arrive: events, other states of them, and the same once more."""
    told = draw(st.lists(deeds, min_size=1, max_size=12))
    told += draw(st.lists(st.sampled_from(told), max_size=3))  # delivered twice
    told = draw(st.permutations(told))
    cuts = sorted(draw(st.sets(st.integers(1, len(told)), max_size=4)) | {len(told)})
    return [told[begin:end] for begin, end in zip([0, *cuts], cuts, strict=False)]


# Where the stitch after a batch is cut off; mostly nowhere. Now and then it is a rebuild.
deaths = st.sampled_from(["", "", "", "stitch_scope", "path_log", "identity_log", "stitched_log"])
stitches = st.tuples(deaths, st.sampled_from([False, False, False, True]))


@given(
    several=st.lists(worlds(), min_size=TOGETHER - 2, max_size=TOGETHER + 2),
    stitches=st.lists(stitches, min_size=5, max_size=5),
)
@settings(
    max_examples=max(1, WORLDS // TOGETHER),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_however_it_arrives_the_journeys_are_the_oracles(
    warehouse: Warehouse, several: list[list[list[Deed]]], stitches: list[tuple[str, bool]]
) -> None:
    forget_everything(warehouse)
    journal = Journal(warehouse)
    told: list[Deed] = []
    arriving = zip_longest(*several, fillvalue=[])
    for batches, (table, full) in zip(arriving, stitches, strict=False):
        deeds = [apart(world, deed) for world, batch in enumerate(batches) for deed in batch]
        journal.keep(*deeds)
        with suppress(Cut):
            stitch(Mortal(warehouse, table), MAPPING, journal.now, full=full)
        told += deeds
    stitch(warehouse, MAPPING, journal.now)  # where the last one was cut off
    check(warehouse, told)
    stitch(warehouse, MAPPING, journal.now, full=True)
    check(warehouse, told)


def check(warehouse: Warehouse, told: list[Deed]) -> None:
    picture = Picture(warehouse)
    for definition in ("short", "whole_life"):
        assert picture.stitched(definition) == expected(told, definition)
    assert picture.broken_invariants() == []
