from __future__ import annotations

import pytest

from cjm_tracker.broker import Broker, Described, Position, Span
from cjm_tracker.broker.cluster import Cluster
from cjm_tracker.doctor.broker import Reading, lag, reached, topics, workers

DAY_MS = 86_400_000
ONE = {0: Span(0, 5)}


def topic(name: str = "cjm.raw.store", **given: object) -> Described:
    said = {"replication": 3, "retention_ms": 7 * DAY_MS, "partitions": ONE}
    return Described(name, **{**said, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("there", "brokers", "status", "told"),
    [
        ([topic()], 3, "ok", "all 1 are there, records are kept 7 days or longer"),
        ([topic(retention_ms=None)], 3, "ok", "all 1 are there"),
        ([topic(retention_ms=-1)], 3, "ok", "all 1 are there"),
        ([topic(replication=1)], 1, "ok", "all 1 are there"),
        ([topic(replication=1)], 3, "warn", "one copy on 3 brokers: cjm.raw.store"),
        ([topic(retention_ms=DAY_MS)], 3, "warn", "less than 3 days: cjm.raw.store"),
        ([topic(partitions={})], 1, "fail", "missing: cjm.raw.store"),
        ([topic("cjm.control", partitions={0: Span(0, 0), 1: Span(0, 0)})], 1, "warn",
         "cjm.control has several partitions"),
    ],
)  # fmt: skip
def test_topics(there: list[Described], brokers: int, status: str, told: str) -> None:
    (found,) = topics(there, brokers, "cjm.control")
    assert (found.status, bool(found.fix)) == (status, status != "ok")
    assert told in found.found


def test_each_fault_of_topics_is_a_line() -> None:
    there = [topic("a", partitions={}), topic("b", replication=1, retention_ms=DAY_MS)]
    assert [one.status for one in topics(there, 3, "c")] == ["fail", "warn", "warn"]


@pytest.mark.parametrize(
    ("reading", "status", "told"),
    [
        (Reading("store", 0, 2), "ok", "everything is read, 2 consumers"),
        (Reading("store", 7, 1), "ok", "7 to be read, 1 consumer"),
        (Reading("store", 0, 0), "ok", "everything is read"),
        (Reading("store", 0, None), "ok", "everything is read"),
        (Reading("store", 7, 0), "fail", "no worker runs"),
        (Reading("store", 7, None), "warn", "the broker does not say whether anybody reads"),
    ],
)
def test_workers(reading: Reading, status: str, told: str) -> None:
    (found,) = workers([reading])
    assert found.check == "workers store"
    assert found.status == status and told in found.found


@pytest.mark.parametrize(
    ("committed", "expected"),
    [({}, 5), ({0: 1}, 5), ({0: 6}, 4), ({0: 8}, 2), ({0: 10}, 0), ({0: 99}, 0)],
)
def test_lag_counts_what_is_kept_and_not_read(committed: dict[int, int], expected: int) -> None:
    held = topic("t", partitions={0: Span(5, 10)})
    read = {Position("t", number): offset for number, offset in committed.items()}
    assert lag(held, read) == expected


def test_the_broker_is_told_with_how_we_speak() -> None:
    broker = Broker("k:9093", "sasl_ssl", user="ann", password="canary")
    found = reached(broker, Cluster(3, "4.1"))
    assert found.found == "k:9093 by sasl_ssl: 3 brokers, Kafka 4.1 or newer"
    assert reached(broker, Cluster(1)).found == "k:9093 by sasl_ssl: 1 broker"
