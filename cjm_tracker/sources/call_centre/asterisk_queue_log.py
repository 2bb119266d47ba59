"""Calls in Asterisk's queues, as its queue_log has them: lines with bars.

Source: "Queue Logs" of the Asterisk documentation. A call is several lines (`ENTERQUEUE`,
`RINGNOANSWER`, `CONNECT`, `COMPLETECALLER`, `ABANDON`, …) with the caller's channel in the second
column; one touchpoint is one call, and the loader puts its lines into one record. Dropped is what
the system says of its members alone (`ADDMEMBER`, `PAUSE`, `CONFIGRELOAD`, a `RINGNOANSWER` that
travels by itself).
Event id: the caller's channel; of the system's own lines a hash. Revision: the call's last line,
and 1 ms for every further one, so that a whole call stands over a line that travelled alone.
Clock: the entry into the queue, in seconds since 1970; a later line that travels alone tells it
by the times it carries. `wait_s` is the time in the queue, whoever ended it.
"""

from __future__ import annotations

from collections.abc import Sequence

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Identifier, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.call_centre import asterisk
from cjm_tracker.sources.payload import amount, attributes, event_id, natural_id, text, whole

OUTCOMES = {
    "CONNECT": "answered",
    "COMPLETEAGENT": "answered",
    "COMPLETECALLER": "answered",
    "TRANSFER": "answered",
    "BLINDTRANSFER": "answered",
    "ATTENDEDTRANSFER": "answered",
    "ABANDON": "abandoned",
    "EXITWITHKEY": "abandoned",
    "EXITWITHTIMEOUT": "no_answer",
    "EXITEMPTY": "no_answer",
    "AGENTDUMP": "failed",
    "SYSCOMPAT": "failed",
}
TRANSFERS = ("TRANSFER", "BLINDTRANSFER", "ATTENDEDTRANSFER")
# Where each event says how many seconds the caller has waited, and then talked.
WAITED = {
    "CONNECT": 0, "COMPLETEAGENT": 0, "COMPLETECALLER": 0, "TRANSFER": 2, "BLINDTRANSFER": 2,
    "ATTENDEDTRANSFER": 2, "ABANDON": 2, "EXITWITHTIMEOUT": 2, "EXITEMPTY": 2, "EXITWITHKEY": 3,
}  # fmt: skip
TALKED = {
    "COMPLETEAGENT": 1, "COMPLETECALLER": 1, "TRANSFER": 3, "BLINDTRANSFER": 3,
    "ATTENDEDTRANSFER": 3,
}  # fmt: skip
OURS = (
    "ADDMEMBER", "REMOVEMEMBER", "PAUSE", "UNPAUSE", "PAUSEALL", "UNPAUSEALL", "PENALTY",
    "PAUSEREASON", "MEMBERPENALTY", "QUEUESTART", "CONFIGRELOAD", "AGENTLOGIN", "AGENTLOGOFF",
    "AGENTCALLBACKLOGIN", "AGENTCALLBACKLOGOFF", "RINGNOANSWER", "RINGCANCELED", "DID", "INFO",
)  # fmt: skip
KNOWN = {"ENTERQUEUE", *OUTCOMES, *OURS}


class Line:
    """A line by its columns."""

    def __init__(self, written: str) -> None:
        fields = written.rstrip("\r").split("|")
        if len(fields) < 5:
            raise InvalidRecord("wrong_layout", f"5 columns at least, {len(fields)} found")
        self.time = int(amount(fields[0], "time") * 1000)
        self.call, self.queue, self.member, self.event = fields[1:5]
        self.details = fields[5:]
        if self.event not in KNOWN:
            raise InvalidRecord("bad_field", "event: no event of a queue")

    def seconds(self, places: dict[str, int]) -> int | None:
        """What the event says at its place; logs of old versions end before it."""
        place = places.get(self.event)
        if place is None or place >= len(self.details) or not self.details[place]:
            return None
        return whole(self.details[place], self.event.lower())


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """The lines of one call are one event; each of the system's own is one that is dropped."""
    lines = [Line(written) for written in text(record.value).split("\n")]
    if all(line.event in OURS for line in lines):
        return [_bookkeeping(line) for line in lines]
    if len({line.call for line in lines}) != 1:
        raise InvalidRecord("wrong_layout", "the lines of exactly one call are expected")
    return [_call(lines)]


def _bookkeeping(line: Line) -> Event:
    return Event(
        event_id=natural_id([str(line.time), line.call, line.queue, line.member, line.event]),
        name=line.event,
        occurred_at=line.time,
        attributes=attributes(queue=line.queue, agent=line.member),
        drop_reason="phantom_call",
    )


def _call(lines: Sequence[Line]) -> Event:
    ended = max(line.time for line in lines)
    began = min(line.time - 1000 * _said(line) for line in lines)
    outcomes = [OUTCOMES[line.event] for line in lines if line.event in OUTCOMES]
    outcome = "answered" if "answered" in outcomes else outcomes[-1] if outcomes else ""
    served = [line for line in lines if OUTCOMES.get(line.event) == "answered"]
    waits = [wait for line in served or lines if (wait := line.seconds(WAITED)) is not None]
    over = any(line.event in OUTCOMES and line.event != "CONNECT" for line in lines)
    return Event(
        event_id=event_id(lines[0].call, "call"),
        name="queue_call",
        occurred_at=began,
        identifiers=tuple(_caller(lines)),
        attributes=attributes(
            medium="voice",
            queue=(served or lines)[-1].queue,
            agent=served[0].member if served else None,
            ended_by={"COMPLETEAGENT": "agent", "COMPLETECALLER": "caller"}.get(lines[-1].event),
            transferred="yes" if any(line.event in TRANSFERS for line in lines) else None,
        ),
        outcome=outcome,
        duration_s=(ended - began) / 1000 if over else None,
        wait_s=waits[0] if waits else None,
        revision=max(ended + len(lines) - 1, 0),
    )


def _said(line: Line) -> int:
    """Seconds from the entry to this line, as far as it tells."""
    return (line.seconds(WAITED) or 0) + (line.seconds(TALKED) or 0)


def _caller(lines: Sequence[Line]) -> list[Identifier]:
    entries = [line.details for line in lines if line.event == "ENTERQUEUE"]
    numbers = dict.fromkeys(details[1] for details in entries if len(details) > 1)
    return [known for number in numbers for known in asterisk.customer(number, "")]


def _call_of(line: bytes) -> bytes:
    """The call a line belongs to; the system's own lines belong to none."""
    fields = line.split(b"|", 5)
    is_call = len(fields) > 4 and b"." in fields[1]
    return fields[1] if is_call else line


FORMAT = Format(
    name="asterisk_queue_log",
    source="call_centre",
    summary="Asterisk queue_log, lines with bars; the lines of one call are one record",
    frames=framing.grouped_lines(_call_of, b"time|"),
    parse=parse,
    event_id="the caller's channel; of the system's own lines a hash",
    clock="the entry into the queue",
    identifiers=("phone",),
    attributes=("medium", "queue", "agent", "ended_by", "transferred"),
    gives=("outcome", "duration_s", "wait_s", "revision"),
    drops=("phantom_call",),
)
