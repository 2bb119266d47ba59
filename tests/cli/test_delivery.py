"""The commands of delivery, on a real broker: topics, lag, ledger, dead letters, replay."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from subprocess import CompletedProcess
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata

from cjm_tracker.broker import (
    Broker,
    EmbeddedBroker,
    Position,
    Range,
    Topics,
    create_topics,
    read,
    spans,
)
from cjm_tracker.events import Record, Source
from cjm_tracker.mapping import load_mapping
from cjm_tracker.pipeline import Pipeline
from cjm_tracker.sources import formats
from cjm_tracker.sources.defaults import DEFAULT_FORMATS
from cjm_tracker.warehouse import Warehouse, connect, store
from cjm_tracker.warehouse.dead_letters import dead_letters, take_up
from tests.cli.commands import cjm
from tests.cli.test_bad_input import MAPPING, PAGE

pytestmark = [pytest.mark.broker, pytest.mark.slow]

HOUR = 3_600_000
# Each view's total, and what the events say.
FIGURES = (
    "SELECT (SELECT count() FROM events) AS events, (SELECT sum(journeys) FROM paths) AS journeys,"
    " (SELECT count() FROM steps) AS steps, (SELECT count() FROM dead_letters) AS letters,"
    " (SELECT groupUniqArray(touchpoint) FROM touchpoints) AS touchpoints"
)
OWN = "SELECT * FROM batches WHERE NOT startsWith(topic, 'replay:') ORDER BY first_offset"


def now() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture(scope="module")
def tansu() -> Iterator[Broker]:
    with EmbeddedBroker() as broker:
        yield broker


class Shop:
    """An installation of its own: topics, a warehouse, and a worker that works when told to."""

    def __init__(self, broker: Broker, directory: Path) -> None:
        self.broker = broker
        self.directory = directory
        self.name = f"t{uuid.uuid4().hex[:10]}"
        self.topics = Topics(self.name)
        (directory / "small.yaml").write_text(MAPPING % ("awareness", "30m"))
        small = (directory / "small.yaml").read_text()
        (directory / "other.yaml").write_text(
            small.replace("small_1", "small_2").replace("page_viewed", "shop_window")
        )

    def cjm(self, *arguments: str, **environment: str) -> CompletedProcess[str]:
        given = {
            "CJM_BROKER": self.broker.servers,
            "CJM_TOPIC_PREFIX": self.name,
            "CJM_GROUP": self.name,
            "CJM_MAPPING": "small.yaml",
            "CJM_PARTITIONS": "2",
        }
        return cjm(self.directory, *arguments, **{**given, **environment})

    def told(self, *arguments: str, status: int = 0) -> Any:
        """The command's JSON."""
        done = self.cjm(*arguments, "--json")
        assert done.returncode == status, done.stderr + done.stdout
        return json.loads(done.stdout)

    def produce(self, source: Source, *values: bytes, partition: int = 0, **options: Any) -> None:
        producer = KafkaProducer(bootstrap_servers=self.broker.servers, acks="all")
        for value in values:
            # One at a time: the embedded broker knows its end then.
            producer.send(self.topics.raw(source), value, partition=partition, **options).get(30)
        producer.close()

    def warehouse(self) -> Warehouse:
        return connect(f"chdb:///{self.directory / 'cjm-data'}")

    def records(self, source: Source = "website", partition: int = 0) -> list[Record]:
        place = Position(self.topics.raw(source), partition)
        return [one for _, found in read(self.broker, {place: Range()}, 1000) for one in found]

    def work(self, *, but: tuple[int, ...] = (), size: int = 2) -> None:
        """What workers do with all there is: store, then commit. But not batches that begin so."""
        pipeline = Pipeline(load_mapping(self.directory / "small.yaml"), b"k" * 32)
        admin = KafkaAdminClient(bootstrap_servers=self.broker.servers)
        with self.warehouse() as warehouse:
            for source, name in DEFAULT_FORMATS.items():
                topic = self.topics.raw(source)
                for place, records in read(
                    self.broker, dict.fromkeys(spans(self.broker, [topic]), Range()), size
                ):
                    if records[0].offset not in but:
                        batch = pipeline.process(records, formats()[name])
                        store(warehouse, batch, records, pipeline.version, now())
                    self.commit(admin, source, place, records[-1].offset + 1)
        admin.close()

    def commit(self, admin: Any, source: Source, place: Position, offset: int) -> None:
        there = {TopicPartition(*place): OffsetAndMetadata(offset, "", -1)}
        admin.alter_group_offsets(f"{self.name}-{source}", there)

    def sql(self, query: str) -> list[dict[str, Any]]:
        with self.warehouse() as warehouse:
            return warehouse.query(query).dicts()


