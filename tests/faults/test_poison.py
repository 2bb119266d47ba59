"""Records made to break a parser, through a real broker and worker: each with its typed reason."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest
from kafka import KafkaProducer

from cjm_tracker.broker import Broker, committed
from cjm_tracker.events import FORMAT_HEADER, Record
from cjm_tracker.mapping import load_mapping
from cjm_tracker.pipeline import Pipeline
from cjm_tracker.sources import formats
from cjm_tracker.sources.defaults import DEFAULT_FORMATS
from cjm_tracker.warehouse import Run, prepare

from ..streams.installation import Installation
from .conftest import Times
from .workers import QUICK, report, running, until

pytestmark = [pytest.mark.broker, pytest.mark.slow]

MOST_BYTES = 12 << 20
WELL = b'{"type":"page","messageId":"%s","anonymousId":"c","timestamp":"2026-10-01T10:00:00Z"%s}'
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol">'
    + b"".join(b'<!ENTITY %c "%s">' % (i + 1, b"&%c;" % i * 10) for i in range(97, 106))
    + b"]><Transaction>&j;</Transaction>"
)


def well(event_id: bytes, more: bytes = b"") -> bytes:
    return WELL % (event_id, more)


def at(time: bytes) -> bytes:
    return b'{"type":"page","messageId":"t%s","anonymousId":"c","timestamp":"%s"}' % (time, time)


def keys(count: int) -> bytes:
    return b',"properties":{%s}' % b",".join(b'"k%d":1' % number for number in range(count))


Headers = list[tuple[str, bytes]]
# What it is, its value, its headers, and the reason; empty where it is taken.
WEBSITE: dict[str, tuple[bytes | None, Headers, str]] = {
    "bad JSON": (b'{"type":"page",', [], "not_json"),
    "bad UTF-8": (b'{"type":"\xff\xfe"}', [], "not_utf8"),
    "NaN": (well(b"p1", b',"properties":{"revenue":NaN}'), [], "not_json"),
    "Infinity": (well(b"p2", b',"properties":{"revenue":Infinity}'), [], "not_json"),
    "2^64": (well(b"p3", b',"properties":{"revenue":18446744073709551616}'), [], "bad_field"),
    "1e999": (well(b"p4", b',"properties":{"revenue":1e999}'), [], "not_json"),
    "depth 100,000": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, [], "not_json"),
    "NUL": (b"\0" * 100, [], "not_json"),
    "NUL in an id": (b'{"type":"page","messageId":"a\\u0000b"}', [], "missing_field"),
    "10 MB": (well(b"p5", b',"x":"%s"' % (b"x" * (10 << 20))), [], "too_large"),
    "60k keys": (well(b"p6", keys(60_000)), [], ""),
    "200k keys": (well(b"p7", keys(200_000)), [], "too_large"),
    "a list": (b"[1, 2]", [], "wrong_layout"),
    "a number": (b"1", [], "wrong_layout"),
    "wrong types": (b'{"type":["page"],"messageId":{"a":1}}', [], "bad_field"),
    "1970": (at(b"1970-01-01T00:00:00Z"), [], "time_out_of_range"),
    "1990": (at(b"1990-01-01T00:00:00Z"), [], ""),
    "9999": (at(b"9999-12-31T23:59:59Z"), [], "time_out_of_range"),
    "no time": (at(b"yesterday"), [], "bad_field"),
    "truncated gzip": (gzip.compress(well(b"p") * 50)[:60], [], "not_utf8"),
    "empty": (b"", [], "not_json"),
    "unknown format": (well(b"p8"), [(FORMAT_HEADER, b"no-such\xff format")], "unknown_format"),
    "giant headers": (well(b"p9"), [(f"h{i}", b"x" * 100_000) for i in range(5)], ""),
}
STORE: dict[str, tuple[bytes | None, Headers, str]] = {
    "a billion laughs": (BOMB, [], "not_xml"),
    "an external entity": (
        b'<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><Transaction>&x;</Transaction>',
        [],
        "not_xml",
    ),
    "no XML": (b"<Transaction>", [], "not_xml"),
    "tombstone": (None, [], "not_xml"),
}


def test_each_poisoned_record_gets_its_reason_and_harms_no_neighbour(
    tansu: Broker, tmp_path: Path
) -> None:
    installation = Installation(tansu, tmp_path, partitions=1, **QUICK)
    website, store = (installation.topics.raw(source) for source in ("website", "store"))
    producer = KafkaProducer(**tansu.options, max_request_size=MOST_BYTES)
    neighbours = 0
    for topic, poison in ((website, WEBSITE), (store, STORE)):
        for value, headers, _ in poison.values():
            producer.send(topic, value, key=b"k", headers=headers, partition=0).get(60)
            if topic == website:
                neighbours += 1
                producer.send(topic, well(b"n%d" % neighbours), partition=0)
    producer.flush()
    producer.close()
    groups = [f"{installation.settings.group}-{source}" for source in ("website", "store")]
    records = 2 * len(WEBSITE) + len(STORE)
    with running(installation) as worker:
        until(lambda: sum(committed(tansu, groups).values()) == records or worker.check(), "read")
        assert worker.stop() == 0
        log = worker.log.read_text(errors="replace")
    events, letters = installation.rows(
        "SELECT event_id FROM events",
        "SELECT source, offset, reason FROM dead_letters ORDER BY ALL",
    )
    reasons = {(source, offset): reason for source, offset, reason in letters}
    found = {
        name: reasons.get((source, place * step), "")
        for source, poison, step in (("website", WEBSITE, 2), ("store", STORE, 1))
        for place, name in enumerate(poison)
    }
    assert found == {name: reason for name, (_, _, reason) in (WEBSITE | STORE).items()}
    ids = {event_id for (event_id,) in events}
    assert {f"n{number}" for number in range(1, neighbours + 1)} <= ids
    assert len(ids) == neighbours + sum(not reason for _, _, reason in WEBSITE.values())
    assert "root:" not in log and "xxxx" not in log
    report("poison", len(WEBSITE | STORE))


def test_whatever_is_generated_is_stored_dropped_or_a_dead_letter(times: Times) -> None:
    pipeline, chance = Pipeline(load_mapping(), b"k" * 32), random.Random(15)
    default = formats()[DEFAULT_FORMATS["website"]]
    samples = [value for value, _, _ in WEBSITE.values() if value and len(value) < 1_000]
    size, seen = 1_000, 0
    for first in range(0, times(10_000, 1_000_000), size):
        records = [
            Record("t", 0, first + place, 1_790_000_000_000, mutated(chance, samples), {}, None)
            for place in range(size)
        ]
        batch = pipeline.process(records, default)
        assert batch.stored + batch.dropped + len(batch.dead_letters) == batch.records == size
        prepare([Run(batch, records)], pipeline.version, 1_790_000_000_000)
        seen += size
    report("generated", seen)


def mutated(chance: random.Random, samples: list[bytes]) -> bytes:
    """A sample with a few bytes taken out, put in or doubled."""
    value = bytearray(chance.choice(samples))
    for _ in range(chance.randint(1, 4)):
        begin = chance.randrange(len(value) + 1)
        end = min(len(value), begin + chance.randrange(8))
        piece = chance.choice(
            (b"", value[begin:end] * 2, chance.randbytes(2), b'"', b"0", b"\\u0000")
        )
        value[begin:end] = piece
    return bytes(value)
