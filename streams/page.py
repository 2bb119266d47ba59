"""The live page of a worker: how its feeds are, and the journey map. It refreshes by itself.

Of the page only the feeds' part is exchanged, which holds nothing that can have the focus, and the
map when it is another one and nobody is in it.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from cjm_tracker.answers import map_of
from cjm_tracker.events import SOURCES
from cjm_tracker.map import capitalised, render
from cjm_tracker.map.figures import duration, number
from cjm_tracker.mapping import LANGUAGES, Language
from cjm_tracker.warehouse import Warehouse, connect, run_query
from streams.listener import Listener
from streams.page_words import words
from streams.runtime import Connection, Runtime, milliseconds

Row = dict[str, Any]

TEMPLATES = Path(__file__).parent / "templates"
LAST = 6  # records shown
# A map is drawn anew no more often than this: it takes a second or two of one core.
MAP_EVERY_S = 10.0
POLICY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; frame-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
}
MAP_POLICY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
}
_ENVIRONMENT = Environment(
    loader=PackageLoader("streams"),
    autoescape=True,  # names of events come from outside
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class LivePage:
    """Answers at `/`, with `?lang=en|ru|bg`."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._reading = Connection()
        self._drawing = asyncio.Lock()
        self._maps: dict[Language, tuple[float, str]] = {}  # when drawn, and the page

    async def listener(self, address: str) -> Listener:
        """It, at `host:port`, with the warehouse open until the listener is stopped."""
        await self._open()
        routes = [
            web.get("/", self._page),
            web.get("/feeds", self._feeds),
            web.get("/map", self._map),
            web.get("/map-stamp", self._stamp),
            web.get("/page.js", self._script),
            web.get("/page.css", self._style),
        ]
        return Listener(address, routes, on_stop=self._reading.close)

    async def _open(self) -> None:
        """A connection of its own: neither inserts nor stitches wait for a reader."""
        dsn = self._runtime.settings.warehouse.get_secret_value()
        self._reading.warehouse = await asyncio.to_thread(connect, dsn, create=False)

    async def _page(self, request: web.Request) -> web.Response:
        language = _language(request)
        said = words(language)
        feeds = await self._fragment(language)
        text = _ENVIRONMENT.get_template("page.html").render(
            t=said, language=language, languages=LANGUAGES, feeds=feeds
        )
        return web.Response(text=text, content_type="text/html", headers=POLICY)

    async def _feeds(self, request: web.Request) -> web.Response:
        text = await self._fragment(_language(request))
        return web.Response(text=text, content_type="text/html", headers=POLICY)

    async def _map(self, request: web.Request) -> web.Response:
        text = await self._drawn(_language(request))
        return web.Response(text=text, content_type="text/html", headers=MAP_POLICY)

    async def _stamp(self, request: web.Request) -> web.Response:
        text = await self._drawn(_language(request))
        return web.Response(text=hashlib.sha256(text.encode()).hexdigest())

    async def _script(self, request: web.Request) -> web.Response:
        return _file("page.js", "text/javascript")

    async def _style(self, request: web.Request) -> web.Response:
        return _file("page.css", "text/css")

    async def _fragment(self, language: Language) -> str:
        now = milliseconds()
        health = self._runtime.health.report(time.monotonic())

        def ask(warehouse: Warehouse) -> tuple[list[Row], list[Row]]:
            return (
                run_query(warehouse, "live_feeds", now=now).dicts(),
                run_query(warehouse, "live_records", limit=LAST).dicts(),
            )

        rows, records = await self._reading.run(ask)
        return _rendered(self._label(language), language, health, rows, records)

    def _label(self, language: Language) -> Any:
        return lambda name: capitalised(self._runtime.mapping.label(name, language))

    async def _drawn(self, language: Language) -> str:
        async with self._drawing:
            drawn_at, text = self._maps.get(language, (0.0, ""))
            if not text or time.monotonic() - drawn_at > MAP_EVERY_S:
                text = await self._reading.run(lambda warehouse: self._draw(warehouse, language))
                self._maps[language] = (time.monotonic(), text)
        return text

    def _draw(self, warehouse: Warehouse, language: Language) -> str:
        mapping = self._runtime.mapping
        definition = mapping.definition("", unit="customer") or mapping.definition("")
        assert definition
        return render(map_of(warehouse, mapping, language, definition))


def _rendered(
    label: Any, language: Language, health: Row, rows: list[Row], records: list[Row]
) -> str:
    """The part of the page that is exchanged."""
    known = {row["source"]: row for row in rows}
    feeds = [
        {"source": source, "lag": health["sources"].get(source, {}).get("lag", 0), "row": row}
        for source in SOURCES
        for row in [known.get(source)]
    ]
    return _ENVIRONMENT.get_template("feeds.html").render(
        t=words(language),
        health=health,
        feeds=feeds,
        records=records,
        label=label,
        number=lambda value: number(value, language),
        duration=lambda seconds: duration(seconds, language),
    )


def _file(name: str, content_type: str) -> web.Response:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    return web.Response(text=text, content_type=content_type, headers=POLICY)


def _language(request: web.Request) -> Language:
    """As asked for by `?lang=`; else the browser's first one that there are words in."""
    accepted = request.headers.get("Accept-Language", "").split(",")
    for wanted in (request.query.get("lang", ""), *accepted):
        for known in LANGUAGES:
            if wanted.strip().lower().startswith(known):
                return known
    return "en"
