"""The embedded broker lets in whoever reaches it: nobody off this machine may."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cjm_tracker.broker import EmbeddedBroker

pytestmark = pytest.mark.broker


def test_it_listens_on_loopback_only() -> None:
    embedded = EmbeddedBroker()
    with embedded as broker:
        assert embedded._process is not None
        (host, port), *others = broker.places
        assert (host, others) == ("127.0.0.1", [])
        # As /proc writes 127.0.0.1: least significant byte first.
        assert listening(embedded._process.pid) == {f"0100007F:{port:04X}"}


def listening(pid: int) -> set[str]:
    """The addresses a process listens on, as in /proc/net/tcp and tcp6."""
    held = {os.readlink(fd) for fd in Path(f"/proc/{pid}/fd").iterdir()}
    rows = [
        row.split()
        for table in ("tcp", "tcp6")
        for row in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
    ]
    return {row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in held}
