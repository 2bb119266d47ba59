"""Website requests in the W3C's extended log format, as IIS, CloudFront and others write it.

Source: the W3C's working draft WD-logfile, and the documentation of IIS, CloudFront, NetScaler,
Incapsula and SHOUTcast. A line `#Fields:` says what the columns are, and a record that travels
alone on a topic needs it: each record is that line and one line of data. Whoever ships lines
without it gets dead letters, not guesses. See `access_log` for what a touchpoint and its id are.
Clock: `date` and `time`, UTC by the draft; `date-local` and `time-local`, which IIS can write
instead, need the mapping's time zone.
`time-taken` is in seconds by the draft, in milliseconds where IIS's own columns tell who wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC
from urllib.parse import unquote

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.payload import instant
from cjm_tracker.sources.website.access_log import (
    EVENT_ID,
    HEADERS,
    NOTHING,
    REQUEST,
    decoded,
    request_event,
    seconds,
)

HEADER = "#Fields:"
MILLISECONDS = 1_000
IIS_ONLY = "sc-win32-status"
# Of streams that have no method, what was done; of a request that was refused, no status.
METHOD = ("cs-method", "x-event")
TARGET = ("cs-uri-stem", "cs-uri")
STATUS = ("sc-status", "c-status", "x-cf-status")
HOST = ("x-host-header", "cs-host", "cs(Host)")  # CloudFront's cs(Host) is its own
REFERRER = ("cs(Referer)", "cs(Referrer)", "c-referrer")
AGENT = ("cs(User-Agent)", "c-user-agent")
INVISIBLE = dict.fromkeys(map(ord, "\u200b\ufeff"))  # AWS's own example has them in names

_FIELD = re.compile(r'"([^"]*)"|(\S+)')


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """The line of data under its header is one request."""
    row = _row(decoded(record.value))
    target = _first(row, TARGET)
    if target is None:
        raise InvalidRecord("missing_field", f"{' or '.join(TARGET)}: nothing was asked for")
    return [
        request_event(
            record,
            _occurred_at(row, options),
            method=_first(row, METHOD) or "",
            target=_absolute(target),
            query=_first(row, ("cs-uri-query",)) or "",
            status=_first(row, STATUS),
            size=row.get("sc-bytes"),
            address=row.get("c-ip"),
            user=row.get("cs-username"),
            host=_first(row, HOST),
            referrer=_first(row, REFERRER),
            agent=_agent(_first(row, AGENT)),
            duration_s=_duration(row),
        )
    ]


def _row(text: str) -> dict[str, str]:
    header, _, line = text.partition("\n")
    if not header.startswith(HEADER) or not line.strip():
        raise InvalidRecord("wrong_layout", f"a line of data under its {HEADER} line is expected")
    names = header.removeprefix(HEADER).translate(INVISIBLE).split()
    values = [quoted or bare for quoted, bare in _FIELD.findall(line)]
    if "\t" in line:
        values = line.rstrip("\r\n").split("\t")
    if len(names) != len(values):
        raise InvalidRecord("wrong_layout", f"{len(names)} columns expected, {len(values)} found")
    return dict(zip(names, values, strict=True))


def _first(row: dict[str, str], names: Sequence[str]) -> str | None:
    return next((row[name] for name in names if row.get(name) not in NOTHING), None)


def _absolute(target: str) -> str:
    """A full `cs-uri` may come without its scheme: www.example.com/page."""
    return target if target.startswith("/") or "://" in target else f"http://{target}"


def _occurred_at(row: dict[str, str], options: FormatOptions) -> int:
    for date, time, zone in (("date", "time", UTC), ("date-local", "time-local", options.timezone)):
        if row.get(date) not in NOTHING and row.get(time) not in NOTHING:
            return instant(f"{row[date]}T{row[time]}", time, zone)
    raise InvalidRecord("missing_field", "date, time: no clock on the line")


def _agent(written: str | None) -> str | None:
    """Blanks are written as plus or as %20; by CloudFront twice over, as %2520."""
    if written is None or " " in written:
        return written
    return unquote(unquote(written.replace("+", " ")))


def _duration(row: dict[str, str]) -> float | None:
    if "TimeTakenMS" in row:
        return seconds(row["TimeTakenMS"], MILLISECONDS)
    unit = MILLISECONDS if IIS_ONLY in row else 1
    return seconds(_first(row, ("time-taken", "x-duration")), unit)


FORMAT = Format(
    name="w3c_extended",
    source="website",
    summary="W3C extended log (IIS, CloudFront, NetScaler, …), a line under its #Fields a record",
    frames=framing.under_header(HEADER.encode()),
    parse=parse,
    event_id=EVENT_ID,
    clock="date and time, UTC; date-local and time-local in the mapping's zone",
    identifiers=("ip", "user_id"),
    attributes=(*REQUEST, *HEADERS),
    gives=("outcome", "duration_s"),
    repeats=True,
)
