"""Real logs, through both brokers, to exact figures in SQL.

What one touchpoint is: of the access log a request, of the call log a call, of the invoice file
an invoice (not one of its lines). The figures of the call log count every call there was,
phantom ones included; those are dropped, with that reason, and so are in no journey.

The three logs come from three companies in three decades. A crosswalk that this test invents
says that some visitors, callers and buyers are one customer; it is no fact about anyone.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from cjm_tracker.broker import Broker
from cjm_tracker.mapping import DEFAULT_MAPPING
from tests.shared import shared
from tests.streams.installation import Installation

pytestmark = [pytest.mark.broker, pytest.mark.real, pytest.mark.slow]

LOGS = {
    "apache_combined": "data/web_access_logs/apache_combined_10000.log",
    "seelab_calls": "data/anonymous_bank_calls/february_1999.tsv",
    "online_retail": "data/online_retail/online_retail_2010_2011.csv.gz",
}
LINKED = 5  # invented customers

FIGURES = {
    "requests": (
        "SELECT count(), uniqExact(identifier) FROM touchpoints_of"
        " WHERE format = 'apache_combined'",
        (10_000, 1_753),
    ),
    "calls by outcome": (
        "SELECT countIf(outcome = 'answered'), countIf(outcome = 'abandoned')"
        " FROM touchpoints_of WHERE format = 'seelab_calls'",
        (27_162, 5_904),
    ),
    "phantom calls": (
        "SELECT drop_reason, count() FROM drops WHERE format = 'seelab_calls' GROUP BY drop_reason",
        ("phantom_call", 278),
    ),
    "identified calls": (
        "SELECT count(), uniqExact(identifier) FROM events"
        " WHERE format = 'seelab_calls' AND identifier != 0",
        (13_786, 4_081),
    ),
    "mean wait of queued calls": (
        "SELECT count(), round(avg(wait_s), 2) FROM events"
        " WHERE format = 'seelab_calls' AND wait_s > 0",
        (18_306, 76.12),
    ),
    "invoices": (
        "SELECT count(), countIf(outcome = 'cancelled'),"
        " uniqExactIf(identifier, identifier != 0), round(sum(value), 2)"
        " FROM touchpoints_of WHERE format = 'online_retail'",
        (25_900, 3_836, 4_372, Decimal("9747747.93")),
    ),
    "nothing unmapped, nothing dead": (
        "SELECT (SELECT count() FROM unmapped), (SELECT count() FROM dead_letters)",
        (0, 0),
    ),
}


class Loaded:
    """The real logs and the invented crosswalk, loaded through one broker."""

    def __init__(self, broker: Broker, directory: Path) -> None:
        mapping = directory / "mapping.yaml"
        # One journey a customer, however many years apart their logs are.
        text = DEFAULT_MAPPING.read_text(encoding="utf-8")
        mapping.write_text(text.replace("inactivity: 30d", "inactivity: 9999d"), encoding="utf-8")
        self.files = {name: shared(path) for name, path in LOGS.items()}
        self.linked = linked(self.files)
        self.files["crosswalk"] = directory / "crosswalk.csv"
        self.files["crosswalk"].write_text(crosswalk(self.linked), encoding="utf-8")
        self.installation = Installation(broker, directory, mapping=mapping)
        self.load()

    def load(self) -> None:
        sent = [self.installation.send(name, path) for name, path in self.files.items()]
        self.installation.read_all(*sent)
        self.installation.stitch()

    def figures(self) -> dict[str, object]:
        # The view of touchpoints names customers; these figures count identifiers as logged.
        of = "(SELECT * FROM events WHERE touchpoint != '')"
        queries = [query.replace("touchpoints_of", of) for query, _ in FIGURES.values()]
        answers = self.installation.rows(*queries)
        return {name: rows[0] for name, rows in zip(FIGURES, answers, strict=True)}


@pytest.fixture(
    scope="module",
    params=["tansu", pytest.param("kafka", marks=[pytest.mark.kafka, pytest.mark.long])],
)
def loaded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loaded]:
    shared(LOGS["online_retail"])
    yield Loaded(request.getfixturevalue(request.param), tmp_path_factory.mktemp("real"))


def test_figures_come_out_of_sql_exactly(loaded: Loaded) -> None:
    assert loaded.figures() == {name: expected for name, (_, expected) in FIGURES.items()}


def test_linked_customers_have_one_path_across_channels(loaded: Loaded) -> None:
    paths = stitched_paths(loaded)
    for visitor, caller, buyer, expected in loaded.linked:
        found = paths[f"user {visitor} {caller} {buyer}"]
        assert found == expected


def test_nobody_else_is_joined(loaded: Loaded) -> None:
    ((several,),) = loaded.installation.rows(
        "SELECT count() FROM (SELECT customer_id FROM identities GROUP BY customer_id"
        " HAVING count() > 1)"
    )
    assert several == (LINKED,)


# On one broker: it takes as long as the first run, and the broker has no part in it.
@pytest.mark.long
@pytest.mark.parametrize("loaded", ["tansu"], indirect=True)
def test_the_second_run_of_the_same_load_changes_no_figure(loaded: Loaded) -> None:
    journeys = "SELECT count(), sum(step_count), sum(cityHash64(path_text)) FROM journeys"
    before = loaded.figures(), loaded.installation.rows(journeys)
    loaded.load()
    assert (loaded.figures(), loaded.installation.rows(journeys)) == before


Linked = tuple[str, str, str, Counter[str]]


def linked(files: dict[str, Path]) -> list[Linked]:
    """The invented customers, with how many steps each source gives them, counted in Python."""
    visits = Counter(
        line.split(b" ", 1)[0].decode() for line in files["apache_combined"].open("rb")
    )
    calls: Counter[str] = Counter()
    with files["seelab_calls"].open(newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["outcome"] != "PHANTOM" and row["customer_id"] != "0":
                calls[row["customer_id"]] += 1
    invoices: dict[str, set[str]] = {}
    with gzip.open(files["online_retail"], "rt", newline="") as file:
        for row in csv.DictReader(file):
            invoices.setdefault(row["CustomerID"].removesuffix(".0"), set()).add(row["InvoiceNo"])
    visitors = [name for name, count in visits.most_common() if 5 <= count <= 40][:LINKED]
    callers = [name for name, count in calls.most_common() if 5 <= count <= 40][:LINKED]
    buyers = [name for name in sorted(invoices) if name and 5 <= len(invoices[name]) <= 40][:LINKED]
    return [
        (
            visitor,
            caller,
            buyer,
            Counter(website=visits[visitor], call_centre=calls[caller], store=len(invoices[buyer])),
        )
        for visitor, caller, buyer in zip(visitors, callers, buyers, strict=True)
    ]


def crosswalk(customers: list[Linked]) -> str:
    lines = ["kind,value,other_kind,other_value,known_since"]
    for visitor, caller, buyer, _ in customers:
        lines.append(f"customer_number,{caller},customer_number,{buyer},1999-02-01T00:00:00Z")
        lines.append(f"customer_number,{caller},ip,{visitor},1999-02-01T00:00:00Z")
    return "\n".join(lines) + "\n"


def stitched_paths(loaded: Loaded) -> dict[str, Counter[str]]:
    """Each linked customer's steps by source, and that they stand in the order of time."""
    (rows, identities) = loaded.installation.rows(
        "SELECT customer_id, groupArray(source), arraySort(groupArray(occurred_at)) ="
        " groupArray(occurred_at), uniqExact(journey_no)"
        " FROM (SELECT * FROM steps ORDER BY customer_id, journey_no, position)"
        " GROUP BY customer_id HAVING uniqExact(source) = 3",
        "SELECT value, customer_id FROM identities",
    )
    customer_of = dict(identities)
    for _, sources, in_order, journeys in rows:
        assert in_order and journeys == 1
        # Calls of 1999, invoices of 2010 and 2011, requests of 2015.
        assert sources == sorted(sources, key=["call_centre", "store", "website"].index)
    found = {customer: Counter(sources) for customer, sources, _, _ in rows}
    assert len(found) == LINKED
    return {
        f"user {visitor} {caller} {buyer}": found[customer_of[caller]]
        for visitor, caller, buyer, _ in loaded.linked
        if customer_of[visitor] == customer_of[caller] == customer_of[buyer]
    }
