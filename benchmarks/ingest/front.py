"""The engine in a process of its own, behind the HTTP front the tests use: one request at a time.

It stands for a ClickHouse server where a worker is to be looked at without the engine in it.
"""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from benchmarks.ingest.contenders import ROOT
from cjm_tracker.broker.tansu import free_port

START_S = 30.0


@contextmanager
def front(directory: Path) -> Iterator[str]:
    """Run it on `directory`; gives the warehouse's DSN."""
    from tests.warehouse.http_engine import PASSWORD, USER  # it imports the engine

    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.warehouse.http_engine", str(directory), str(port)], cwd=ROOT
    )
    try:
        _wait(process, port)
        yield f"clickhouse://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{port}/cjm"
    finally:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=5).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("the engine does not answer")
