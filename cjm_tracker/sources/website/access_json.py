"""Website requests in the JSON access logs of nginx, Traefik and Caddy, one object a line.

Source: Traefik's and Caddy's documentation of their access logs. nginx has no JSON of its own:
its administrators choose the names; read are those of Matomo's published `log_format` and nginx's
own variables under their own names. See `access_log` for what a touchpoint and its id are.
Clock: when the request came in (Traefik) or was logged (nginx, Caddy), with its offset, or in
seconds since 1970.
Which server wrote a record is known by its clock's name. The differences are all in one table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from functools import reduce
from typing import Any, NamedTuple

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.payload import instant, json_object, plain, since_1970
from cjm_tracker.sources.website.access_log import (
    EVENT_ID,
    HEADERS,
    REQUEST,
    request_event,
    requested,
    seconds,
)


class Dialect(NamedTuple):
    """Where a server writes what; a blank leads into an object or the first of a list."""

    target: str
    method: str
    status: str
    size: str
    address: str
    user: str
    host: str
    referrer: str
    agent: str
    duration: str
    duration_unit: float = 1


TEXTS = tuple(field for field in Dialect._fields if not field.startswith("duration"))
MATOMO = Dialect(
    "path", "method", "status", "length", "ip", "user", "host", "referrer", "user_agent",
    "generation_time_milli",  # filled with nginx's seconds, whatever its name says
)  # fmt: skip
NGINX = Dialect(
    "request_uri", "request_method", "status", "body_bytes_sent", "remote_addr", "remote_user",
    "host", "http_referer", "http_user_agent", "request_time",
)  # fmt: skip
TRAEFIK = Dialect(
    "RequestPath", "RequestMethod", "DownstreamStatus", "DownstreamContentSize", "ClientHost",
    "ClientUsername", "RequestHost", "request_Referer", "request_User-Agent", "Duration", 1e9,
)  # fmt: skip
CADDY = Dialect(
    "request uri", "request method", "status", "size", "request client_ip", "user_id",
    "request host", "request headers Referer 0", "request headers User-Agent 0", "duration",
)  # fmt: skip
DIALECTS = {
    "StartUTC": TRAEFIK, "ts": CADDY, "time_iso8601": NGINX, "msec": NGINX, "date": MATOMO,
}  # fmt: skip


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One object is one request."""
    document = json_object(record.value)
    clock = next((name for name in DIALECTS if name in document), None)
    if clock is None:
        raise InvalidRecord("missing_field", f"{', '.join(DIALECTS)}: none of these clocks")
    dialect = DIALECTS[clock]
    said = {field: _at(document, getattr(dialect, field)) for field in TEXTS}
    method, target = requested(_at(document, "request"))
    target = said["target"] or target
    if not target:
        raise InvalidRecord("missing_field", f"{dialect.target}: nothing was asked for")
    return [
        request_event(
            record,
            _time(document[clock], clock),
            method=said["method"] or method,
            target=target,
            status=said["status"],
            size=said["size"],
            address=said["address"],
            user=said["user"],
            host=said["host"],
            referrer=said["referrer"],
            agent=said["agent"],
            duration_s=seconds(_at(document, dialect.duration), dialect.duration_unit),
        )
    ]


def _at(document: Mapping[str, Any], path: str) -> str:
    return plain(reduce(_inside, path.split(), document))


def _inside(here: Any, name: str) -> Any:
    if isinstance(here, dict):
        return here.get(name)
    return here[0] if isinstance(here, list) and here else None


def _time(written: Any, field: str) -> int:
    if isinstance(written, (int, float)) or plain(written).replace(".", "", 1).isdigit():
        return since_1970(written, field)
    return instant(plain(written), field, UTC if field == "StartUTC" else None)


FORMAT = Format(
    name="access_json",
    source="website",
    summary="JSON access log of nginx, Traefik or Caddy, one object a record",
    frames=framing.json_documents,
    parse=parse,
    event_id=EVENT_ID,
    clock="when the request came in or was logged, as the server's own field says",
    identifiers=("ip", "user_id"),
    attributes=(*REQUEST, *HEADERS),
    gives=("outcome", "duration_s"),
    repeats=True,
)
