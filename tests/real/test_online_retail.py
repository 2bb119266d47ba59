"""A gift shop's real invoices of one winter: who buys again, and who cancels.

Every figure is counted again from the lines of the file, in plain Python. The shop's clocks
stand on Greenwich time all winter.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import NamedTuple

import pytest

from cjm_tracker.sources import format_named
from cjm_tracker.sources.payload import natural_id
from cjm_tracker.warehouse import Warehouse

from ..shared import shared
from .loading import NOW, Tracker, ms, upper_median

pytestmark = [pytest.mark.real, pytest.mark.slow]

LOG = "data/online_retail/online_retail_2010_2011.csv.gz"
UNTIL = "2011-02"  # two months of thirteen
MONTH = timedelta(days=30)
MAPPING = {
    "version": "online_retail",
    "stages": ["purchase", "service"],
    "formats": {"online_retail": {"timezone": "Europe/London"}},
    "journeys": [{"name": "winter", "inactivity": "9999d", "goals": ["invoice"]}],
    "sources": {
        "store": {
            "channel": "wholesale",
            "rules": [
                {
                    "when": {"outcome": "cancelled"},
                    "touchpoint": "cancellation",
                    "stage": "service",
                },
                {"when": {"outcome": "sold"}, "touchpoint": "invoice", "stage": "purchase"},
                {"drop": "bad_debt"},
            ],
        }
    },
}


class Invoice(NamedTuple):
    """The first two put a customer's invoices in order, as the tracker does."""

    at: datetime
    id: str
    touchpoint: str


class Loaded(NamedTuple):
    customers: dict[str, list[Invoice]]
    last: datetime  # when the file's last invoice was written, a customer's or not
    tracker: Tracker


@pytest.fixture(scope="module")
def loaded(engine: Warehouse) -> Iterator[Loaded]:
    with gzip.open(shared(LOG), "rt", newline="", encoding="utf-8") as file:
        head, *lines = takewhile(lambda line: f",{UNTIL}-" not in line, file)
    written: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in csv.DictReader([head, *lines]):
        written[row["InvoiceNo"]].append(row)
    customers: dict[str, list[Invoice]] = defaultdict(list)
    last = datetime(2010, 1, 1, tzinfo=UTC)
    for number, rows in written.items():
        at = min(datetime.fromisoformat(f"{row['InvoiceDate']}+00:00") for row in rows)
        last = max(last, at)
        if customer := rows[0]["CustomerID"]:
            touchpoint = "cancellation" if number.startswith("C") else "invoice"
            id_ = natural_id(["online_retail", number])
            customers[customer].append(Invoice(at, id_, touchpoint))
    tracker = Tracker(engine, MAPPING)
    records = format_named("online_retail").frames(iter(map(str.encode, [head, *lines])))
    tracker.take("online_retail", ((NOW, record) for record in records))
    tracker.stitch()
    yield Loaded({customer: sorted(each) for customer, each in customers.items()}, last, tracker)


def test_invoices_and_cancellations_are_the_files(loaded: Loaded) -> None:
    rows = {row["touchpoint"]: row for row in loaded.tracker.ask("touchpoints")}
    for name in ("invoice", "cancellation"):
        each = [[one for one in theirs if one.touchpoint == name] for theirs in paths(loaded)]
        assert rows[name]["steps"] == sum(map(len, each)) > 400
        assert rows[name]["customers"] == sum(map(bool, each))
        assert rows[name]["share"] == sum(map(bool, each)) / len(loaded.customers)


def test_who_buys_again_within_a_month(loaded: Loaded) -> None:
    """Of invoices whose month is over: the rate by contact; cancellations are none, but count."""
    found = {
        row["name"]: row for row in loaded.tracker.ask("repeats", sources="store", within="30d")
    }
    for name in ("invoice", "cancellation"):
        waits, again, followed, repeated = [], 0, 0, 0
        for theirs in paths(loaded):
            at = [one.at for one in theirs if one.touchpoint == name]
            gaps = [later - one for one, later in zip(at, at[1:], strict=False)]
            within = [gap for gap in gaps if gap <= MONTH]
            waits += [gap.total_seconds() for gap in within]
            again += bool(within)
            known = [moment + MONTH <= loaded.last for moment in at]
            followed += sum(known)
            repeated += sum(
                gap <= MONTH for gap, is_known in zip(gaps, known, strict=False) if is_known
            )
        row = found[name]
        assert (row["repeat_customers"], row["followed"]) == (again, followed)
        assert (row["repeated"], row["rate"]) == (repeated, repeated / followed)
        assert row["median_days"] == upper_median(waits) / 86_400


def test_the_second_invoice_of_a_customer(loaded: Loaded) -> None:
    """The repeat purchase rate by customer, within a month of the first invoice."""
    first, second = loaded.tracker.ask(
        "funnel", of="touchpoint", steps="invoice, invoice", entry="first", window="30d"
    )
    bought = [[one.at for one in theirs if one.touchpoint == "invoice"] for theirs in paths(loaded)]
    bought = [at for at in bought if at]
    soon = [at[1] - at[0] for at in bought if len(at) > 1 and at[1] - at[0] <= MONTH]
    assert (first["journeys"], second["journeys"]) == (len(bought), len(soon))
    assert second["share"] == len(soon) / len(bought)
    assert second["median_s"] == upper_median(gap.total_seconds() for gap in soon)
    waiting = [at for at in bought if len(at) < 2 or at[1] - at[0] > MONTH]
    not_yet = sum(ms(at[0]) + 30 * 86_400_000 >= ms(loaded.last) for at in waiting)
    assert (first["went_on"], first["not_yet"]) == (len(soon), not_yet)


def test_what_follows_the_first_invoice(loaded: Loaded) -> None:
    """Another, a cancellation, or nothing yet: nobody's journey is over in a log of a winter."""
    root, *rows = loaded.tracker.ask(
        "path_tree", root="invoice", repeats="kept", depth="1", least="1"
    )
    after: dict[str, list[float]] = defaultdict(list)
    alone = 0
    for theirs in paths(loaded):
        names = [one.touchpoint for one in theirs]
        if "invoice" in names:
            place = names.index("invoice")
            if place + 1 == len(names):
                alone += 1
                continue
            gap = theirs[place + 1].at - theirs[place].at
            after[names[place + 1]].append(gap.total_seconds())
    assert (root["not_yet"], root["ended"]) == (alone, 0)
    assert {row["name"]: (row["journeys"], row["median_s"]) for row in rows} == {
        name: (len(each), upper_median(each)) for name, each in after.items()
    }
    assert set(after) == {"invoice", "cancellation"}


def paths(loaded: Loaded) -> Iterator[list[Invoice]]:
    yield from loaded.customers.values()
