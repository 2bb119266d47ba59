"""A proxy before the warehouse that does to inserts what networks and servers do.

It stands in this process, speaks ClickHouse's HTTP as `http_engine` does, and hands on all else.
"""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import ThreadingHTTPServer
from typing import Literal
from urllib.parse import unquote_plus

from ..warehouse.http_engine import DECODERS, Handler

Fault = Literal["answer lost", "time-out", "503", "cut", "refused"]
# What is asked of each insert: its table and the bytes of its rows.
Chooser = Callable[[str, bytes], Fault | None]
INSERT = re.compile(r"INSERT\s+INTO\s+(?:`?\w+`?\.)?`?(\w+)", re.IGNORECASE)


class Proxy:
    """`choose` says which insert meets which fault; `made` counts them."""

    def __init__(self, target: int, hold_s: float) -> None:
        self.target = target
        self.hold_s = hold_s  # longer than the client waits for an answer
        self.made = 0
        self.choose: Chooser = lambda table, rows: None
        self.lock = threading.Lock()

    def fault(self, table: str, rows: bytes) -> Fault | None:
        with self.lock:
            chosen = self.choose(table, rows)
            self.made += bool(chosen)
        return chosen

    def every(self, nth: int, fault: Fault, most: int) -> None:
        """From now on `most` inserts meet the fault, each `nth` one."""
        self.made, seen = 0, 0

        def choose(table: str, rows: bytes) -> Fault | None:
            nonlocal seen
            seen += 1
            return fault if seen % nth == 0 and self.made < most else None

        self.choose = choose


@contextmanager
def proxy(target: int, hold_s: float = 0.0) -> Iterator[tuple[Proxy, int]]:
    """A proxy before the port `target`, and its own port."""
    before = Proxy(target, hold_s)
    handler = type("_Bound", (_Handler,), {"proxy": before})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield before, server.server_address[1]
        server.shutdown()
        thread.join()


class _Handler(Handler):
    proxy: Proxy

    def do_GET(self) -> None:
        self._forward(self._body(), None)

    def do_POST(self) -> None:
        body = self._body()
        decoded = DECODERS[self.headers.get("Content-Encoding", "")](body)
        table = INSERT.search(unquote_plus(self.path)) or INSERT.match(
            decoded[:200].decode("latin")
        )
        self._forward(body, self.proxy.fault(table[1], decoded) if table else None)

    def _forward(self, body: bytes, fault: Fault | None) -> None:
        if fault == "503":
            return self._told(503, b"", {})
        if fault == "refused":
            text = (
                b"Code: 53. DB::Exception: Cannot convert: a value of the insert (TYPE_MISMATCH)\n"
            )
            return self._told(500, text, {"X-ClickHouse-Exception-Code": "53"})
        onward = http.client.HTTPConnection("127.0.0.1", self.proxy.target, timeout=60)
        try:
            if fault == "cut":
                self._half(onward, body)
                self.close_connection = True
                return None
            onward.request(self.command, self.path, body, self._given())
            answer = onward.getresponse()
            said, headers = answer.read(), dict(answer.getheaders())
        except OSError:
            self.close_connection = True  # nobody there: as if this proxy were not there either
            return None
        finally:
            onward.close()
        if fault in ("answer lost", "time-out"):
            if fault == "time-out":
                time.sleep(self.proxy.hold_s)
            self.close_connection = True
            return None
        return self._told(answer.status, said, headers)

    def _half(self, onward: http.client.HTTPConnection, body: bytes) -> None:
        """The connection ends in the middle of the rows."""
        onward.putrequest(self.command, self.path)
        for name, value in self._given().items():
            onward.putheader(name, value)
        onward.putheader("Content-Length", str(len(body)))
        onward.endheaders(body[: len(body) // 2])

    def _given(self) -> dict[str, str]:
        mine = ("transfer-encoding", "content-length", "connection", "host")
        return {name: value for name, value in self.headers.items() if name.lower() not in mine}

    def _told(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "connection", "server", "date"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        with suppress(OSError):  # who asked waits no more
            self.end_headers()
            self.wfile.write(body)
