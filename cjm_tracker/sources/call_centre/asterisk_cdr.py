"""Calls as Asterisk's call detail records (CDR), CSV.

Source: "CDR Specification" of the Asterisk documentation, with the columns of the modules cdr_csv
(16 to 18) and cdr_custom's sample (19), or of all fields (21). A call has a record for each pair
of parties that it brought together: a transfer, a queue that rings several members. One
touchpoint is one call, known by its `linkedid`; the loader puts its lines into one record. Where
they travel alone, each is a state of the call and the one that ends last stands.
Event id: `linkedid`, else `uniqueid`, else a hash of the line. Revision: when the call's last
line ends, and 1 ms for every further line, so that the whole call stands over its last line.
Clock: the first `start`, when it rang, in the system's local time (the mapping names the zone).
Durations are the system's own, not differences of its clocks: `wait_s` is until somebody took the
call (`duration` - `billsec`), or until the caller gave up.
Who called whom is told by the numbers: five digits at most are an extension of our own. Dropped
are calls between two extensions, and those we made and nobody took.
"""

from __future__ import annotations

from collections.abc import Sequence

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.call_centre import asterisk
from cjm_tracker.sources.call_centre.asterisk import Row
from cjm_tracker.sources.payload import attributes, event_id, natural_id, whole

CUSTOM = (
    "clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata", "start",
    "answer", "end", "duration", "billsec", "disposition", "amaflags", "accountcode", "uniqueid",
    "userfield", "sequence",
)  # fmt: skip
FULL = (*CUSTOM[:16], "peeraccount", *CUSTOM[16:], "linkedid")
PLAIN = ("accountcode", "src", "dst", "dcontext", "clid", *CUSTOM[4:15], "uniqueid", "userfield")
LAYOUTS = {len(columns): columns for columns in (PLAIN[:16], PLAIN[:17], PLAIN, CUSTOM, FULL)}
OUTCOMES = {
    "ANSWERED": "answered",
    "NO ANSWER": "no_answer",
    "BUSY": "busy",
    "FAILED": "failed",
    "CONGESTION": "failed",
}


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """The lines of one call are one event."""
    legs = asterisk.rows(record.value, LAYOUTS)
    ids = {_call_id(leg) for leg in legs}
    if len(ids) != 1:
        raise InvalidRecord("wrong_layout", "the lines of exactly one call are expected")
    times = [asterisk.clock(leg["start"], "start", options) for leg in legs]
    ends = [
        start + 1000 * whole(leg["duration"], "duration")
        for start, leg in zip(times, legs, strict=True)
    ]
    began, ended = min(times), max(ends)
    first = legs[times.index(began)]
    way = asterisk.direction(first["src"], first["dst"])
    outcome, answered = _outcome(legs, ends)
    return [
        Event(
            event_id=event_id(ids.pop(), "linkedid"),
            name=way,
            occurred_at=began,
            identifiers=asterisk.customer(first["src"], first["dst"]),
            attributes=attributes(
                medium="voice",
                direction=way,
                extension=asterisk.extension(first["dst"]),
                context=first["dcontext"],
                queue=next((_queue(leg) for leg in legs if leg["lastapp"] == "Queue"), None),
                account=first["accountcode"],
                legs=len(legs),
            ),
            outcome=outcome,
            duration_s=(ended - began) / 1000,
            wait_s=((ended if answered is None else answered) - began) / 1000,
            revision=max(ended + len(legs) - 1, 0),
            drop_reason=asterisk.drop(way, outcome),
        )
    ]


def _call_id(leg: Row) -> str:
    return leg.get("linkedid") or leg.get("uniqueid") or natural_id([*leg.values()])


def _outcome(legs: Sequence[Row], ends: Sequence[int]) -> tuple[str, int | None]:
    """What became of the call, and when somebody took it."""
    for leg in legs:
        if leg["disposition"] not in OUTCOMES:
            raise InvalidRecord("bad_field", f"disposition: none of {', '.join(OUTCOMES)}")
    taken = [
        end - 1000 * whole(leg["billsec"], "billsec")
        for leg, end in zip(legs, ends, strict=True)
        if leg["disposition"] == "ANSWERED"
    ]
    return ("answered", min(taken)) if taken else (OUTCOMES[legs[-1]["disposition"]], None)


def _queue(leg: Row) -> str:
    return leg["lastdata"].split(",")[0]


FORMAT = Format(
    name="asterisk_cdr",
    source="call_centre",
    summary="Asterisk call detail records, CSV; the lines of one call are one record",
    frames=framing.grouped_lines(asterisk.column(LAYOUTS, "linkedid", "uniqueid"), b"clid,"),
    parse=parse,
    event_id="linkedid, else uniqueid, else a hash of the line",
    clock="the first start: when it rang",
    identifiers=("phone",),
    attributes=("medium", "direction", "extension", "context", "queue", "account", "legs"),
    gives=("outcome", "duration_s", "wait_s", "revision"),
    drops=("outbound_call", "internal_call"),
    needs_timezone=True,
)
