"""Website requests in Apache's combined (or common) log format, also nginx's default.

One touchpoint is one request, kept whatever was asked for: rules tell pages from images and
robots. The format has no event id: a request is known by its whole line and by how many equal
lines stand before it in the same file, so that loading a file twice counts it once and two
equal requests in one second count twice.
Clock: the time the server took the request, with its offset. Identifier: the address, which is
weak: it never joins two logins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import ORDINAL_HEADER, Event, Identifier, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.payload import attributes, milliseconds, natural_id, text

# Quoted fields may hold escaped quotes; every part is bounded by a delimiter it cannot contain,
# so no input makes the pattern backtrack. A server cuts an overlong agent off: its closing quote
# may be missing. Blanks at the end are taken off before: two parts that both match them would.
_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_LINE = re.compile(
    r"(\S+) \S+ (\S+) \[([^\]]+)\] " + _QUOTED + r" (\d{3}) (\d+|-)(?: " + _QUOTED + " " + _QUOTED
    + r"?)?"
)  # fmt: skip


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One line is one request."""
    matched = _LINE.fullmatch(text(record.value).rstrip())
    if not matched:
        raise InvalidRecord("wrong_layout", "not a line in the combined log format")
    address, user, written, request, status, size, referrer, agent = matched.groups()
    method, path = _request(request)
    ordinal = record.headers.get(ORDINAL_HEADER, b"0")
    return [
        Event(
            event_id=natural_id([record.value, ordinal]),
            name=method,
            occurred_at=_time(written),
            identifiers=_identifiers(address, user),
            attributes=attributes(
                path=path,
                extension=_extension(path),
                status=status,
                size=size.replace("-", "0"),
                referrer_host=_host(referrer),
                user_agent="" if agent == "-" else agent,
            ),
            outcome=status,
        )
    ]


def _identifiers(address: str, user: str) -> tuple[Identifier, ...]:
    found = (Identifier("ip", address),)
    return found if user in ("-", '""') else (Identifier("user_id", user), *found)


def _request(request: str) -> tuple[str, str]:
    parts = request.split(" ")
    target = parts[1] if len(parts) > 1 else ""
    return parts[0] or "-", target.split("?", 1)[0]


def _extension(path: str) -> str:
    name = path.rsplit("/", 1)[-1]
    return name.rsplit(".", 1)[-1].lower() if "." in name else ""


def _host(url: str | None) -> str:
    try:
        return urlsplit(url or "").hostname or ""
    except ValueError:
        return ""


@lru_cache(maxsize=4_096)
def _time(written: str) -> int:
    try:
        return milliseconds(datetime.strptime(written, "%d/%b/%Y:%H:%M:%S %z"))
    except (ValueError, OverflowError):
        raise InvalidRecord("bad_field", "time: not dd/Mon/yyyy:hh:mm:ss +zone") from None


FORMAT = Format(
    name="apache_combined",
    source="website",
    summary="Apache / nginx access log, combined or common, one line a record",
    frames=framing.lines,
    parse=parse,
    event_id="a hash of the line and of how many equal ones came before it in the file",
    clock="when the server took the request",
    identifiers=("ip", "user_id"),
    gives=("outcome",),
    repeats=True,
)
