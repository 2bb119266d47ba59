"""Website requests in Amazon S3's server access log: a website, or downloads, out of a bucket.

Source: Amazon S3's documentation of its server access log format. See `access_log` for what a
touchpoint and its id are. `host` is the bucket, which for a website has its name. The requester is
a role in the cloud account, not a customer, and is left out.
Clock: when the request came in, with its offset. What the bucket did by itself, as to let objects
expire, has no request and is dropped.
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

MILLISECONDS = 1_000

# Fields are added at the end from time to time.
_LINE = re.compile(
    r"\S++ (\S++) \[([^\]]++)\] (\S++) \S++ \S++ (\S++) \S++ (?:-|" + QUOTED + r") (\d{3}|-) \S++ "
    r"(\d+|-) \S++ (\d+|-) \S++ " + QUOTED + " " + QUOTED + r"(?: .*)?"
)  # fmt: skip


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One line is one request, or a deed of the bucket's own."""
    line = matched(_LINE, record, "of S3's server access log")
    bucket, time, address, operation, request, status, size, took, referrer, agent = line.groups()
    method, target = requested(request or "")
    event = request_event(
        record,
        apache_time(time),
        method=method or operation,
        target=target,
        status=status,
        size=size,
        address=address,
        host=bucket,
        referrer=referrer,
        agent=agent,
        duration_s=seconds(took, MILLISECONDS),
    )
    event.drop_reason = "" if target else "no_request"
    return [event]


FORMAT = Format(
    name="s3_access",
    source="website",
    summary="Amazon S3's server access log, one line a record",
    frames=framing.data_lines(b"#"),
    parse=parse,
    event_id=EVENT_ID,
    clock="when the request came in",
    identifiers=("ip",),
    attributes=(*REQUEST, *HEADERS),
    gives=("outcome", "duration_s"),
    drops=("no_request",),
    repeats=True,
)
