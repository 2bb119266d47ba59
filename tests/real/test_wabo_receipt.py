"""A real permit log: each case is one customer's journey, each activity a touchpoint.

The reference figures were made by pm4py, see the data's SOURCE.txt.
"""

from __future__ import annotations

import csv
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

import pytest

from cjm_tracker.warehouse import Warehouse

from ..shared import shared
from .loading import Message, Tracker, ms, segment

pytestmark = pytest.mark.real

LOG = "data/wabo_receipt/receipt.csv"
REFERENCE = "data/wabo_receipt/reference.json"

Row = dict[str, str]


def slug(written: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", written.lower())


def message(row: Row) -> Message:
    """One activity as a website event; the way the application came in is its category."""
    return segment(
        "track",
        messageId=row["concept:instance"],
        timestamp=row["time:timestamp"],
        userId=row["case:concept:name"],
        event=row["concept:name"],
        properties={"category": row["case:channel"]},
    )


def mapping(log: list[Row]) -> dict[str, Any]:
    """A rule for each activity on each channel; no case is ever cut, not by 268 silent days."""
    kinds = sorted({(row["concept:name"], row["case:channel"]) for row in log})
    return {
        "version": "wabo",
        "stages": ["receipt"],
        "journeys": [{"name": "application", "inactivity": "9999d"}],
        "sources": {
            "website": {
                "channel": "unknown",
                "rules": [
                    {
                        "when": {"event": activity, "category": channel},
                        "touchpoint": slug(activity),
                        "stage": "receipt",
                        "channel": slug(channel),
                    }
                    for activity, channel in kinds
                ],
            }
        },
    }


class Loaded(NamedTuple):
    log: list[Row]
    in_order: dict[str, list[str]]  # all views, of the log loaded as it is
    tracker: Tracker  # of the log loaded the hard way


@pytest.fixture(scope="module")
def loaded(engine: Warehouse) -> Iterator[Loaded]:
    with shared(LOG).open(newline="", encoding="utf-8") as file:
        log = list(csv.DictReader(file))
    tracker = Tracker(engine, mapping(log))
    tracker.take("segment", map(message, log))
    tracker.stitch()
    in_order = tracker.picture()
    tracker = Tracker(engine, mapping(log))
    dice = random.Random(2010)
    for size in (2_000, 3_000):  # everything twice, in other batches
        shuffled = dice.sample(log, len(log))
        for start in range(0, len(log), size):
            tracker.store("segment", [message(row) for row in shuffled[start : start + size]])
            tracker.stitch()
    yield Loaded(log, in_order, tracker)


@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    return json.loads(shared(REFERENCE).read_text())


def test_shuffled_in_batches_and_twice_gives_the_same_rows(loaded: Loaded) -> None:
    again = loaded.tracker.picture()
    for view, rows in loaded.in_order.items():
        assert again[view] == rows, view
    assert len(again["steps"]) == len(loaded.log)


def test_cases_events_and_variants_are_the_references(
    loaded: Loaded, reference: dict[str, Any]
) -> None:
    rows = loaded.tracker.rows
    assert rows("SELECT count(), uniqExact(customer_id), uniqExact(path) FROM journeys") == [
        (reference["cases"], reference["cases"], reference["variants"])
    ]
    assert rows("SELECT count(), uniqExact(event_id) FROM steps") == [
        (reference["events"], reference["events"])
    ]
    assert rows("SELECT (SELECT count() FROM unmapped), (SELECT count() FROM dead_letters)") == [
        (0, 0)
    ]


def test_channels_have_the_references_cases_and_mean_lengths(
    loaded: Loaded, reference: dict[str, Any]
) -> None:
    found = loaded.tracker.rows(
        "SELECT channel, count(), avg(step_count) FROM journeys"
        " ARRAY JOIN arrayDistinct(channels) AS channel GROUP BY channel"
    )
    assert {channel: [cases, mean] for channel, cases, mean in found} == {
        slug(channel): figures for channel, figures in reference["by_channel"].items()
    }


def test_each_case_is_its_activities_in_the_order_of_time(loaded: Loaded) -> None:
    found = loaded.tracker.rows(
        "SELECT known.value, taken.path FROM journeys AS taken"
        " INNER JOIN identities AS known ON known.customer_id = taken.customer_id"
    )
    expected = {case: [slug(row["concept:name"]) for row in rows] for case, rows in cases(loaded)}
    assert {case: list(path) for case, path in found} == expected


def test_paths_are_the_variants_with_repeats_written_once(loaded: Loaded) -> None:
    found = loaded.tracker.rows("SELECT path_text, journeys FROM paths")
    compact = Counter(
        " > ".join(name for name, _ in groupby(slug(row["concept:name"]) for row in rows))
        for _, rows in cases(loaded)
    )
    assert dict(found) == compact
    assert len(compact) < 116


def test_top_paths_with_repeats_are_the_116_variants(
    loaded: Loaded, reference: dict[str, Any]
) -> None:
    rows = loaded.tracker.ask("top_paths", repeats="kept", limit="9999")
    assert len(rows) == reference["variants"] == 116
    assert sum(row["journeys"] for row in rows) == reference["cases"] == 1_434
    variants = Counter(
        tuple(slug(row["concept:name"]) for row in rows) for _, rows in cases(loaded)
    )
    assert {tuple(row["path"].split(" > ")): row["journeys"] for row in rows} == variants


def test_the_tree_of_paths_counts_the_cases_that_begin_so(loaded: Loaded) -> None:
    """Or end so; every node with a row of its own, to the twelfth activity."""
    walks = [[slug(row["concept:name"]) for row in rows] for _, rows in cases(loaded)]
    for direction in ("from", "to"):
        told = walks if direction == "from" else [walk[::-1] for walk in walks]
        begun = Counter(
            tuple(walk[:depth]) for walk in told for depth in range(min(len(walk), 12) + 1)
        )
        ended = Counter(tuple(walk) for walk in told if len(walk) <= 12)
        rows = loaded.tracker.ask(
            "path_tree", direction=direction, repeats="kept", depth="12", least="1"
        )
        found = {}
        for row in rows:
            names = row["path"].split(" > ")
            names = names[1:] if direction == "from" else names[-2::-1]
            found[tuple(names)] = (row["journeys"], row["ended"] + row["not_yet"])
        assert found == {node: (count, ended[node]) for node, count in begun.items()}


def test_a_change_of_the_clocks_lengthens_no_case(loaded: Loaded) -> None:
    """Beginning and end of a case stand in the log by the Dutch clocks of their day."""
    found = loaded.tracker.rows(
        "SELECT known.value, toUnixTimestamp64Milli(started_at), toUnixTimestamp64Milli(ended_at),"
        " duration_s FROM journeys AS taken"
        " INNER JOIN identities AS known ON known.customer_id = taken.customer_id"
    )
    spans = {case: (clock(rows[0]), clock(rows[-1])) for case, rows in cases(loaded)}
    assert {case: span for case, *span in found} == {
        case: [ms(first), ms(last), (ms(last) - ms(first)) / 1000]
        for case, (first, last) in spans.items()
    }
    # Proof that the log tests it: with the zones cut off these cases would be an hour off.
    changed = [span for span in spans.values() if span[0].utcoffset() != span[1].utcoffset()]
    assert len(changed) > 50
    for first, last in changed:
        naive = last.replace(tzinfo=None) - first.replace(tzinfo=None)
        assert abs(naive - (last - first)) == timedelta(hours=1)


def cases(loaded: Loaded) -> Iterator[tuple[str, list[Row]]]:
    """Each case with its rows in the order of time."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(loaded.log, key=clock):
        found[row["case:concept:name"]].append(row)
    yield from found.items()


def clock(row: Row) -> datetime:
    return datetime.fromisoformat(row["time:timestamp"])
