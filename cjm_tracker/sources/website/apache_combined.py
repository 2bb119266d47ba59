"""Website requests in Apache's combined (or common) log format, also nginx's default.

Read as well is what stands around it in the logs of others: the virtual host in front (Apache's
vhost_combined) or in the place of the ident nobody uses any more (OVH), the time it took in
brackets (Gandi) or at the end (Icecast).
Source: the Apache HTTP Server's documentation of log files. See `access_log` for what a touchpoint
and its id are. Clock: the time the server took the request, with its offset.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cjm_tracker.events import Event, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.website.access_log import (
    EVENT_ID,
    HEADERS,
    QUOTED,
    REQUEST,
    apache_time,
    matched,
    request_event,
    requested,
    seconds,
)

# Every part is bounded by a delimiter it cannot contain, so no input makes the pattern backtrack.
# A server cuts an overlong agent off: its closing quote may be missing.
_LINE = re.compile(
    r"(?:(\S++) )?(\S++) (\S++) (\S++) \[([^\]]++)\] (?:\((\d+) s\) )?" + QUOTED
    + r" (\d{3}) (\d+|-)(?: " + QUOTED + " " + QUOTED + r"?)?(?: (\d+))?"
)  # fmt: skip


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One line is one request."""
    line = matched(_LINE, record, "in the combined log format")
    host, address, ident, user, time, took, request, status, size, *rest = line.groups()
    referrer, agent, took_at_the_end = rest
    method, target = requested(request)
    return [
        request_event(
            record,
            apache_time(time),
            method=method,
            target=target,
            status=status,
            size=size,
            address=address,
            user=user,
            host=host or (ident if "." in ident else None),
            referrer=referrer,
            agent=agent,
            duration_s=seconds(took or took_at_the_end),
        )
    ]


FORMAT = Format(
    name="apache_combined",
    source="website",
    summary="Apache / nginx access log, combined or common, with or without virtual host",
    frames=framing.data_lines(b"#"),  # people write remarks into their logs
    parse=parse,
    event_id=EVENT_ID,
    clock="when the server took the request",
    identifiers=("ip", "user_id"),
    attributes=(*REQUEST, *HEADERS),
    gives=("outcome", "duration_s"),
    repeats=True,
)
