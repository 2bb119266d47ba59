"""Small worlds with everything logs and people do to a tracker, stitched in two ways and by the
oracle. `pytest tests/warehouse/test_stitch_worlds.py --worlds 10000` tries that many.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cjm_tracker.errors import ConfigError
from cjm_tracker.identity import IdentityConfig, identifier_number
from cjm_tracker.warehouse import Warehouse, stitch
from cjm_tracker.warehouse.decisions import decide, undo

from ..conftest import forget_everything
from .deeds import MAPPING, MINUTE, START, Cut, Deed, Journal, Mortal, apart
from .reading import Decided, Picture, expected

pytestmark = pytest.mark.slow

TOGETHER = 50  # worlds in one warehouse: a stitch costs about as much for one as for many

# Low limits, so that few identifiers cross them all.
WORLD = MAPPING.model_copy(
    update={
        "identity": IdentityConfig.model_validate(
            {
                "kinds": {
                    "customer_number": {"limit": 2},
                    "user_id": {"limit": 1},
                    "phone": {"limit": 2},
                },
                "declared": [
                    {"kind": "cookie", "as": "kiosk", "prefix": "kiosk"},
                    {"kind": "cookie", "as": "household", "prefix": "tablet"},
                ],
                "public_from": 3,
                "max_anonymous": 2,
                "max_hops": 2,
            }
        )
    }
)

# Few identifiers, so that they meet: shared devices, households, aliases.
STRONG = ["customer_number:C1", "user_id:u1", "user_id:u2", "user_id:u3"]
WEAK = ["email:m1", "phone:p1", "cookie:c1", "cookie:c2", "cookie:c3", "cookie:c4"]
WEAK += ["cookie:kiosk", "cookie:tablet"]
RANKS = ["customer_number", "user_id", "email", "phone", "cookie"]


def ranked(found: set[str]) -> tuple[str, ...]:
    return tuple(sorted(found, key=lambda one: (RANKS.index(one.split(":")[0]), one)))


who = st.builds(
    lambda logins, traces: ranked({*logins, *traces}),
    st.lists(st.sampled_from(STRONG), max_size=2),
    st.lists(st.sampled_from(WEAK), max_size=2),
)
# Times that meet, and gaps of exactly a channel's patience.
minutes = st.sampled_from([0, 0, 5, 10, 29, 30, 31, 60, 119, 120, 121, 150, 151, 300, 5000])
# What a contact was like is drawn at once: a world is many draws as it is.
manners = st.sampled_from(
    [
        {},
        {},
        {"source": "call_centre", "duration_s": 60.0, "wait_s": 12.5},
        {"source": "call_centre", "duration_s": 7200.0, "emotion": -1.0},
        {"source": "store", "value": Decimal("9.9900"), "duration_s": 0.0},
        {"source": "store", "value": Decimal("-1.5000"), "drop_reason": "identity_only"},
        {"source": "survey", "emotion": 0.5, "duration_s": -5.0},
        {"drop_reason": "identity_only"},
    ]
)
deeds = st.builds(
    lambda id, minute, ms, who, touchpoint, revision, manner: Deed(
        id, START + minute * MINUTE + ms, who, touchpoint, revision=revision, **manner
    ),
    st.sampled_from("abcdefghijkl"),
    minutes,
    st.sampled_from([0, 0, 0, 1]),
    who,
    st.sampled_from(["seen", "seen", "compared", "bought", "helped", ""]),
    st.sampled_from([0, 0, 0, 1, 2]),
    manners,
)


@dataclass(frozen=True)
class Verdict:
    """What somebody decides about identifiers, where those have been seen."""

    action: str  # include, exclude, unmerge; undo takes back the latest that stands
    one: str = ""
    other: str = ""


identifiers = st.sampled_from(STRONG + WEAK)
verdicts = st.one_of(
    st.builds(
        Verdict, st.sampled_from(["include", "exclude", "exclude"]), identifiers, identifiers
    ),
    st.builds(Verdict, st.just("unmerge"), identifiers),
    st.just(Verdict("undo")),
)
Batch = list[Deed | Verdict]


@st.composite
def worlds(draw: st.DrawFn) -> list[Batch]:
    """Batches in the order they arrive: events, other states of them, and the same once more; and
    what was decided meanwhile."""
    told: Batch = list(draw(st.lists(deeds, min_size=1, max_size=10)))
    told += draw(st.lists(st.sampled_from(told), max_size=2))  # delivered twice
    told = draw(st.permutations(told + draw(st.lists(verdicts, max_size=3))))
    cuts = sorted(draw(st.sets(st.integers(1, len(told)), max_size=3)) | {len(told)})
    return [told[begin:end] for begin, end in zip([0, *cuts], cuts, strict=False)]


# Where the stitch after a batch is cut off; mostly nowhere. Now and then it is a rebuild.
deaths = st.sampled_from(
    ["", "", "", "stitch_scope", "journey_log", "identity_log", "stitched_log"]
)
stitches = st.tuples(deaths, st.sampled_from([False, False, False, True]))


class People:
    """Decides in all worlds, and remembers for the oracle what stands."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._standing: dict[int, tuple[int, Verdict]] = {}  # by number, with its world

    def say(self, world: int, verdict: Verdict, now: int) -> None:
        if verdict.action == "undo":
            mine = [number for number, (where, _) in self._standing.items() if where == world]
            if mine:
                undo(self._warehouse, mine[-1], "test", "test", now)
                del self._standing[mine[-1]]
            return
        verdict = Verdict(verdict.action, *(f"{one}.{world}" for one in _named(verdict)))
        numbers = [_number(one) for one in _named(verdict)]
        with suppress(ConfigError):  # says so already, or the opposite
            made = decide(
                self._warehouse,
                verdict.action,
                numbers[0],
                (*numbers[1:], 0)[0],
                "test",
                "test",
                now,
            )
            self._standing[made.number] = (world, verdict)

    @property
    def decided(self) -> Decided:
        found: dict[str, list[tuple[int, ...]]] = {"include": [], "exclude": [], "unmerge": []}
        for _, verdict in self._standing.values():
            found[verdict.action].append(tuple(_number(one) for one in _named(verdict)))
        return Decided(
            tuple(found["include"]), tuple(found["exclude"]), tuple(n for (n,) in found["unmerge"])
        )


