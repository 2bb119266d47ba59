"""Website requests in the access log of Amazon's load balancers, Classic and Application.

Source: the AWS documentation of access logs for both balancers. See `access_log` for what a
touchpoint and its id are. The duration is what the request spent in the balancer, in the target
and on its way back, where all three were measured.
Clock: when the balancer answered, UTC by definition; the ALB's own time of creation stands only in
newer logs. A connection over which nothing was asked for, as a TCP listener has, is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC

from cjm_tracker.events import Event, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.payload import instant
from cjm_tracker.sources.website.access_log import (
    EVENT_ID,
    QUOTED,
    REQUEST,
    matched,
    request_event,
    requested,
    seconds,
)

# The Application balancer begins with the type of the connection; both go on behind the agent.
_LINE = re.compile(
    r"(?:(?:https?|h2|grpcs?|wss?) )?(\d\S++) \S++ (\S+):\d+ \S++ (\S++) (\S++) (\S++) (\d+|-) "
    r"\S++ \d+ (\d+) " + QUOTED + " " + QUOTED + r"(?: .*)?"
)  # fmt: skip


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One line is one request, or a connection that asked for nothing."""
    line = matched(_LINE, record, "of a load balancer's log")
    time, address, *waits, status, size, request, agent = line.groups()
    method, target = requested(request)
    event = request_event(
        record,
        instant(time, "time", UTC),
        method=method,
        target="" if target == "-" else target,
        status=status,
        size=size,
        address=address,
        agent=agent,
        duration_s=_all_of([seconds(wait) for wait in waits]),
    )
    event.drop_reason = "no_request" if method == "-" else ""
    return [event]


def _all_of(waits: Sequence[float | None]) -> float | None:
    known = [wait for wait in waits if wait is not None]
    return round(sum(known), 6) if len(known) == len(waits) else None


FORMAT = Format(
    name="elb",
    source="website",
    summary="Amazon's Classic and Application load balancers, access log, one line a record",
    frames=framing.data_lines(b"#"),
    parse=parse,
    event_id=EVENT_ID,
    clock="when the balancer answered, UTC",
    identifiers=("ip",),
    attributes=(*REQUEST, "user_agent"),
    gives=("outcome", "duration_s"),
    drops=("no_request",),
    repeats=True,
)
