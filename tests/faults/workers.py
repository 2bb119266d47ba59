"""Workers that are killed, stopped and watched: real ones, and ones with a fault built in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any

from pydantic import SecretStr

from cjm_tracker.broker import Position, committed
from cjm_tracker.embedded import Worker, worker
from cjm_tracker.settings import Settings

from ..streams.installation import Installation
from ..warehouse.servers import Server

ROOT = Path(__file__).parents[2]
# As short as the settings let them be: how long a dead worker is waited for is not what is tested.
QUICK: dict[str, Any] = {
    "session_timeout_s": 2.0,
    "rebalance_timeout_s": 2.0,
    "batch_wait_s": 0.05,
    "pii_key": "k" * 32,
}
WITHIN_S = 60.0


def environment(settings: Settings) -> dict[str, str]:
    """Every setting that was given, as a worker reads it."""
    given = {name: getattr(settings, name) for name in settings.model_fields_set}
    return {
        f"CJM_{name.upper()}": value.get_secret_value()
        if isinstance(value, SecretStr)
        else str(value)
        for name, value in given.items()
    }


@contextmanager
def running(installation: Installation, number: int = 0) -> Iterator[Worker]:
    """A worker, stopped at the end; `number` tells several of one installation apart."""
    settings, log = installation.settings, installation.directory / f"worker{number}.log"
    with worker(settings, installation.broker, log, environment(settings)) as started:
        yield started


@contextmanager
def faulty(installation: Installation, fault: str, **variables: str) -> Iterator[Worker]:
    """A worker that `tests.faults.patches` has put a fault into."""
    log = installation.directory / f"{fault}.log"
    command = [sys.executable, "-m", "tests.faults.patches", fault]
    given = environment(installation.settings) | installation.broker.environment | variables
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd=ROOT,
            env={**os.environ, **given},
        )
    started = Worker(process, log, installation.settings)
    try:
        yield started
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def kill(worker: Worker) -> None:
    """Without a chance to say goodbye."""
    worker._process.kill()
    worker._process.wait()


def offsets(installation: Installation) -> dict[Position, int]:
    """How far the website's group has committed."""
    return committed(installation.broker, [f"{installation.settings.group}-website"])


def until(holds: Callable[[], object], what: str, within_s: float = WITHIN_S) -> float:
    """Wait until it holds; the seconds that took."""
    since = time.monotonic()
    while not holds():
        if time.monotonic() - since > within_s:
            raise AssertionError(f"not within {within_s:.0f} s: {what}")
        time.sleep(0.1)
    return time.monotonic() - since


def until_progress(worker: Worker, installation: Installation) -> float:
    """Wait until something more is committed; the seconds that took."""
    before = offsets(installation)

    def progressed() -> bool:
        worker.check()
        return offsets(installation) != before

    return until(progressed, "a commit")


def ask(settings: Settings, path: str) -> tuple[int, bytes]:
    """Status and body of the worker's health page; status 0 when nobody answers."""
    try:
        with urllib.request.urlopen(f"http://{settings.health}{path}", timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError:
        return 0, b""


def health(settings: Settings) -> dict[str, Any]:
    """What /readyz reports; empty while nobody answers."""
    _, body = ask(settings, "/readyz")
    return json.loads(body) if body else {}


def rss_mb(worker: Worker) -> float:
    """Memory of the worker's process."""
    status = Path(f"/proc/{worker._process.pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def report(fault: str, times: int, resumed_s: Sequence[float] = (), **more: object) -> None:
    """One line of the suite's table, seen with `-s`."""
    said = f"{fault}: {times} times"
    if len(resumed_s) > 1:
        cuts = quantiles(resumed_s, n=20, method="inclusive")
        said += f", resumed after {cuts[9]:.1f} s (p50), {cuts[18]:.1f} s (p95)"
    elif resumed_s:
        said += f", resumed after {resumed_s[0]:.1f} s"
    print(
        "\n" + said,
        *(f"{name.replace('_', ' ')} {value}" for name, value in more.items()),
        sep=", ",
    )


@contextmanager
def server(directory: Path) -> Iterator[Server]:
    """A warehouse server in a directory of its own, running; it may be killed and started anew."""
    directory.mkdir()
    made = Server(directory)
    made.start()
    try:
        yield made
    finally:
        made.kill()