@pytest.fixture
def shop(tansu: Broker, tmp_path: Path, migrated: Path) -> Shop:
    copytree(migrated, tmp_path / "cjm-data", symlinks=True)
    opened = Shop(tansu, tmp_path)
    create_topics(tansu, opened.topics, 2, 1)
    return opened


def pages(count: int, first: int = 0) -> list[bytes]:
    return [(PAGE % n).strip().encode() for n in range(first, first + count)]


# --- topics and lag


def test_topics_are_listed_whether_they_are_there_or_not(tansu: Broker, tmp_path: Path) -> None:
    shop = Shop(tansu, tmp_path)
    listed = shop.cjm("topics", "list").stdout
    assert listed.count("missing  ") == 7 and "cjm topics create" in listed
    assert shop.cjm("topics", "create").stdout.count("created") == 7
    shop.produce("website", *pages(3), partition=1)
    topics = {one["topic"]: one for one in shop.told("topics", "list")}
    assert all(one["is_there"] and one["replication"] == 1 for one in topics.values())
    assert topics[shop.topics.raw("website")]["partitions"] == [
        {"partition": 0, "first": 0, "next": 0}, {"partition": 1, "first": 0, "next": 3}
    ]  # fmt: skip
    assert len(topics[shop.topics.control]["partitions"]) == 1


def test_lag_is_what_was_not_committed_and_never_negative(shop: Shop) -> None:
    shop.produce("website", *pages(3), timestamp_ms=now() - HOUR)
    shop.produce("store", b"<", partition=1)
    before = shop.told("lag", "--max", "2", status=1)
    assert (before["lag"], before["over"], len(before["partitions"])) == (4, 1, 10)
    (website,) = [one for one in before["partitions"] if one["lag"] == 3]
    assert (website["source"], website["partition"], website["committed"]) == ("website", 0, None)
    assert website["waiting_s"] >= 3600
    said = shop.cjm("lag", "--max", "2")
    assert said.returncode == 1 and "4 records wait to be read" in said.stdout

    admin = KafkaAdminClient(bootstrap_servers=shop.broker.servers)
    place = Position(shop.topics.raw("website"), 0)
    for committed, lag in ((1, 2), (3, 0), (99, 0)):
        shop.commit(admin, "website", place, committed)
        after = shop.told("lag", "--max", "2")
        assert after["partitions"][0]["lag"] == lag
        assert after["partitions"][0]["next"] >= committed
    assert after["partitions"][0]["waiting_s"] is None
    admin.close()


def test_lag_of_topics_that_are_not_there_says_so(tansu: Broker, tmp_path: Path) -> None:
    said = Shop(tansu, tmp_path).cjm("lag")
    assert said.returncode == 0 and "not there" in said.stdout


# --- the ledger


def test_the_ledger_of_all_that_was_read_is_whole(shop: Shop) -> None:
    shop.produce("website", *pages(5), b"{")
    shop.produce("website", *pages(4, 10), partition=1)
    shop.work()
    said = shop.told("ledger", "check")
    assert said["ok"] and said["findings"] == []
    assert said["totals"] == {
        "records": 10, "stored": 9, "dropped": 0, "dead_letters": 1, "events": 9, "unseen": 0
    }  # fmt: skip
    shown = shop.cjm("ledger", "check")
    assert shown.returncode == 0
    sentence = " ".join(shown.stdout.split())
    assert "10 records read = 9 stored + 0 dropped + 1 dead letters" in sentence


