"""Calls as Asterisk's channel event log (CEL), CSV.

Source: "CEL Design Goals" and the sample cel_custom.conf of the Asterisk documentation. A call is
many lines (`CHAN_START`, `ANSWER`, `BRIDGE_ENTER`, `HANGUP`, `CHAN_END`, …); one touchpoint is
one call, known by its `linkedid`, and the loader puts its lines into one record. Logs of before
Asterisk 1.8 (15 to 17 columns) have no `linkedid`: there each channel is a call by itself.
Event id: `linkedid`, else `uniqueid`. Revision: the call's last line, and 1 ms for every further
one, so that a whole call stands over a line that travelled alone.
Clock: the call's first line, in seconds since 1970 or in local time (the mapping names the zone).
A call is answered when a line says so; `wait_s` is until then, or until the end. Who called whom
is told by the numbers, as in `asterisk_cdr`.
"""

from __future__ import annotations

from collections.abc import Sequence

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.call_centre import asterisk
from cjm_tracker.sources.call_centre.asterisk import Row
from cjm_tracker.sources.payload import attributes, event_id

OLD = (
    "eventtype", "eventtime", "cid_name", "cid_num", "cid_ani", "cid_rdnis", "cid_dnid", "exten",
    "context", "channame", "appname", "appdata", "amaflags", "accountcode", "uniqueid",
    "userfield", "peer",
)  # fmt: skip
NEW = (*OLD[:15], "linkedid", "peer", "userfield", "userdeftype", "extra")
LAYOUTS = {len(columns): columns for columns in (OLD[:15], OLD[:16], OLD, NEW[:19], NEW)}
# Without them a line of words and commas would pass for a call.
EVENTS = (
    "CHAN_START", "CHAN_END", "ANSWER", "HANGUP", "LINKEDID_END", "APP_START", "APP_END",
    "BRIDGE_START", "BRIDGE_END", "BRIDGE_ENTER", "BRIDGE_EXIT", "BRIDGE_UPDATE", "CONF_START",
    "CONF_END", "CONF_ENTER", "CONF_EXIT", "PARK_START", "PARK_END", "BLINDTRANSFER",
    "ATTENDEDTRANSFER", "TRANSFER", "HOOKFLASH", "3WAY_START", "3WAY_END", "PICKUP", "FORWARD",
    "LOCAL_OPTIMIZE", "LOCAL_OPTIMIZE_BEGIN", "USER_DEFINED", "MIXMONITOR_START",
    "MIXMONITOR_STOP", "STREAM_BEGIN", "STREAM_END", "DTMF", "TEXT",
)  # fmt: skip
TRANSFERS = ("BLINDTRANSFER", "ATTENDEDTRANSFER", "TRANSFER")
ENDS = ("HANGUP", "CHAN_END", "LINKEDID_END")


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """The lines of one call are one event."""
    rows = asterisk.rows(record.value, LAYOUTS)
    ids = {row.get("linkedid") or row["uniqueid"] for row in rows}
    if len(ids) != 1:
        raise InvalidRecord("wrong_layout", "the lines of exactly one call are expected")
    happened = sorted(
        (
            (asterisk.clock(row["eventtime"], "eventtime", options), _event(row), row)
            for row in rows
        ),
        key=lambda line: line[0],
    )
    began, ended = happened[0][0], happened[-1][0]
    caller = next((row["cid_num"] for row in rows if row["cid_num"]), "")
    dialled = next((row["exten"] for row in rows if row["exten"] not in ("", "s", "h")), "")
    answered = next((time for time, event, _ in happened if event == "ANSWER"), None)
    events = [event for _, event, _ in happened]
    over = any(event in ENDS for event in events)
    outcome = "answered" if answered is not None else "no_answer" if over else ""
    way = asterisk.direction(caller, dialled)
    return [
        Event(
            event_id=event_id(ids.pop(), "linkedid"),
            name=way,
            occurred_at=began,
            identifiers=asterisk.customer(caller, dialled),
            attributes=attributes(
                medium="voice",
                direction=way,
                extension=asterisk.extension(dialled),
                context=rows[0]["context"],
                queue=next((_queue(row) for row in rows if row["appname"] == "Queue"), None),
                account=next((row["accountcode"] for row in rows if row["accountcode"]), None),
                transferred="yes" if any(event in TRANSFERS for event in events) else None,
            ),
            outcome=outcome,
            duration_s=(ended - began) / 1000 if over else None,
            wait_s=((ended if answered is None else answered) - began) / 1000 if outcome else None,
            revision=max(ended + len(rows) - 1, 0),
            drop_reason=asterisk.drop(way, outcome),
        )
    ]


def _event(row: Row) -> str:
    name = row["eventtype"].removeprefix("EV_").removeprefix("AST_CEL_")
    if name not in EVENTS:
        raise InvalidRecord("bad_field", "eventtype: no event of a channel")
    return name


def _queue(row: Row) -> str:
    return row["appdata"].split(",")[0]


FORMAT = Format(
    name="asterisk_cel",
    source="call_centre",
    summary="Asterisk channel event log, CSV; the lines of one call are one record",
    frames=framing.grouped_lines(asterisk.column(LAYOUTS, "linkedid", "uniqueid"), b"eventtype,"),
    parse=parse,
    event_id="linkedid, else uniqueid",
    clock="the first line of the call",
    identifiers=("phone",),
    attributes=("medium", "direction", "extension", "context", "queue", "account", "transferred"),
    gives=("outcome", "duration_s", "wait_s", "revision"),
    drops=("outbound_call", "internal_call"),
    needs_timezone=True,
)
