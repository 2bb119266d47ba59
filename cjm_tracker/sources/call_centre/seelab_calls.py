"""The call-by-call log of a bank's call centre, as published by the Technion SEELab.

Source: the field list of the "Anonymous Bank" data. One touchpoint is one call, from the voice
response unit to its end; phantom calls are the telephone system's own and are dropped.
Event id: line, call id and date, which no two calls share. Clock: the moment the call entered
the voice response unit, in the bank's local time (the mapping names the zone). A clock time
that is earlier than the entry belongs to the next day.
`wait_s` is the time in the queue, absent for a call that never queued.
"""

from __future__ import annotations

from collections.abc import Sequence

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Identifier, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.payload import attributes, csv_rows, instant, natural_id, whole

COLUMNS = (
    "vru+line", "call_id", "customer_id", "priority", "type", "date", "vru_entry", "vru_exit",
    "vru_time", "q_start", "q_exit", "q_time", "outcome", "ser_start", "ser_exit", "ser_time",
    "server",
)  # fmt: skip
OUTCOMES = {"AGENT": "answered", "HANG": "abandoned", "PHANTOM": "phantom"}
SERVICES = {
    "PS": "regular_activity",
    "PE": "regular_activity_english",
    "IN": "internet_support",
    "NE": "stock_exchange",
    "NW": "prospect_information",
    "TT": "call_back_request",
}


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One line is one call."""
    rows = csv_rows(record.value, len(COLUMNS), "\t")
    return [_call(dict(zip(COLUMNS, row, strict=True)), options) for row in rows]


def _call(row: dict[str, str], options: FormatOptions) -> Event:
    if row["outcome"] not in OUTCOMES:
        raise InvalidRecord("bad_field", "outcome: none of AGENT, HANG, PHANTOM")
    day = row["date"]
    if len(day) != 6:
        raise InvalidRecord("bad_field", "date: not yymmdd")
    entered = f"19{day[:2]}-{day[2:4]}-{day[4:]}T{row['vru_entry']:0>8}"
    queued = whole(row["q_time"], "q_time")
    customer = row["customer_id"]
    return Event(
        event_id=natural_id([row["vru+line"], row["call_id"], day]),
        name=SERVICES.get(row["type"], row["type"]),
        occurred_at=instant(entered, "vru_entry", options.timezone),
        identifiers=() if customer in ("", "0") else (Identifier("customer_number", customer),),
        attributes=attributes(
            service=SERVICES.get(row["type"], row["type"]),
            priority=row["priority"],
            line=row["vru+line"],
            agent="" if row["server"] == "NO_SERVER" else row["server"],
            queued="yes" if queued > 0 else "no",
        ),
        outcome=OUTCOMES[row["outcome"]],
        duration_s=max(0, whole(row["vru_time"], "vru_time"))
        + queued
        + whole(row["ser_time"], "ser_time"),
        wait_s=queued if queued > 0 else None,
        drop_reason="phantom_call" if row["outcome"] == "PHANTOM" else "",
    )


FORMAT = Format(
    name="seelab_calls",
    source="call_centre",
    summary="call log of a bank (Technion SEELab), tab-separated, one call a line",
    frames=framing.data_lines(b"vru+line\t"),
    parse=parse,
    event_id="a hash of line, call id and date",
    clock="when the call entered the voice response unit",
    identifiers=("customer_number",),
    attributes=("service", "priority", "line", "agent", "queued"),
    gives=("outcome", "duration_s", "wait_s"),
    drops=("phantom_call",),
    needs_timezone=True,
)
