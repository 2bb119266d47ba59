"""Attribution of real paths, against figures that other programs made of them."""

from __future__ import annotations

import csv

import pytest

from cjm_tracker.journeys import JourneyDefinition
from cjm_tracker.measures import Scope, measure_named
from cjm_tracker.measures.attribution import Path, credited
from cjm_tracker.warehouse import Warehouse, migrate

from ..shared import shared

# As much of the view `journeys` as the measure asks for: no log stands behind counted paths.
JOURNEYS = """
CREATE TABLE journeys
(
    definition String, customer_id String, journey_no UInt32, started_at DateTime64(3, 'UTC'),
    ended_at DateTime64(3, 'UTC'), is_converted UInt8, converted_at Nullable(DateTime64(3, 'UTC')),
    step_count UInt32, path Array(String), times Array(DateTime64(3, 'UTC')),
    sources Array(String), channels Array(String), stages Array(String), value Decimal(38, 6)
)
ENGINE = MergeTree ORDER BY customer_id
"""
# Each path so many times: its touches second by second, then the goal.
FILL = """
INSERT INTO journeys
SELECT
    'd', concat('c', toString(number)), copy, times[1], times[-1], is_won,
    if(is_won, times[-1], NULL), length(path), path, times, path, path, path,
    if(is_won, toDecimal64(value / greatest(won, 1), 6), 0)
FROM
(
    SELECT
        rowNumberInAllBlocks() AS number, copy, copy <= won AS is_won,
        arrayConcat(splitByString(' > ', path_text), if(is_won, ['goal'], [])) AS path,
        arrayMap(
            no -> fromUnixTimestamp64Milli(toInt64(1700000000000 + 1000 * no), 'UTC'),
            arrayEnumerate(path)) AS times,
        won, value
    FROM
    (
        SELECT
            row.1 AS path_text, toUInt32(row.2) AS won, toFloat64(row.3) AS value,
            toUInt32(row.4) AS lost
        FROM (SELECT arrayJoin({paths:Array(Tuple(String, String, String, String))}) AS row)
    )
    ARRAY JOIN range(1, won + lost + 1) AS copy
)
"""


def test_channelattributions_demo_data(empty_warehouse: Warehouse) -> None:
    """First, last and linear, of 10,000 paths, as the package counts them."""
    folder = shared("data/channelattribution")
    with (folder / "Data.csv").open(encoding="utf-8") as lines:
        rows = list(csv.reader(lines, delimiter=";"))[1:]
    migrate(empty_warehouse)
    empty_warehouse.command("DROP VIEW journeys")
    empty_warehouse.command(JOURNEYS)
    for begin in range(0, len(rows), 500):
        empty_warehouse.command(FILL, {"paths": [tuple(row) for row in rows[begin : begin + 500]]})
    wanted = measure_named("attribution")
    definition = JourneyDefinition(name="d", goals=["goal"], stages=["a", "b"])
    values = wanted.bound({"touches": "all"}, Scope(), definition)
    found = {row["touch"]: row for row in empty_warehouse.query(wanted.query(), values).dicts()}
    with (folder / "reference_heuristic.csv").open(encoding="utf-8") as lines:
        reference = list(csv.DictReader(lines))
    assert len(reference) == len(found) == 12
    assert sum(float(row["first_touch_conversions"]) for row in reference) == 19_785
    for row in reference:
        ours = found[row["channel_name"]]
        for model in ("first", "last", "linear"):
            conversions = float(row[f"{model}_touch_conversions"])
            assert ours[model] == pytest.approx(conversions, abs=1e-5)
            # A path's value is shared by its journeys, in millionths.
            assert ours[f"{model}_value"] == pytest.approx(
                float(row[f"{model}_touch_value"]), abs=0.02
            )


def test_snowplows_fractribution() -> None:
    """What it calls Shapley is one touch left out; its last touch is ours."""
    folder = shared("data/snowplow_fractribution/expected")
    with (folder / "snowplow_fractribution_path_summary_expected.csv").open("r") as lines:
        paths = [
            Path(
                tuple(row["transformed_path"].split(" > ")),
                int(row["conversions"]),
                float(row["revenue"] or 0),
                int(row["non_conversions"]),
            )
            for row in csv.DictReader(lines)
        ]
    found = {row[0]: row for row in credited("leave_one_out", paths)}
    with (folder / "snowplow_fractribution_channel_attribution_expected.csv").open("r") as lines:
        reference = [r for r in csv.DictReader(lines) if r["ATTRIBUTION_TYPE"] == "shapley"]
    assert len(reference) == len(found) == 6
    for row in reference:
        _, _, credit, value, _ = found[row["CHANNEL"]]
        assert credit == pytest.approx(float(row["CONVERSIONS"]))
        assert value == pytest.approx(float(row["REVENUE"]))
    last = {name: sum(p.converted for p in paths if p.touches[-1] == name) for name in found}
    assert {name: count for name, count in last.items() if count} == {
        "Direct": 4,
        "Organic_Search": 1,
        "Video": 1,
    }
