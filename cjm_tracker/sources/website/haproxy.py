"""Website requests in HAProxy's HTTP log, with or without the syslog prefix in front.

Source: HAProxy's configuration manual, chapter "HTTP log format". See `access_log` for what a
touchpoint and its id are. `queue` is the frontend that took the request. The duration is the whole
time until the last byte was sent; a plus in front of it (the log did not wait for the end) is read
over, as the request took at least that long.
Clock: when HAProxy took the connection, in its machine's zone, which the line does not say.
A client that sent no request (`<BADREQ>`, status -1) is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cjm_tracker.events import Event, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.payload import instant_by
from cjm_tracker.sources.website.access_log import (
    EVENT_ID,
    REQUEST,
    matched,
    request_event,
    requested,
    seconds,
)

MILLISECONDS = 1_000
TIME = "%d/%b/%Y:%H:%M:%S.%f"

# The request is the last part; where it was too long, its closing quote is missing. Headers that
# were captured stand before it in braces.
_LINE = re.compile(
    r"(?:[^\[\]]*+\[\d+\]: )?(\S+):\d+ \[([^\]]++)\] (\S++) \S++ \S+/\+?(-?\d+) (\d+|-1) \+?(\d+) "
    r'\S++ \S++ \S++ \S++ \S++ (?:\{[^}]*+\} ){0,2}"([^"]*+)"?'
)


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One line is one request, or a client that asked for nothing."""
    line = matched(_LINE, record, "of HAProxy's HTTP log")
    address, time, frontend, took, status, size, request = line.groups()
    method, target = requested(request)
    event = request_event(
        record,
        instant_by(TIME, time, "time", options.timezone),
        method=method,
        target=target,
        status=status,
        size=size,
        address=address,
        duration_s=seconds(took, MILLISECONDS),
    )
    event.attributes["queue"] = frontend
    event.drop_reason = "" if target else "no_request"
    return [event]


FORMAT = Format(
    name="haproxy",
    source="website",
    summary="HAProxy's HTTP log, one line a record",
    frames=framing.lines,
    parse=parse,
    event_id=EVENT_ID,
    clock="when HAProxy took the connection, in the mapping's time zone",
    identifiers=("ip",),
    attributes=(*REQUEST, "queue"),
    gives=("outcome", "duration_s"),
    drops=("no_request",),
    needs_timezone=True,
    repeats=True,
)
