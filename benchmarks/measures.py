"""How long a measure takes: all of the history, and a dashboard's question of it.

DuckDB answers three of them on the same steps in a store of its own: transitions, top paths, and
the funnel of stages without its windows, waits and intervals. The counts must agree.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from benchmarks import history
from benchmarks.measuring import Measured, alone, clocked, middle, show
from cjm_tracker.measures import Scope, measure_named
from cjm_tracker.warehouse import connect, stitch

NOW = 1_800_000_000_000
DEFINITION = history.MAPPING.definitions[0]
# The last 30 days of the history, journeys that met one of two channels.
RECENT = Scope(since=datetime(2026, 5, 31, tzinfo=UTC), channels=("website", "store"))

EXPORT = """
SELECT customer_id, journey_no, position, toString(touchpoint) AS touchpoint, stage_no,
    toUnixTimestamp64Milli(occurred_at) AS ms
FROM steps
ORDER BY customer_id, journey_no, position
"""
# What both count, by the column it is in.
COUNTS = {"transitions": "transitions", "top_paths": "journeys", "funnel": "journeys"}
OTHERS = (
    "times",
    "stuck",
    "attribution",
    "progress",
    "emotion",
    "handoffs",
    "repeats",
    "pain_points",
)

DUCKDB = {
    "transitions": """
        SELECT touchpoint, next, count(*), count(DISTINCT (customer_id, journey_no)),
            count(DISTINCT customer_id), quantile_cont(later - ms, 0.5)
        FROM
        (
            SELECT *, lead(touchpoint) OVER own AS next, lead(ms) OVER own AS later
            FROM steps WINDOW own AS (PARTITION BY customer_id, journey_no ORDER BY position)
        )
        WHERE next IS NOT NULL GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 100
    """,
    "top_paths": """
        SELECT path, '', count(*), count(DISTINCT customer_id), quantile_cont(took, 0.5)
        FROM
        (
            SELECT customer_id, journey_no, max(ms) - min(ms) AS took,
                string_agg(touchpoint, ' > ' ORDER BY position) AS path
            FROM
            (
                SELECT *, lag(touchpoint) OVER own AS before
                FROM steps WINDOW own AS (PARTITION BY customer_id, journey_no ORDER BY position)
            )
            WHERE before IS DISTINCT FROM touchpoint GROUP BY 1, 2
        )
        GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT 20
    """,
    "funnel": "",
}
NEXT = """
s{k} AS
(
    SELECT steps.customer_id, steps.journey_no, min(position) AS at
    FROM steps JOIN s{before} USING (customer_id, journey_no)
    WHERE stage_no = {k} AND position > s{before}.at
    GROUP BY 1, 2
)
"""
FIRST = """
s1 AS
(
    SELECT customer_id, journey_no, min(position) AS at
    FROM steps WHERE stage_no = 1
    GROUP BY 1, 2
)
"""
STAGES = range(1, len(history.STAGES) + 1)
DUCKDB["funnel"] = (
    "WITH "
    + ",".join([FIRST, *(NEXT.format(k=k, before=k - 1) for k in STAGES[1:])])
    + " UNION ALL ".join(f"SELECT {k}, '', (SELECT count(*) FROM s{k})" for k in STAGES)
    + " ORDER BY 1"
)


def measures(
    touchpoints: Annotated[int, typer.Option(help="How many.")] = 10_000_000,
    customers: Annotated[int, typer.Option(help="Of how many customers.")] = 500_000,
    runs: Annotated[int, typer.Option(help="The median of so many is shown.")] = 5,
) -> None:
    """Measures over all journeys and over the last 30 days of two channels; DuckDB beside."""
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        alone(_prepare, home, touchpoints, customers)
        ours = alone(_ours, home, runs)
        peer = alone(_duckdb, home, runs) if find_spec("duckdb") else {}
    for name, measured in peer.items():
        if measured.answer != ours[name].whole.answer:
            raise SystemExit(
                f"{name}: DuckDB counts {measured.answer}, we {ours[name].whole.answer}"
            )
    show(
        f"Measures of {touchpoints:,} touchpoints of {customers:,} customers; median of {runs}",
        ["", "30 days, s", "all, s", "CPU s", "DuckDB, all, s", "it / ours"],
        [_row(name, taken, peer.get(name)) for name, taken in ours.items()],
        "30 days: journeys begun in the last month of six that met one of two channels.",
    )


class Taken(NamedTuple):
    recent: Measured
    whole: Measured


def _row(name: str, taken: Taken, peer: Measured | None) -> list[str]:
    beside = (
        [f"{peer.seconds:.2f}", f"{peer.seconds / taken.whole.seconds:.2f}"] if peer else ["", ""]
    )
    return [
        name,
        f"{taken.recent.seconds:.2f}",
        f"{taken.whole.seconds:.2f}",
        f"{taken.whole.cpu_seconds:.2f}",
        *beside,
    ]


def _prepare(home: Path, touchpoints: int, customers: int) -> None:
    history.make(home / "warehouse", touchpoints, customers, skewed=True)
    with connect(f"chdb:///{home / 'warehouse'}") as warehouse:
        stitch(warehouse, history.MAPPING, NOW, full=True)
        history.settle(warehouse, "journey_log")
        warehouse.command(f"{EXPORT} INTO OUTFILE '{home / 'steps.parquet'}' FORMAT Parquet")


def _ours(home: Path, runs: int) -> dict[str, Taken]:
    with connect(f"chdb:///{home / 'warehouse'}") as warehouse:

        def taken(name: str, scope: Scope) -> Measured:
            wanted = measure_named(name)
            values = wanted.bound({}, scope, DEFINITION)
            place = list(wanted.columns).index(COUNTS.get(name, list(wanted.columns)[0]))
            return _median(lambda: warehouse.query(wanted.query(), values).rows, runs, place)

        return {
            name: Taken(taken(name, RECENT), taken(name, Scope())) for name in (*COUNTS, *OTHERS)
        }


def _duckdb(home: Path, runs: int) -> dict[str, Measured]:
    import duckdb

    connection = duckdb.connect(str(home / "steps.duckdb"))
    connection.execute("SET enable_progress_bar = false")
    connection.execute(f"CREATE TABLE steps AS SELECT * FROM '{home / 'steps.parquet'}'")
    connection.execute("CHECKPOINT")

    def rows(statement: str) -> list[Any]:
        return connection.execute(statement).fetchall()

    found = {
        name: _median(lambda statement=statement: rows(statement), runs, 2)  # type: ignore[misc]
        for name, statement in DUCKDB.items()
    }
    connection.close()
    return found


def _median(work: Callable[[], list[Any]], runs: int, place: int) -> Measured:
    """The middle one of the runs, with the counts it came to."""
    measured = middle([clocked(work) for _ in range(runs)])
    return measured._replace(answer=[row[place] for row in measured.answer][:20])
