"""Who is who: all links from nothing, and a few new links on top of many identifiers."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from benchmarks import history
from benchmarks.measuring import Measured, alone, clocked, middle, show
from cjm_tracker.identity import Decisions, Limits, Links, Nodes, resolve
from cjm_tracker.warehouse import connect, migrate, stitch

NOW = 1_800_000_000_000

IDENTIFIERS = """
INSERT INTO identifier_log
SELECT halfMD5(concat(kind, ':', toString(number))) AS identifier, kind, toString(number),
    toDateTime64('2026-01-01 00:00:00', 3, 'UTC') + toIntervalMillisecond(number) AS at, at
FROM numbers({count:UInt64})
ARRAY JOIN ['user_id', 'cookie'] AS kind
"""

LINKS = """
INSERT INTO link_log
SELECT ends.1, ends.2, 'website', 'same_event', at, at, (at, '')
FROM
(
    SELECT halfMD5(concat('user_id:', toString(number))) AS login,
        halfMD5(concat('cookie:', toString(cityHash64(number, {salt:UInt64}) % {of:UInt64})))
            AS cookie,
        toDateTime64('2026-01-01 00:00:00', 3, 'UTC') AS at
    FROM numbers({first:UInt64}, {count:UInt64})
)
ARRAY JOIN [(login, cookie), (cookie, login)] AS ends
"""

BATCH = """
INSERT INTO batch_log (topic, first_offset, last_offset, token, records, stored, touched, stored_at)
SELECT 't', {salt:UInt64}, {salt:UInt64}, concat('batch ', toString({salt:UInt64})), {count:UInt64},
    {count:UInt64}, groupUniqArrayArray(ends), now64(3)
FROM
(
    SELECT [halfMD5(concat('user_id:', toString(number))),
        halfMD5(concat('cookie:', toString(cityHash64(number, {salt:UInt64}) % {of:UInt64})))]
        AS ends
    FROM numbers({first:UInt64}, {count:UInt64})
)
"""


def identity(
    links: Annotated[int, typer.Option(help="Links resolved from nothing.")] = 1_000_000,
    sizes: Annotated[
        str, typer.Option(help="Identifiers a batch comes on top of.")
    ] = "100000,10000000",
    batch: Annotated[int, typer.Option(help="New links in a batch.")] = 1_000,
    runs: Annotated[int, typer.Option(help="The median of so many is shown.")] = 5,
) -> None:
    """Resolve from nothing, and on top of what is known."""
    rules, components = alone(from_nothing, links, runs)
    show(
        f"{links:,} links resolved from nothing, in memory",
        ["", "seconds", "times the limit"],
        [
            ["connected components only (scipy): the limit", f"{components.seconds:.2f}", "1.00"],
            [
                "the rules of identity",
                f"{rules.seconds:.2f}",
                f"{rules.seconds / components.seconds:.2f}",
            ],
        ],
    )
    found: dict[int, Measured] = {}
    for size in (int(written) for written in sizes.split(",")):
        with tempfile.TemporaryDirectory() as directory:
            found[size] = alone(on_top, Path(directory), size, batch, runs)
    least = found[min(found)]
    show(
        f"One stitch of a batch of {batch:,} new links",
        ["identifiers known", "seconds", "times the smallest", "CPU seconds", "peak MB"],
        [
            [
                f"{size:,}",
                f"{measured.seconds:.2f}",
                f"{measured.seconds / least.seconds:.2f}",
                f"{measured.cpu_seconds:.2f}",
                f"{measured.peak_mb:,.0f}",
            ]
            for size, measured in found.items()
        ],
    )


def from_nothing(count: int, runs: int) -> tuple[Measured, Measured]:
    """A login and a cookie for each link; a few cookies are met by very many."""
    draw = np.random.default_rng(7)
    logins = draw.integers(0, count // 2, count)
    cookies = (count * draw.random(count) ** 2).astype(np.int64)
    left = logins.astype(np.uint64) * 2 + 2
    right = cookies.astype(np.uint64) * 2 + 1
    numbers = np.union1d(left, right)
    size = len(numbers)
    nodes = Nodes(
        numbers,
        (numbers % 2).astype(np.int64),
        draw.integers(0, 10**9, size),
        np.zeros(size, np.int64),
        np.zeros(size, np.uint64),
        np.full(size, -1, np.int64),
    )
    found = Links(left, right, draw.integers(0, 10**9, count))
    limits = Limits([True, False], [5, 1])
    places = np.searchsorted(numbers, left), np.searchsorted(numbers, right)

    def components() -> object:
        ones = np.ones(count, np.int8)
        return connected_components(coo_array((ones, places), shape=(size, size)), directed=False)

    return (
        middle(
            [clocked(lambda: resolve(nodes, found, limits, Decisions())) for _ in range(runs)]
        )._replace(answer=None),
        middle([clocked(components) for _ in range(runs)])._replace(answer=None),
    )


def on_top(home: Path, size: int, batch: int, runs: int) -> Measured:
    """Half of the identifiers are logins, half cookies, each login linked to one cookie."""
    half = size // 2
    with connect(f"chdb:///{home / 'warehouse'}") as warehouse:
        migrate(warehouse)
        warehouse.command(IDENTIFIERS, {"count": half})
        warehouse.command(LINKS, {"salt": 1, "of": half, "first": 0, "count": half})
        history.settle(warehouse, "identifier_log", "link_log")
        stitch(warehouse, history.MAPPING, NOW, full=True)
        history.settle(warehouse, "identity_log")
        found = []
        for run in range(runs + 1):
            given = {"salt": 2 + run, "of": half, "first": run * batch, "count": batch}
            warehouse.command(LINKS, given)
            warehouse.command(BATCH, given)
            found.append(clocked(lambda: stitch(warehouse, history.MAPPING, NOW + 1 + run)))  # noqa: B023
    return middle(found[1:])