def test_an_empty_ledger_is_no_fault(shop: Shop) -> None:
    shop.work()
    said = shop.cjm("ledger", "check")
    assert (said.returncode, said.stdout.strip()) == (
        0, "The ledger is empty: nothing was read yet."
    )  # fmt: skip


def test_what_was_skipped_is_lost_until_it_is_replayed(shop: Shop) -> None:
    shop.produce("website", *pages(6))
    shop.work(but=(2,))
    alone = shop.cjm("ledger", "check", CJM_BROKER="")
    assert alone.returncode == 1 and "only its broker knows" in alone.stdout
    asked = shop.cjm("ledger", "check")
    assert asked.returncode == 1
    assert "LOST: offsets 2-3, 2 records" in asked.stdout
    hint = asked.stdout.partition(": cjm ")[2].partition("\n")[0].split()
    assert hint == "replay --source website --from 0:2 --to 0:4".split()
    assert shop.cjm(*hint).returncode == 0
    assert shop.told("ledger", "check")["ok"]
    assert shop.sql("SELECT count() AS n FROM touchpoints") == [{"n": 6}]


def test_more_committed_than_the_ledger_holds_is_a_fault(shop: Shop) -> None:
    shop.produce("website", *pages(4))
    shop.produce("store", b"<")
    shop.work(but=(2,))
    said = shop.told("ledger", "check", status=1)
    assert [(one["topic"], one["text"].split(":")[0]) for one in said["findings"]] == [
        (shop.topics.raw("website"), "committed up to 4, but the ledger ends at 1")
    ]
    with shop.warehouse() as warehouse:
        warehouse.command("TRUNCATE TABLE batch_log")
    nothing = shop.told("ledger", "check", status=1)
    assert {one["topic"] for one in nothing["findings"] if one["is_fault"]} == {
        shop.topics.raw("website"), shop.topics.raw("store")
    }  # fmt: skip


# --- dead letters

BAD = b'{"type":"page", \x1b[31m \xe2\x80\xae\xd0\xb6 [bold]'


def test_a_dead_letter_is_shown_without_touching_the_terminal(shop: Shop) -> None:
    shop.produce("website", BAD, headers=[("who", b"a\x07\xff")], key=b"\x00k")
    shop.work()
    (letter,) = shop.told("dlq", "list")["dead_letters"]
    assert (letter["state"], letter["tries"], letter["reason"]) == ("open", 0, "not_json")
    for name in (letter["fingerprint"], letter["address"]):
        shown = shop.cjm("dlq", "show", name)
        assert shown.returncode == 0, shown.stderr
        assert '{"type":"page", \\x1b[31m \\u202eж [bold]' in shown.stdout
        assert "header who: a\\x07" in shown.stdout
        assert all(sign.isprintable() or sign == "\n" for sign in shown.stdout)
    raw = shop.cjm("dlq", "show", "--raw", letter["fingerprint"])
    assert raw.stdout.encode() == BAD


def test_a_long_dead_letter_is_cut_with_a_note(shop: Shop) -> None:
    shop.produce("website", b"x" * 3000 + b"end")
    shop.work()
    (letter,) = shop.told("dlq", "list")["dead_letters"]
    shown = shop.cjm("dlq", "show", letter["fingerprint"]).stdout
    assert "cut after 2,000 signs" in shown and "end" not in shown.replace("\n", "")
    assert shop.cjm("dlq", "show", "--raw", letter["fingerprint"]).stdout.endswith("xend")