def _named(verdict: Verdict) -> list[str]:
    return [one for one in (verdict.one, verdict.other) if one]


def _number(identifier: str) -> int:
    return identifier_number(*identifier.split(":", 1))


def test_however_it_arrives_the_journeys_are_the_oracles(
    warehouse: Warehouse, pytestconfig: pytest.Config
) -> None:
    count = pytestconfig.getoption("--worlds")

    @given(
        several=st.lists(worlds(), min_size=TOGETHER, max_size=TOGETHER),
        stitches=st.lists(stitches, min_size=4, max_size=4),
    )
    @settings(
        max_examples=-(-count // TOGETHER),
        deadline=None,
        # Shrinking many worlds takes hours; the seed in the report is enough to go on.
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def try_them(several: list[list[Batch]], stitches: list[tuple[str, bool]]) -> None:
        live(warehouse, several, stitches)

    try_them()


def live(
    warehouse: Warehouse, several: list[list[Batch]], stitches: list[tuple[str, bool]]
) -> None:
    """The worlds go by; then what is stored is the oracle's, before and after a rebuild."""
    forget_everything(warehouse)
    journal, people = Journal(warehouse), People(warehouse)
    told: list[Deed] = []
    seen: set[str] = set()
    arriving = zip_longest(*several, fillvalue=[])
    for batches, (table, full) in zip(arriving, stitches, strict=False):
        found = list(told_in(batches))
        if found:
            journal.keep(*found)
        told += found
        seen |= {one for deed in found for one in deed.who}
        for world, batch in enumerate(batches):
            for verdict in batch:
                if isinstance(verdict, Verdict) and all(
                    f"{one}.{world}" in seen for one in _named(verdict)
                ):
                    people.say(world, verdict, journal.now)
        with suppress(Cut):
            stitch(Mortal(warehouse, table), WORLD, journal.now, full=full)
    stitch(warehouse, WORLD, journal.now)  # where the last one was cut off
    check(warehouse, told, people.decided)
    stitch(warehouse, WORLD, journal.now, full=True)
    check(warehouse, told, people.decided)


def told_in(batches: tuple[Batch, ...]) -> Iterator[Deed]:
    for world, batch in enumerate(batches):
        yield from (apart(world, deed) for deed in batch if isinstance(deed, Deed))


def check(warehouse: Warehouse, told: list[Deed], decided: Decided) -> None:
    picture = Picture(warehouse, WORLD)
    for definition in WORLD.journeys:
        assert picture.stitched(definition.name) == expected(told, definition.name, decided, WORLD)
    assert picture.broken_invariants() == []
