"""Every real website log and payload there is, read to its end: what becomes of each record.

The files are examples their vendors publish, or fixtures of those who read them too. Segment's
documentation leaves out `messageId` and the clock in most of its examples; Segment itself adds
both on arrival, and so does the second test here.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from cjm_tracker.events import ORDINAL_HEADER, Record
from cjm_tracker.inputs import open_logs
from cjm_tracker.pipeline import Batch
from cjm_tracker.sources import Format, format_named
from cjm_tracker.sources.payload import instant
from cjm_tracker.sources.website import snowplow

from ..shared import shared
from .outcomes import pipeline

pytestmark = pytest.mark.real

NOW = 1_900_000_000_000
LOGS = "matomo_log_analytics_fixtures"
READ_AS = {
    "segment": {"segment": "*.json"},
    "snowplow_enriched_tsv": {"snowplow": "*.tsv"},
    "ga4_bigquery": {"ga4": "*.jsonl"},
    "posthog": {"posthog": "*.json"},
    LOGS: {
        "elb": "[ae]lb.log",
        "s3_access": "s3.log",
        "haproxy": "haproxy.log",
        "access_json": "*_json.log",
    },
}
W3C = """
    amazon_cloudfront_rtmp.log amazon_cloudfront_web.log iis.log iis_custom.log incapsula_w3c.log
    netscaler.log shoutcast.log splitted_date_and_time.log
""".split()
NO_LOGS = {
    "SOURCE.txt": "says where the others are from",
    "field_order.txt": "the names of Snowplow's fields, compared with ours below",
    "page_view_expected.json": "what Snowplow's SDK makes of its event, compared with ours below",
}


class Outcome(NamedTuple):
    """Of a file: records, events stored, dropped and dead letters by reason."""

    records: int
    events: int
    dropped: dict[str, int] = {}
    dead: dict[str, int] = {}


ONE = Outcome(1, 1)
IDENTITY = Outcome(1, 0, {"identity_only": 1})
NO_ID = Outcome(1, 0, dead={"missing_field": 1})  # the documentation leaves out `messageId`
# Files that are not in it are one record and one event.
OUTCOMES = {
    "segment": {
        "alias_01": NO_ID, "alias_03": IDENTITY, "b2b-saas": NO_ID, "email": NO_ID,
        "group_00": NO_ID, "group_02": IDENTITY, "identify_00": NO_ID, "identify_02": IDENTITY,
        "live-chat": NO_ID, "mobile": NO_ID, "page_00": NO_ID, "screen_00": NO_ID,
        "track_00": NO_ID,
    },
    "posthog": {"batch": Outcome(1, 1, {"heartbeat": 1})},
    LOGS: {
        "amazon_cloudfront_rtmp": Outcome(2, 2),
        "caddy_json": Outcome(3, 3),
        # A time no server writes, made up to be read by a pattern of one's own.
        "custom_regex_custom_date": Outcome(1, 0, dead={"bad_field": 1}),
        "elb": Outcome(2, 1, {"no_request": 1}),  # the connection of a TCP listener
        "gandi": Outcome(2, 2),
        "iis_custom": Outcome(3, 3),
        "incapsula_w3c": Outcome(2, 2),
        "logs_to_tests": Outcome(4, 4),
        "nginx_json": Outcome(2, 2),
        "static_ignores": Outcome(4, 4),
    },
}  # fmt: skip
FILES = {"segment": 46, "snowplow_enriched_tsv": 4, "ga4_bigquery": 2, "posthog": 3, LOGS: 29}


def format_of(path: Path) -> Format:
    for name, pattern in READ_AS[path.parent.name].items():
        if path.match(pattern):
            return format_named(name)
    return format_named("w3c_extended" if path.name in W3C else "apache_combined")


def logs(folder: str) -> list[Path]:
    found = sorted(shared(f"formats/{folder}").iterdir())
    assert len(found) == FILES[folder], "another file: say what becomes of it"
    return [path for path in found if path.name not in NO_LOGS]


def processed(path: Path) -> Batch:
    format_ = format_of(path)
    with ExitStack() as stack:
        (log,) = open_logs([str(path)], stack)
        records = [
            Record("t", 0, offset, NOW, frame, {ORDINAL_HEADER: str(ordinal).encode()})
            for offset, (frame, ordinal) in enumerate(log.frames(format_))
        ]
    return pipeline().process(records, format_)


def outcome(batch: Batch) -> Outcome:
    dropped = [fact.touchpoint.drop_reason for fact in batch.facts]
    return Outcome(
        batch.records,
        dropped.count(""),
        dict(Counter(filter(None, dropped))),
        dict(Counter(letter.reason for letter in batch.dead_letters)),
    )


def expected(path: Path) -> Outcome:
    of_folder = OUTCOMES.get(path.parent.name, {})
    return next((of_folder[name] for name in of_folder if path.name.startswith(name)), ONE)


@pytest.mark.parametrize("folder", READ_AS)
def test_every_record_of_every_file_is_accounted_for(folder: str) -> None:
    found = {path.name: outcome(processed(path)) for path in logs(folder)}
    assert found == {path.name: expected(path) for path in logs(folder)}


def test_segments_examples_are_all_understood_as_segment_delivers_them() -> None:
    delivered = [
        {
            "messageId": path.stem,
            "timestamp": "2026-03-02T10:15:30Z",
            **json.loads(path.read_text()),
        }
        for path in logs("segment")
    ]
    record = Record("t", 0, 0, NOW, json.dumps({"batch": delivered}).encode())
    batch = pipeline().process([record], format_named("segment"))
    assert outcome(batch) == Outcome(1, 39, {"identity_only": 6})


def test_snowplows_event_says_what_its_own_sdk_reads() -> None:
    (path,) = logs("snowplow_enriched_tsv")
    theirs = json.loads(path.with_name("page_view_expected.json").read_text())
    (fact,) = processed(path).facts
    assert path.with_name("field_order.txt").read_text().split() == snowplow.FIELDS
    assert fact.event.event_id == theirs["event_id"]
    assert fact.event.occurred_at == instant(theirs["derived_tstamp"], "derived_tstamp")
    assert {value for _, value in fact.event.identifiers} == {
        theirs[name] for name in ("user_id", "domain_userid", "network_userid", "user_ipaddress")
    }
    assert fact.event.attributes["path"] == theirs["page_urlpath"]
