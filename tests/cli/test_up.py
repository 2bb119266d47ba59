"""`cjm up` and `cjm send`: everything on one machine, stopped, killed, and going on."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import clickhouse_connect
import pytest

from cjm_tracker.broker.tansu import free_port
from tests.cli.commands import CJM, cjm

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.broker, pytest.mark.slow]

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE_S = 90.0


class Up:
    """A `cjm up` in a directory, which has said where it is."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.sql, self.page = free_port(), free_port()
        ports = {"--port": free_port(), "--sql-port": self.sql, "--page-port": self.page}
        bare = {name: value for name, value in os.environ.items() if not name.startswith("CJM_")}
        self.log = directory / "up.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [CJM, "up", *(str(one) for pair in ports.items() for one in pair)],
                cwd=directory, env={**bare, "COLUMNS": "80"}, stdout=log, stderr=log,
            )  # fmt: skip
        until(lambda: "goes on" in self.said)

    @property
    def said(self) -> str:
        assert self.process.poll() in (None, 0, -signal.SIGKILL), self.log.read_text()
        return self.log.read_text()

    def stored(self, events: int) -> None:
        """Return when the SQL interface knows of so many events."""
        until(lambda: self.asked("SELECT count() FROM events") == events)

    def asked(self, sql: str) -> object:
        """The one value of a question, by the SQL interface."""
        with clickhouse_connect.get_client(host="127.0.0.1", port=self.sql) as client:
            return client.command(sql)


@contextmanager
def up(directory: Path) -> Iterator[Up]:
    started = Up(directory)
    try:
        yield started
    finally:
        started.process.kill()
        started.process.wait()


def until(holds: object) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.1)


def page_view(number: int, **other: object) -> str:
    return json.dumps(
        {
            "type": "track", "event": "Order Completed", "messageId": f"m{number}",
            "anonymousId": f"a{number}", "timestamp": "2026-01-01T00:00:00Z", **other,
        }
    )  # fmt: skip


def test_it_goes_on_after_ctrl_c_and_after_a_kill(tmp_path: Path) -> None:
    with up(tmp_path) as first:
        again = cjm(tmp_path, "up", "--port", str(free_port()))
        assert again.returncode == 78 and again.stdout == ""
        (line,) = again.stderr.splitlines()
        assert "already" in line and str(first.process.pid) in line
        _send_one_of_each(tmp_path)
        assert _asked(first.page)[0] == 200 and "script-src 'self'" in _asked(first.page)[1]
        assert _asked(first.page, Host="attacker.example")[0] == 403
        if CHROMIUM.exists():
            _look(first)
        # Not waited for: what was sent is stored before it ends.
        # One of them was sent before.
        many = "\n".join(map(page_view, range(200)))
        assert (
            cjm(tmp_path, "send", "--source", "website", "-", stdin=many.encode()).returncode == 0
        )
        first.process.send_signal(signal.SIGINT)
        assert first.process.wait(60) == 0
        assert "gone" not in first.said and "stopped" in first.said
    assert _counted(tmp_path) == "events,journeys\n201,200\n"
    away = cjm(tmp_path, "send", "--source", "website", "--event", page_view(1))
    assert away.returncode == 66 and "cjm up does not run" in away.stderr

    with up(tmp_path) as second:
        fresh = page_view(1000)
        both = f"{page_view(1)}\n{fresh}"  # one that is known, one that is not
        cjm(tmp_path, "send", "--source", "website", "-", stdin=both.encode())
        second.stored(202)
        until(lambda: second.asked("SELECT max(lag) FROM lags HAVING count() > 4") == 0)
        second.process.kill()
        second.process.wait()
        # Its worker ends by itself, and with it the hold on the warehouse.
        until(lambda: _counted(tmp_path).startswith("events,journeys\n202,"))


def _asked(port: int, **headers: str) -> tuple[int, str]:
    """Status of the page, and the policy a browser is given with it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/", headers=headers)
    answer = connection.getresponse()
    connection.close()
    return answer.status, answer.headers.get("Content-Security-Policy", "")


def _counted(directory: Path) -> str:
    query = (
        "SELECT (SELECT count() FROM events) AS events, (SELECT count() FROM journeys) AS journeys"
    )
    return cjm(directory, "sql", query, "--format", "csv").stdout.replace("\r", "")


def _send_one_of_each(directory: Path) -> None:
    """What is said of a record is what the worker makes of it."""
    said = []
    for event in (page_view(0), page_view(-1, event="Nobody knows"), "{"):
        done = cjm(directory, "send", "--source", "website", "--event", event, "--json")
        assert done.returncode == 0, done.stderr
        (posted,) = json.loads(done.stdout)
        assert posted["topic"].endswith(".raw.website") and posted["offset"] >= 0
        said += posted["becomes"]
    assert said[:2] == ["order_completed, purchase", "unmapped, no rule names Nobody knows"]
    assert said[2].startswith("dead letter, not_json")


def _look(running: Up) -> None:
    """The live page in a browser: it says what came in, by itself, and nothing in the console."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(locale="ru-RU")
        said: list[str] = []
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"http://127.0.0.1:{running.page}/")
        _read(page)
        assert page.locator("html").get_attribute("lang") == "ru"
        english = page.get_by_role("link", name="English")
        english.click()
        english.focus()
        page.get_by_role("cell", name="dead letter: not_json").wait_for(timeout=30_000)
        page.get_by_role("cell", name="unmapped: no rule names it").wait_for(timeout=30_000)
        assert page.get_by_role("status").inner_text().startswith("Everything is read")
        # It was refreshed meanwhile, and the focus is where it was.
        page.evaluate("document.getElementById('feeds').firstElementChild.id = 'old'")
        page.locator("#old").wait_for(state="detached", timeout=20_000)
        assert english.evaluate("own => own === document.activeElement")
        frame = page.frame_locator("#map")
        frame.get_by_role("heading", level=1).wait_for(timeout=30_000)
        _accessible(page)
        # A map that is drawn anew does not take the focus from the page: the browser tells that.
        assert [one for one in said if not one.startswith("info: Autofocus")] == []
        browser.close()


def _read(page: Page) -> None:
    page.get_by_role("heading", level=1, name="Пути клиентов").wait_for()
    page.get_by_role("rowheader", name="Сайт").wait_for()


def _accessible(page: Page) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    # Run from outside, so that the page's own policy stays as it is.
    found = axe.Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