def test_what_is_no_dead_letter_is_said_in_a_line(shop: Shop) -> None:
    shop.work()
    for name, text in (
        ("zz", "no fingerprint"),
        ("0" * 16, "there is no"),
        ("t/0/1", "there is no"),
    ):
        done = shop.cjm("dlq", "show", name)
        assert done.returncode == 66 and text in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_dead_letter_goes_back_whole_and_three_times_at_most(shop: Shop) -> None:
    shop.produce("website", BAD, key=b"\x00k", headers=[("who", b"me"), ("cjm-format", b"segment")])
    shop.work()
    assert shop.told("dlq", "replay", "--dry-run")["sent"] != []
    for number in (1, 2):
        assert len(shop.told("dlq", "replay")["sent"]) == 1
        # Not mended: it comes back, and is open again.
        shop.work()
        (shown,) = shop.told("dlq", "list")["dead_letters"]
        assert (shown["state"], shown["tries"]) == ("open", number)
    with shop.warehouse() as warehouse:
        # One that was cut off before it was sent: it counts.
        take_up(warehouse, dead_letters(warehouse), "cut off", now())
    over = shop.cjm("dlq", "replay")
    assert over.returncode == 0
    assert f"1 had 3 tries and are not sent any more: {shown['fingerprint']}" in over.stdout
    sent = shop.records(partition=0) + shop.records(partition=1)
    assert [record.value for record in sent] == [BAD] * 3
    assert {record.headers["who"] for record in sent} == {b"me"}
    # The topic keeps the key the warehouse has, whatever bytes it is.
    assert {record.key for record in sent} == {b"\x00k"}


def test_a_mended_record_leaves_its_dead_letter_replayed(shop: Shop) -> None:
    # It claimed to be what it is not; the format it names is installed by then.
    page = pages(1)[0].replace(b"2026-10-01", b"2089-10-01")
    shop.produce("website", page)
    shop.work()
    (letter,) = shop.told("dlq", "list")["dead_letters"]
    assert letter["reason"] == "time_out_of_range"
    shop.told("dlq", "replay", letter["fingerprint"])
    again = shop.cjm("dlq", "replay", letter["fingerprint"])
    assert "1 were replayed before and did not come back" in again.stdout
    assert shop.told("dlq", "list") == {"open": 0, "replayed": 1, "dead_letters": []}


def test_filters_say_which_go_back(shop: Shop) -> None:
    shop.produce("website", b"{", b"\xff")
    shop.produce("store", b"<")
    shop.work()
    sent = shop.told("dlq", "replay", "--source", "website", "--reason", "not_utf8")["sent"]
    assert len(sent) == 1
    assert shop.told("dlq", "list", "--reason", "not_utf8")["open"] == 0
    assert shop.told("dlq", "replay", "--since", "2099-01-01T00:00Z")["sent"] == []
    assert len(shop.told("dlq", "list", "--limit", "1")["dead_letters"]) == 1
    assert shop.told("dlq", "list")["open"] == 2


def test_a_file_loaded_directly_goes_to_the_topic_with_its_format(shop: Shop) -> None:
    (shop.directory / "bad.log").write_bytes(b"no log line\n")
    done = shop.cjm("load", "--direct", "--format", "apache_combined", "bad.log", CJM_BROKER="")
    assert done.returncode == 0, done.stderr
    shop.told("dlq", "replay")
    (record,) = shop.records(partition=0) + shop.records(partition=1)
    assert (record.value, record.headers["cjm-format"]) == (b"no log line", b"apache_combined")


def test_a_record_that_is_not_whole_is_not_sent(shop: Shop) -> None:
    (shop.directory / "bad.jsonl").write_bytes(b"x" * ((1 << 20) + 1) + b"\n")
    assert shop.cjm("load", "--direct", "--format", "segment", "bad.jsonl").returncode == 0
    done = shop.cjm("dlq", "replay")
    assert done.returncode == 0 and "over 1 MiB" in done.stdout
    assert shop.records(partition=0) + shop.records(partition=1) == []


