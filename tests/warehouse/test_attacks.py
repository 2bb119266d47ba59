"""Attacks and accidents: what one device, one literal or one long chain may do to others."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

from cjm_tracker.events import Record
from cjm_tracker.identity import identifier_number
from cjm_tracker.mapping import load_mapping
from cjm_tracker.pipeline import Pipeline
from cjm_tracker.sources import format_named
from cjm_tracker.warehouse import Run, Warehouse, prepare, stitch, store

from .deeds import MAPPING, NOW, SHORT, Deed, Journal, at, column, count

PEOPLE = 10_000
KIOSK = identifier_number("cookie", "kiosk")


def middle(times: list[float]) -> float:
    return sorted(times)[len(times) // 2]


def cost(journal: Journal, deeds: Sequence[Deed]) -> float:
    """CPU seconds of taking in a batch."""
    began = time.process_time()
    journal.keep(*deeds)
    stitch(journal.warehouse, SHORT, journal.now)
    return time.process_time() - began


def test_ten_thousand_customers_at_one_kiosk_stay_themselves(warehouse: Warehouse) -> None:
    journal = Journal(warehouse)
    journal.keep(*(at(n, who=f"user_id:u{n} cookie:kiosk") for n in range(PEOPLE)))
    journal.keep(*(at(n, who=f"user_id:v{n} cookie:c{n}", id=f"v{n}") for n in range(PEOPLE)))
    stitch(warehouse, SHORT, journal.now)
    assert count(warehouse, "customers") == 2 * PEOPLE
    assert column(warehouse, f"SELECT standing FROM identities WHERE identifier = {KIOSK}") == [
        "public"
    ]
    ordinary, kiosk = [], []
    for turn in range(7):
        people = [turn * 50 + n for n in range(50)]
        times = {n: PEOPLE + turn * 100 + n for n in range(50)}
        ordinary.append(
            cost(
                journal,
                [at(times[n], who=f"user_id:v{p} cookie:c{p}") for n, p in enumerate(people)],
            )
        )
        kiosk.append(
            cost(journal, [at(times[n], who=f"user_id:u{p} cookie:kiosk", id=f"k{turn} {n}")
                           for n, p in enumerate(people)])
        )  # fmt: skip
    assert count(warehouse, "customers") == 2 * PEOPLE
    assert middle(kiosk) <= 2 * middle(ordinary)


def test_what_is_done_at_a_kiosk_by_nobody_is_nobodys(warehouse: Warehouse) -> None:
    journal = Journal(warehouse)
    journal.keep(*(at(n, who=f"user_id:u{n} cookie:kiosk") for n in range(30)))
    journal.keep(at(99, who="cookie:kiosk"))
    stitch(warehouse, SHORT, journal.now)
    assert count(warehouse, "customers") == 30
    assert column(warehouse, "SELECT event_id FROM touchpoints WHERE customer_id = ''") == ["at 99"]


def test_values_that_mean_nobody_link_nobody(warehouse: Warehouse) -> None:
    """40,000 events of as many cookies, all with the same made-up person."""
    pipeline = Pipeline(load_mapping(), b"k" * 16)
    nobody = {"email": "test@test", "phone": "0000000000", "customerNumber": "null"}
    records = [
        Record("t", 0, n, NOW, json.dumps({
            "type": "track", "event": "Product Viewed", "messageId": f"m{n}",
            "anonymousId": f"a{n}", "userId": "undefined",
            "timestamp": "2026-02-03T04:05:06Z", "context": {"traits": nobody},
        }).encode())
        for n in range(40_000)
    ]  # fmt: skip
    batch = pipeline.process(records, format_named("segment"))
    assert batch.dead_letters == []
    assert len(batch.facts) == 40_000
    assert prepare([Run(batch, records)], "v", NOW).facts["link_log"].num_rows == 0
    some = records[:2_000]
    store(warehouse, pipeline.process(some, format_named("segment")), some, "v", NOW)
    stitch(warehouse, MAPPING, NOW)
    assert count(warehouse, "identities") == count(warehouse, "customers") == 2_000


def test_a_chain_of_ten_thousand_weak_links_makes_no_giant(warehouse: Warehouse) -> None:
    journal = Journal(warehouse)
    chain = [at(n, who=f"cookie:c{n} cookie:c{n + 1}") for n in range(10_000)]
    journal.keep(*chain[::2])
    stitch(warehouse, SHORT, journal.now)
    journal.keep(*chain[1::2])
    stitch(warehouse, SHORT, journal.now)
    largest = column(
        warehouse,
        "SELECT max(n) FROM (SELECT count() AS n FROM identities GROUP BY customer_id)",
    )
    assert largest[0] <= MAPPING.identity.max_anonymous


def test_a_link_learnt_later_undoes_a_merge(warehouse: Warehouse) -> None:
    """A phone is Ann's until Bob is seen with it: then what was done under it is neither's."""
    journal = Journal(warehouse)
    journal.keep(at(0, who="user_id:ann phone:p"), at(1, who="phone:p"))
    stitch(warehouse, SHORT, journal.now)
    assert count(warehouse, "customers") == 1
    journal.keep(at(2, who="user_id:bob phone:p"))
    stitch(warehouse, SHORT, journal.now)
    steps = warehouse.query("SELECT customer_id, event_id FROM steps").rows
    owner = {event: customer for customer, event in steps}
    assert len({owner["at 0"], owner["at 1"], owner["at 2"]}) == 3
