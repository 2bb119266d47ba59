"""A bank's real call log: who calls again, who waits, of which service.

The reference figures were counted apart from us, see the data's SOURCE.txt.
"""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from typing import Any, NamedTuple

import pytest

from cjm_tracker.mapping import Mapping
from cjm_tracker.measures import Scope, measure_named
from cjm_tracker.warehouse import Warehouse

from ..shared import shared
from .loading import NOW, Tracker

pytestmark = pytest.mark.real

LOG = "data/anonymous_bank_calls/february_1999.tsv"
REFERENCE = "data/anonymous_bank_calls/reference_february.json"
MAPPING: dict[str, Any] = {
    "version": "bank",
    "timezone": "Asia/Jerusalem",
    "stages": ["service"],
    # Cut each evening: who calls again does so over several journeys.
    "journeys": [{"name": "day", "inactivity": "12h"}],
    "sources": {
        "call_centre": {"channel": "phone", "rules": [{"touchpoint": "call", "stage": "service"}]}
    },
}
SERVICES = {
    "PS": "regular_activity",
    "PE": "regular_activity_english",
    "IN": "internet_support",
    "NE": "stock_exchange",
    "NW": "prospect_information",
    "TT": "call_back_request",
}

Row = dict[str, Any]


class Loaded(NamedTuple):
    log: list[dict[str, str]]
    warehouse: Warehouse
    tracker: Tracker

    def ask(self, name: str, **given: str) -> list[Row]:
        wanted = measure_named(name)
        definition = Mapping.model_validate(MAPPING).definitions[0]
        return self.warehouse.query(
            wanted.query(), wanted.bound(given, Scope(), definition)
        ).dicts()


@pytest.fixture(scope="module")
def loaded(engine: Warehouse) -> Loaded:
    path = shared(LOG)
    with path.open(newline="") as file:
        log = list(csv.DictReader(file, delimiter="\t"))
    tracker = Tracker(engine, MAPPING)
    lines = path.read_bytes().splitlines()[1:]
    tracker.take("seelab_calls", ((NOW, line) for line in lines))
    tracker.stitch()
    return Loaded(log, engine, tracker)


@pytest.fixture(scope="module")
def reference() -> Row:
    return json.loads(shared(REFERENCE).read_text())


def test_identified_calls_and_repeat_callers_are_the_references(
    loaded: Loaded, reference: Row
) -> None:
    """As the source defines them: phantom calls, the exchange's own, are among them."""
    (found,) = loaded.tracker.rows(
        "SELECT sum(calls), count(), countIf(calls > 1) FROM"
        " (SELECT identifier, count() AS calls FROM events WHERE identifier != 0"
        " GROUP BY identifier)"
    )
    names = ("identified_calls", "customers", "customers_repeat")
    assert found == tuple(reference[name] for name in names) == (13_786, 4_081, 2_130)


def test_repeat_callers_over_all_journeys_are_those_of_the_log(loaded: Loaded) -> None:
    """Of contacts: a phantom call is none."""
    calls = Counter(
        row["customer_id"]
        for row in loaded.log
        if row["customer_id"] != "0" and row["outcome"] != "PHANTOM"
    )
    (row,) = loaded.ask("repeats", by="source", within="60d")
    again = sum(count > 1 for count in calls.values())
    assert again == 2_086  # 44 of the 2,130 called once, and a phantom did
    found = (row["contacts"], row["customers"], row["repeat_customers"])
    assert found == (calls.total(), len(calls), again)
    # Nobody has been followed for sixty days in a log of a month.
    assert (row["followed"], row["rate"]) == (0, None)


def test_a_day_is_followed_but_for_the_last(loaded: Loaded) -> None:
    rows = loaded.ask("repeats", by="service", same="no", within="1d")
    assert {row["name"] for row in rows} <= {*SERVICES.values()}
    for row in rows:
        assert row["repeated"] <= row["followed"] < row["contacts"]
        assert row["rate_low"] < row["rate"] < row["rate_high"]
        assert row["rate"] + row["settled"] == pytest.approx(1)


def test_waits_by_service_are_those_of_the_log(loaded: Loaded, reference: Row) -> None:
    waits: dict[str, list[int]] = defaultdict(list)
    for row in loaded.log:
        if int(row["q_time"]) > 0:
            waits[SERVICES[row["type"]]].append(int(row["q_time"]))
    found = loaded.tracker.rows(
        "SELECT attributes['service'] AS service, count(wait_s), sum(wait_s) FROM events"
        " WHERE wait_s > 0 GROUP BY service"
    )
    assert {service: (count, total) for service, count, total in found} == {
        service: (len(each), sum(each)) for service, each in waits.items()
    }
    count = sum(count for _, count, _ in found)
    assert count == reference["queued"]
    mean = sum(total for *_, total in found) / count
    assert mean == pytest.approx(reference["mean_wait_s"], abs=1e-4)