def test_a_missing_topic_costs_no_try(shop: Shop) -> None:
    shop.produce("website", b"{")
    shop.work()
    elsewhere = shop.cjm("dlq", "replay", CJM_TOPIC_PREFIX="other")
    assert elsewhere.returncode == 69 and "other.raw.website: cjm topics create" in elsewhere.stderr
    assert shop.told("dlq", "list")["dead_letters"][0]["tries"] == 0


# --- replay


def test_a_replay_gives_history_the_mapping_in_force_and_a_second_one_changes_nothing(
    shop: Shop,
) -> None:
    shop.produce("website", *pages(5), b"{", *pages(1, 9))
    shop.work()
    assert shop.cjm("stitch").returncode == 0
    before = shop.sql(FIGURES)
    shop.told("replay", "--source", "website", "--from", "0:0", "--to", "0:99")
    assert shop.sql(FIGURES) == before
    ledger = shop.sql(OWN)
    for _ in range(2):
        done = shop.told(
            "replay", "--source", "website", "--from", "0:2", "--to", "0:6",
            "--mapping", "other.yaml",
        )  # fmt: skip
        assert (done["records"], done["stored"], done["dead_letters"]) == (4, 3, 1)
        assert done["ranges"] == {"0": [2, 5]}
        found = shop.sql(FIGURES)
        assert sorted(found[0].pop("touchpoints")) == ["page_viewed", "shop_window"]
        assert found[0] == {name: value for name, value in before[0].items() if name in found[0]}
    steps = shop.sql("SELECT touchpoint, count() AS n FROM steps GROUP BY touchpoint ORDER BY n")
    assert steps == [
        {"touchpoint": "page_viewed", "n": 3}, {"touchpoint": "shop_window", "n": 3}
    ]  # fmt: skip
    assert shop.sql(OWN) == ledger
    assert shop.told("ledger", "check")["ok"]


def test_times_stand_for_the_first_record_then_or_later(shop: Shop) -> None:
    begin = now() - 10 * HOUR
    for hour in range(6):
        shop.produce("website", *pages(1, hour), timestamp_ms=begin + hour * HOUR)
    shop.produce("website", *pages(1, 7), partition=1, timestamp_ms=begin + 3 * HOUR)
    shop.work()

    def place(hour: float) -> str:
        at = (begin + round(hour * HOUR)) / 1000
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{begin % 1000:03}Z"

    def ranges(first: str, last: str) -> Any:
        bounds = ("--from", first, "--to", last)
        return shop.told("replay", "--source", "website", *bounds, "--dry-run")["ranges"]

    assert ranges(place(1), place(4)) == {"0": [1, 3], "1": [0, 0]}
    assert ranges("0:2", place(4)) == {"0": [2, 3]}
    assert ranges(place(2), "0:3") == {"0": [2, 2]}
    assert shop.sql("SELECT count() AS n FROM batches WHERE startsWith(topic, 'replay:')") == [
        {"n": 0}
    ]


@pytest.mark.parametrize(
    ("first", "last", "status", "text"),
    [
        ("2026-10-01", "0:3", 78, "names no zone: write 2026-10-01T00:00:00Z"),
        ("2026-10-01T10:00:00", "0:3", 78, "names no zone"),
        ("yesterday", "0:3", 78, "is no time such as"),
        ("0:1", "1:3", 78, "two partitions"),
        ("0:3", "0:3", 78, "--from is not before --to"),
        ("2026-10-02T00:00Z", "2026-10-01T00:00+02:00", 78, "--from is not before --to"),
        ("7:1", "7:3", 69, "has no partition 7"),
    ],
)
def test_a_range_that_makes_no_sense_is_refused(
    shop: Shop, first: str, last: str, status: int, text: str
) -> None:
    done = shop.cjm("replay", "--source", "website", "--from", first, "--to", last)
    assert done.returncode == status and text in done.stderr
    assert len(done.stderr.splitlines()) == 1
