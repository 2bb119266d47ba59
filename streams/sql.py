"""ClickHouse's HTTP interface over the embedded engine, for reading: what Grafana's data source,
clickhouse-connect and other clients ask while this process holds the warehouse.

There are no users here: any is taken. What may be asked is decided in cjm_tracker.warehouse.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from uuid import uuid4

from aiohttp import hdrs, web

from cjm_tracker.warehouse import wire
from cjm_tracker.warehouse.admission import (
    NOT_IMPLEMENTED,
    SYNTAX_ERROR,
    Refused,
    not_implemented,
)
from cjm_tracker.warehouse.client import DATABASE
from cjm_tracker.warehouse.reader import Answer, Reader
from streams.listener import Listener

# Questions answered at once; the worker's own inserts and stitches go on beside them.
AT_ONCE = 2
# Parameters of a request that are no settings of the engine.
OWN = frozenset(
    "query database default_format query_id session_id session_check session_timeout user password"
    " client_protocol_version wait_end_of_query buffer_size enable_http_compression compress"
    " decompress send_progress_in_http_headers http_headers_progress_interval_ms role quota_key"
    " cancel_http_readonly_queries_on_client_close add_http_cors_header stacktrace"
    # The codec of compressed frames is told by each frame: here it is always LZ4.
    " network_compression_method network_zstd_compression_level".split()
)
UNKNOWN_DATABASE = 81
# As a server maps them: what is asked wrongly, what is not there, what may not be, what took long.
STATUS = {
    **dict.fromkeys((6, 26, 27, 36, 38, 41, 42, 43, 53, 62, 72, 73, 456, 457), 400),
    **dict.fromkeys((46, 47, 50, 60, 81), 404),
    **dict.fromkeys((164, 497), 403),
    NOT_IMPLEMENTED: 501,
}
TYPES = (
    (re.compile(r"JSON\w*EachRow"), "application/x-ndjson; charset=UTF-8"),
    (re.compile(r"JSON"), "application/json; charset=UTF-8"),
    (re.compile(r"CSV"), "text/csv; charset=UTF-8"),
    (re.compile(r"TabSeparated|TSV"), "text/tab-separated-values; charset=UTF-8"),
    (re.compile(r"Arrow|Parquet|Native|RowBinary|Raw"), "application/octet-stream"),
)
FORMAT = "X-ClickHouse-Format"


class SqlInterface:
    """Answers at `/` and `/ping`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._at_once = asyncio.Semaphore(AT_ONCE)

    def listener(self, address: str) -> Listener:
        """It, at `host:port`."""
        routes = [
            web.get("/", self._asked),
            web.post("/", self._asked),
            web.get("/ping", self._ping),
        ]
        return Listener(address, routes)

    async def _ping(self, request: web.Request) -> web.Response:
        return web.Response(text="Ok.\n")

    async def _asked(self, request: web.Request) -> web.Response:
        query_id = request.query.get("query_id") or uuid4().hex
        try:
            sql, given = await self._question(request)
            if not sql and request.method == hdrs.METH_GET:
                return await self._ping(request)
            answer = await self._answer(sql, given, request)
        except Refused as refused:
            response = web.Response(
                text=f"{refused}\n",
                status=STATUS.get(refused.code, 500),
                headers={"X-ClickHouse-Exception-Code": str(refused.code)},
            )
        else:
            response = web.Response(body=answer.body, headers={FORMAT: answer.form})
            # As strings: so a server writes numbers of 64 bits.
            figures = {name: str(value) for name, value in answer.figures.items()}
            response.headers["X-ClickHouse-Summary"] = json.dumps(figures)
            response.headers["Content-Type"] = next(
                (words for form, words in TYPES if form.match(answer.form)),
                "text/plain; charset=UTF-8",
            )
            _compress(request, response)
        response.headers.update(
            {
                "X-ClickHouse-Query-Id": re.sub(r"[^\w.-]", "", query_id)[:100],
                "X-ClickHouse-Server-Display-Name": "cjm",
                "X-ClickHouse-Timezone": self._reader.timezone or "UTC",
            }
        )
        return response

    async def _question(self, request: web.Request) -> tuple[str, Mapping[str, str]]:
        """The statement, and all that comes with it."""
        given = dict(request.query)
        if request.content_type == "multipart/form-data":  # clickhouse-connect's long parameters
            form = await request.post()
            if any(not isinstance(value, str) for value in form.values()):
                raise not_implemented("External data is not taken here")
            given |= {name: str(value) for name, value in form.items()}
            body = ""
        else:
            try:
                body = (await request.read()).decode()
            except UnicodeDecodeError:
                raise Refused(SYNTAX_ERROR, "SYNTAX_ERROR", "Syntax error: no UTF-8") from None
        return "\n".join(filter(None, (given.get("query", ""), body))), given

    async def _answer(self, sql: str, given: Mapping[str, str], request: web.Request) -> Answer:
        named = request.headers.get("X-ClickHouse-Database") or given.get("database") or DATABASE
        if named not in (DATABASE, "default"):
            raise Refused(
                UNKNOWN_DATABASE, "UNKNOWN_DATABASE", f"Database {named[:60]} is not here"
            )
        if _is_on(given, "decompress"):
            raise not_implemented("decompress=1 is not known here: send the statement as it is")
        form = request.headers.get(FORMAT) or given.get("default_format") or "TabSeparated"
        bound = {n.removeprefix("param_"): v for n, v in given.items() if n.startswith("param_")}
        settings = {n: v for n, v in given.items() if n not in OWN and not n.startswith("param_")}
        async with self._at_once:
            answer = await asyncio.to_thread(self._reader.run, sql, form, bound, settings)
            return await asyncio.to_thread(_as_asked, answer, given)


def _as_asked(answer: Answer, given: Mapping[str, str]) -> Answer:
    """In the client's version of the protocol and its compression."""
    body, revision = answer.body, given.get("client_protocol_version", "0")
    if answer.form == "Native" and revision.isdecimal():
        body = wire.native(body, int(revision))
    if _is_on(given, "compress"):
        body = wire.compressed(body)
    return replace(answer, body=body)


def _is_on(given: Mapping[str, str], name: str) -> bool:
    return given.get(name, "0") not in ("0", "false")


def _compress(request: web.Request, response: web.Response) -> None:
    """By gzip, where that is asked for: of what clients offer, what this library has."""
    if not _is_on(request.query, "enable_http_compression"):
        return
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.enable_compression(web.ContentCoding.gzip)
