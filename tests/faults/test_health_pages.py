"""/healthz, /readyz and /metrics of a working worker."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cjm_tracker.broker import Broker
from cjm_tracker.broker.tansu import free_port

from ..streams.installation import Installation, wait
from ..streams.test_pipeline_on_brokers import listening
from ..warehouse.http_engine import PASSWORD
from ..warehouse.servers import Server
from .feed import Feed
from .workers import QUICK, ask, health, running, until

LAG = re.compile(rb'^cjm_lag_records\{[^}]*source="website"[^}]*\} (\S+)$', re.M)

pytestmark = [pytest.mark.broker, pytest.mark.slow]


def test_the_pages_count_what_was_sent_and_tell_nothing_else(
    tansu: Broker, server: Server, tmp_path: Path
) -> None:
    port = free_port()
    installation = Installation(
        tansu, tmp_path, warehouse=server.dsn(), health=f"127.0.0.1:{port}", **QUICK
    )
    settings = installation.settings
    feed = Feed(tansu, installation.topics.raw("website"), seed=14, repeated=0)
    feed.send(500)
    with running(installation) as worker:
        wait(worker, tansu, feed.expected.ends)
        until(lambda: ask(settings, "/readyz")[0] == 200, "ready")
        # Measured every two seconds.
        until(lambda: LAG.findall(ask(settings, "/metrics")[1]), "a lag")
        until(lambda: health(settings)["sources"]["website"]["lag"] == 0, "no lag")
        assert ask(settings, "/healthz")[0] == 200
        assert ask(settings, "/router/")[0] == ask(settings, "/")[0] == 404
        # Loopback in /proc/net/tcp's words.
        assert listening(worker._process.pid) == {f"0100007F:{port:04X}"}
        status, body = ask(settings, "/metrics")
        pages = body + ask(settings, "/readyz")[1]
        assert worker.stop() == 0
    assert status == 200
    expected = feed.expected
    counted = {
        outcome: int(float(value))
        for outcome, value in re.findall(
            r'^cjm_records_total\{outcome="(\w+)",source="website"\} (\S+)$', body.decode(), re.M
        )
    }
    assert counted == {
        "stored": len(expected.touchpoints),
        "dropped": len(expected.drops),
        "dead_letter": len(expected.dead_letters),
    }
    lag = LAG.findall(body)
    assert lag and not any(map(float, lag))
    for secret in (PASSWORD, settings.given_key or "", "anonymousId", "messageId"):
        assert secret.encode() not in pages
    feed.close()
