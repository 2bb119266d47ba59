"""A request in an access log, whichever server wrote it: one touchpoint is one request.

Kept whatever was asked for: rules tell pages from images and robots. No server gives a request an
id: it is known by its whole record and by how many equal ones stand before it in the same file, so
that loading a file twice counts it once and two equal requests in one second count twice.
Identifiers: a login, where the server knows one, and the address, which is weak: it never joins
two logins. Of the query only the campaign is kept, and which click id there is: the rest may hold
anything.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import ORDINAL_HEADER, Event, Identifier, Record
from cjm_tracker.sources.payload import attributes, milliseconds, natural_id
from cjm_tracker.sources.urls import ARRIVAL, campaign_in, host_of

EVENT_ID = "a hash of the record and of how many equal ones came before it in the file"

# What every server writes, and what those write that keep headers.
REQUEST = ("host", "path", "extension", "status", "size", *ARRIVAL)
HEADERS = ("referrer_host", "user_agent")

MAX_DURATION = 10.0**9  # seconds

# How servers write that there is nothing to say.
NOTHING = (None, "", "-", '""')

# A quoted part may hold escaped quotes. Never given back once it is read: no backtracking.
QUOTED = r'"((?:[^"\\]|\\.)*+)"'


def decoded(value: bytes) -> str:
    r"""The record as text; bytes that are no UTF-8 as \xa4, which is how Apache and nginx write
    them themselves: an address in Big5 is odd, and still a request."""
    return value.decode("utf-8", "backslashreplace")


def matched(pattern: re.Pattern[str], record: Record, what: str) -> re.Match[str]:
    """The record's line; blanks at its end belong to no part of it."""
    if found := pattern.fullmatch(decoded(record.value).rstrip()):
        return found
    raise InvalidRecord("wrong_layout", f"not a line {what}")


def requested(line: str) -> tuple[str, str]:
    """Method and target of `GET /path HTTP/1.1`."""
    parts = line.split(" ")
    return parts[0], parts[1] if len(parts) > 1 else ""


def request_event(
    record: Record,
    occurred_at: int,
    *,
    method: str,
    target: str,
    query: str = "",
    status: str | None = None,
    size: str | None = None,
    address: str | None = None,
    user: str | None = None,
    host: str | None = None,
    referrer: str | None = None,
    agent: str | None = None,
    duration_s: float | None = None,
) -> Event:
    """The request as an event; what the server had nothing to say about is `-` or absent."""
    path, _, own_query = target.partition("?")
    if not path.startswith("/") and "://" in path:  # a balancer writes the whole address
        scheme_and_host, slash, rest = path.partition("://")[2].partition("/")
        host, path = scheme_and_host, slash + rest
    outcome = "" if status in NOTHING else str(status)
    return Event(
        event_id=natural_id([record.value, record.headers.get(ORDINAL_HEADER, b"0")]),
        name=method or "-",
        occurred_at=occurred_at,
        identifiers=_identifiers(address, user),
        attributes=attributes(
            host=_without_port(host),
            path=path,
            extension=_extension(path),
            status=outcome,
            size=None if size is None else size.replace("-", "0"),
            referrer_host=None if referrer in NOTHING else host_of(str(referrer)),
            user_agent=None if agent in NOTHING else agent,
            **campaign_in(query or own_query),
        ),
        outcome=outcome,
        duration_s=duration_s,
    )


def seconds(written: str | None, unit: float = 1) -> float | None:
    """A duration in seconds; `unit` is how many of its units make one."""
    if written in NOTHING:
        return None
    try:
        found = float(str(written)) / unit
    except ValueError:
        raise InvalidRecord("bad_field", "duration: not a number") from None
    if not abs(found) < MAX_DURATION:
        raise InvalidRecord("bad_field", "duration: no request lasts as long")
    return found if found >= 0 else None  # -1: the server never came to measure it


@lru_cache(4_096)
def apache_time(written: str) -> int:
    """`10/Feb/2012:16:42:07 -0500`."""
    try:
        return milliseconds(datetime.strptime(written, "%d/%b/%Y:%H:%M:%S %z"))
    except (ValueError, OverflowError):
        raise InvalidRecord("bad_field", "time: not dd/Mon/yyyy:hh:mm:ss +zone") from None


def _identifiers(address: str | None, user: str | None) -> tuple[Identifier, ...]:
    found = (("user_id", user), ("ip", address))
    return tuple(Identifier(kind, str(value)) for kind, value in found if value not in NOTHING)


def _without_port(host: str | None) -> str | None:
    if host in NOTHING:
        return None
    name, colon, port = str(host).rpartition(":")
    return name if colon and port.isdigit() else host


def _extension(path: str) -> str:
    name = path.rsplit("/", 1)[-1]
    return name.rsplit(".", 1)[-1].lower() if "." in name else ""
