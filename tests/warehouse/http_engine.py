"""A ClickHouse server for tests: the embedded engine behind as much of ClickHouse's HTTP
interface as clickhouse_connect uses.

Run it: `python -m tests.warehouse.http_engine DIRECTORY PORT`. It is the real engine, so SQL,
settings, deduplication and error codes are the server's own. It is no server in all else: one
user, one request at a time, answers whole and uncompressed, no TLS, no sessions, no grants.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import chdb
import lz4.frame

USER, PASSWORD = "ana", "s3cr:t/#ДА"
DECODERS = {"": bytes, "gzip": gzip.decompress, "lz4": lz4.frame.decompress}
# Parameters of a request that are no settings of the engine.
OWN = {
    "query", "database", "default_format", "query_id", "session_id", "client_protocol_version",
    "wait_end_of_query", "buffer_size", "compress", "decompress", "enable_http_compression",
    "send_progress_in_http_headers", "http_headers_progress_interval_ms",
}  # fmt: skip
STATUS = {516: 403, 497: 403, 164: 500, 241: 500, 60: 404, 81: 404, 62: 400}
# An INSERT whose rows follow in another format than SQL; the rows begin on the next line.
INSERT = re.compile(rb"\s*(INSERT\s+INTO\s+[^\n]*?)\s+FORMAT\s+(\w+)\s*\n", re.IGNORECASE)
QUOTED = re.compile(
    r"""'(?:\\.|''|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`|--[^\n]*|/\*.*?\*/""", re.DOTALL
)


class Refused(Exception):
    """What the engine itself would not refuse, in a server's words."""


class Engine:
    """The directory, held open; each request has a handle of its own, as on a server a context."""

    def __init__(self, directory: str) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._keep_open = chdb.connect(directory)
        self.timezone = self._keep_open.query("SELECT timezone()", "TSV").bytes().decode().strip()

    def run(self, request: dict[str, str], body: bytes) -> tuple[bytes, str]:
        """The answer and its format. A setting dies with the handle: readonly would stick."""
        with self._lock:
            handle = chdb.connect(self._directory)
            try:
                handle.query(f"USE {request.get('database', 'default')}")
                settings = {n: v for n, v in request.items() if n not in OWN and n[:6] != "param_"}
                # Last, or the settings beside it would already be refused.
                for name in sorted(settings, key=lambda name: name == "readonly"):
                    handle.query(f"SET {name} = {_quoted(settings[name])}")
                return self._execute(handle, request, body)
            finally:
                handle.close()

    def _execute(self, handle: Any, request: dict[str, str], body: bytes) -> tuple[bytes, str]:
        text = request["query"].encode() + b"\n" + body if "query" in request else body
        if insert := INSERT.match(text):
            with tempfile.NamedTemporaryFile() as rows:
                rows.write(text[insert.end() :])
                rows.flush()
                statement, form = insert[1].decode(), insert[2].decode()
                handle.query(f"{statement} FROM INFILE {_quoted(rows.name)} FORMAT {form}")
            return b"", form
        sql = text.decode()
        if re.search(r";\s*\S", QUOTED.sub("_", sql)):
            raise Refused(
                "Code: 62. DB::Exception: Syntax error (Multi-statements are not allowed)"
            )
        parameters = {n[6:]: v for n, v in request.items() if n.startswith("param_")}
        named = re.search(r"\bFORMAT\s+(\w+)\s*;?\s*$", sql)
        form = named[1] if named else request.get("default_format", "TabSeparated")
        return handle.query(sql, form, params=parameters).bytes(), form


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


class Handler(BaseHTTPRequestHandler):
    """One connection, kept alive between requests as ClickHouse does."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    engine: Engine

    def do_GET(self) -> None:
        if urlsplit(self.path).path == "/ping":
            return self._answer(200, b"Ok.\n")
        # A GET changes nothing on a server either.
        self._run(self._body(), {"readonly": "2"})

    def do_POST(self) -> None:
        self._run(self._body(), {})

    def log_message(self, *arguments: Any) -> None:
        """Nothing: URLs hold values."""

    def _run(self, body: bytes, given: dict[str, str]) -> None:
        try:
            self._authenticate()
            # Bound parameters may hold any byte a URL can.
            query = urlsplit(self.path).query
            request = given | dict(parse_qsl(query, keep_blank_values=True, strict_parsing=True))
            decoded = DECODERS[self.headers.get("Content-Encoding", "")](body)
            answer, form = self.engine.run(request, decoded)
        except (Refused, RuntimeError) as error:
            return self._refuse(str(error))
        headers = {"X-ClickHouse-Summary": json.dumps({"read_rows": "0"})}
        self._answer(200, answer, headers | ({"X-ClickHouse-Format": form} if answer else {}))

    def _authenticate(self) -> None:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        user, _, password = base64.b64decode(token).decode().partition(":")
        if (scheme, user, password) != ("Basic", USER, PASSWORD):
            raise Refused(
                f"Code: 516. DB::Exception: {user}: Authentication failed: password is incorrect, "
                "or there is no user with such name.\n\nIf you have installed ClickHouse and forgot"
                " password you can reset it in the configuration file. (AUTHENTICATION_FAILED)"
            )

    def _refuse(self, text: str) -> None:
        said = re.search(r"Code: (\d+)", text)
        code = int(said[1]) if said else 1002
        self._answer(
            STATUS.get(code, 500), text.encode() + b"\n", {"X-ClickHouse-Exception-Code": str(code)}
        )

    def _body(self) -> bytes:
        """As sent; inserts come in chunks, because the client makes them while it sends."""
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        told = {"X-ClickHouse-Timezone": self.engine.timezone, **(headers or {})}
        for name, value in told.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main(directory: str, port: int) -> None:
    Handler.engine = Engine(directory)
    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
