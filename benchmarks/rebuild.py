"""A full rebuild of journeys against DuckDB and polars doing the same on the same rows.

All three read the touchpoints from their own storage, take each event once, put a customer's in
order, cut them at 14 idle days and after a purchase, build the arrays of path and times, and write
one row a journey. Ours also resolves who is who, and keeps nine more columns of each step.
"""

from __future__ import annotations

import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks import history
from benchmarks.measuring import Measured, alone, clocked, middle, show
from cjm_tracker.warehouse import connect, stitch

NOW = 1_800_000_000_000
GAP_MS = history.GAP_DAYS * 86_400_000

DERIVED = ("journey_log", "identity_log", "contested_log", "stitch_scope", "stitch_touched")

EXPORT = """
SELECT identifier, toUnixTimestamp64Milli(occurred_at) AS ms,
    toUInt8(indexOf({sources:Array(String)}, source)) AS rank, event_id,
    toString(touchpoint) AS touchpoint
FROM event_log
"""

DUCKDB = """
CREATE OR REPLACE TABLE journeys AS
WITH
    once AS (SELECT DISTINCT ON (identifier, event_id) * FROM touchpoints),
    marked AS
    (
        SELECT *, CASE WHEN ms - lag(ms) OVER own > {gap} OR lag(touchpoint) OVER own = '{goal}'
            THEN 1 ELSE 0 END AS begins
        FROM once
        WINDOW own AS (PARTITION BY identifier ORDER BY ms, rank, event_id)
    ),
    numbered AS
    (
        SELECT *, sum(begins) OVER (PARTITION BY identifier ORDER BY ms, rank, event_id) AS journey
        FROM marked
    )
SELECT identifier, journey, list(touchpoint ORDER BY ms, rank, event_id) AS path,
    list(ms ORDER BY ms, rank, event_id) AS times,
    list(event_id ORDER BY ms, rank, event_id) AS events,
    bool_or(touchpoint = '{goal}') AS converted
FROM numbered
GROUP BY identifier, journey
"""


def rebuild(
    touchpoints: Annotated[int, typer.Option(help="How many.")] = 10_000_000,
    customers: Annotated[int, typer.Option(help="Of how many customers.")] = 500_000,
    runs: Annotated[int, typer.Option(help="The median of so many is shown.")] = 3,
) -> None:
    """All journeys anew: ours, DuckDB, polars; those two where they are installed."""
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        alone(_prepare, home, touchpoints, customers)
        works = {"cjm-tracker": ours}
        works |= {name: work for name, work in PEERS.items() if find_spec(name.lower())}
        found = {
            name: middle([alone(work, home) for _ in range(runs)]) for name, work in works.items()
        }
    mine = found["cjm-tracker"]
    answers = {name: measured.answer for name, measured in found.items()}
    if len(set(answers.values())) != 1:
        raise SystemExit(f"they do not agree on journeys, steps, conversions: {answers}")
    show(
        f"Rebuild of {touchpoints:,} touchpoints of {customers:,} customers, skewed",
        ["", "seconds", "times ours", "CPU seconds", "peak MB"],
        [_row(name, measured, mine) for name, measured in found.items()],
        "journeys, steps, conversions, the same for all: "
        + ", ".join(f"{number:,}" for number in mine.answer),
    )


def _row(name: str, measured: Measured, mine: Measured) -> list[str]:
    return [
        name,
        f"{measured.seconds:.1f}",
        f"{measured.seconds / mine.seconds:.2f}",
        f"{measured.cpu_seconds:.1f}",
        f"{measured.peak_mb:,.0f}",
    ]


def _prepare(home: Path, touchpoints: int, customers: int) -> None:
    history.make(home / "warehouse", touchpoints, customers, skewed=True)
    with connect(f"chdb:///{home / 'warehouse'}") as warehouse:
        warehouse.command(
            f"{EXPORT} INTO OUTFILE '{home / 'touchpoints.parquet'}' FORMAT Parquet",
            {"sources": list(history.SOURCES)},
        )


def ours(home: Path) -> Measured:
    """The stitch that `cjm rebuild` runs."""
    with connect(f"chdb:///{home / 'warehouse'}") as warehouse:
        for table in DERIVED:
            warehouse.command(f"TRUNCATE TABLE {table}")
        measured = clocked(lambda: stitch(warehouse, history.MAPPING, NOW, full=True))
        answer = warehouse.query(
            "SELECT countIf(nth > 0), sum(length(path)), sum(is_converted) FROM journey_log FINAL"
        ).rows[0]
    return measured._replace(answer=tuple(int(number) for number in answer))


def duckdb(home: Path) -> Measured:
    import duckdb

    store = home / "journeys.duckdb"
    store.unlink(missing_ok=True)
    connection = duckdb.connect(str(store))
    connection.execute("SET enable_progress_bar = false")
    connection.execute(
        f"CREATE TABLE touchpoints AS SELECT * FROM '{home / 'touchpoints.parquet'}'"
    )
    connection.execute("CHECKPOINT")
    statement = DUCKDB.format(gap=GAP_MS, goal=history.GOAL)

    def build() -> None:
        connection.execute(statement)
        connection.execute("CHECKPOINT")

    measured = clocked(build)
    answer = connection.execute(
        "SELECT count(*), sum(len(path)), sum(converted::INT) FROM journeys"
    ).fetchone()
    connection.close()
    return measured._replace(answer=tuple(int(number) for number in answer or ()))


def polars(home: Path) -> Measured:
    import polars as pl

    target = home / "journeys.parquet"

    def build() -> Any:
        own = pl.col("identifier")
        ends = pl.col("touchpoint") == history.GOAL
        journeys = (
            pl.read_parquet(home / "touchpoints.parquet")
            .unique(["identifier", "event_id"], keep="any")
            .sort("identifier", "ms", "rank", "event_id")
            .with_columns(
                begins=(
                    (pl.col("ms").diff().over(own) > GAP_MS) | ends.shift(1).over(own)
                ).fill_null(value=False)
            )
            .with_columns(journey=pl.col("begins").cast(pl.Int32).cum_sum().over(own))
            .group_by("identifier", "journey", maintain_order=True)
            .agg(
                path=pl.col("touchpoint"),
                times=pl.col("ms"),
                events=pl.col("event_id"),
                converted=ends.any(),
            )
        )
        journeys.write_parquet(target)
        return journeys

    measured = clocked(build)
    frame = measured.answer
    answer = (frame.height, int(frame["path"].list.len().sum()), int(frame["converted"].sum()))
    return measured._replace(answer=answer)


PEERS = {"DuckDB": duckdb, "polars": polars}
