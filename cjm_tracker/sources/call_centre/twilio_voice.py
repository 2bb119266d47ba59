"""Calls as Twilio's voice webhooks: the request for instructions and the status callbacks.

Source: "TwiML Voice: Twilio's request" and "Voice status callbacks" of Twilio's documentation;
form-encoded, one request a record. One touchpoint is one call: its requests, which may arrive in
any order, are states of it. Event id: `CallSid`. A leg that the call dialled is a state of it, too
(`ParentCallSid`), which says neither who the customer is nor what became of the whole.
Revision: `Timestamp` in milliseconds, and within its second `SequenceNumber`; of a leg in seconds,
so that any state of the call stands over its legs.
Clock: the beginning of the call, `Timestamp` less `CallDuration`. The request for instructions
carries no time at all: there the broker's stands, until a status callback brings the true one.
The customer is `From` of an inbound call and `To` of one of ours. Dropped is what we dialled
ourselves and nobody took.
"""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qsl

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Identifier, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.payload import attributes, event_id, milliseconds, text, whole

OUTCOMES = {
    "queued": "",
    "initiated": "",
    "ringing": "",
    "in-progress": "answered",
    "completed": "answered",
    "busy": "busy",
    "no-answer": "no_answer",
    "failed": "failed",
    "canceled": "abandoned",
}
# A number that is hidden is written in a telephone's letters: ANONYMOUS, RESTRICTED, BLOCKED,
# UNKNOWN, UNAVAILABLE. All who hide theirs would be one customer.
HIDDEN = ("266696687", "7378742833", "2562533", "8656696", "86282452253")
MAX_FIELDS = 500


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One request is one state of its call."""
    fields = _fields(record.value)
    parent = fields.get("ParentCallSid")
    if (call := parent or fields.get("CallSid")) is None:
        raise InvalidRecord("missing_field", "CallSid: missing")
    status = fields.get("CallStatus")
    if status not in OUTCOMES:
        raise InvalidRecord("bad_field", f"CallStatus: none of {', '.join(OUTCOMES)}")
    inbound = fields.get("Direction", "inbound") == "inbound"
    outcome = OUTCOMES[status]
    sent = _time(fields.get("Timestamp"))
    lasted = whole(given, "CallDuration") if (given := fields.get("CallDuration")) else None
    side = "From" if inbound else "To"
    number = fields.get(side, "")
    moment = 0 if sent is None else max(sent + _sequence(fields), 0)
    if parent:
        return [
            Event(
                event_id=event_id(call, "ParentCallSid"),
                name="leg",
                occurred_at=record.received_at if sent is None else sent,
                attributes=attributes(medium="voice", status=status),
                revision=moment // 1000,
            )
        ]
    return [
        Event(
            event_id=event_id(call, "CallSid"),
            name="inbound" if inbound else "outbound",
            occurred_at=record.received_at if sent is None else sent - 1000 * (lasted or 0),
            identifiers=(Identifier("phone", number),) if _is_number(number) else (),
            attributes=attributes(
                medium="voice",
                direction="inbound" if inbound else "outbound",
                status=status,
                region=fields.get(f"{side}Country"),
                answered_by=fields.get("AnsweredBy"),
                line=fields.get("To" if inbound else "From"),
            ),
            outcome=outcome,
            duration_s=lasted,
            revision=moment,
            drop_reason="" if inbound or outcome == "answered" else "outbound_call",
        )
    ]


def _fields(value: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(text(value), strict_parsing=True, errors="strict", keep_blank_values=True,
                          max_num_fields=MAX_FIELDS)  # fmt: skip
    except UnicodeDecodeError:
        raise InvalidRecord("not_utf8", "a field is not UTF-8") from None
    except ValueError:
        raise InvalidRecord("wrong_layout", "no form of names and values") from None
    return {name: value for name, value in pairs if value.strip()}


def _time(written: str | None) -> int | None:
    """RFC 2822, as in a mail's header."""
    if written is None:
        return None
    try:
        moment = parsedate_to_datetime(written)
        if moment.tzinfo is not None:
            return milliseconds(moment)
    except (ValueError, TypeError, IndexError, OverflowError):
        pass
    raise InvalidRecord("bad_field", "Timestamp: not a time with its zone")


def _sequence(fields: dict[str, str]) -> int:
    return min(max(whole(fields.get("SequenceNumber", "0"), "SequenceNumber"), 0), 999)


def _is_number(address: str) -> bool:
    """A telephone number: not a SIP address, a client of ours, or a caller who hides it."""
    digits = address.lstrip("+")
    return digits.isdigit() and digits not in HIDDEN


FORMAT = Format(
    name="twilio_voice",
    source="call_centre",
    summary="Twilio voice webhooks and status callbacks, form-encoded, one request a line",
    frames=framing.lines,
    parse=parse,
    event_id="CallSid, the same for every request; a leg's ParentCallSid",
    clock="Timestamp less CallDuration: the beginning of the call; where absent the broker's",
    identifiers=("phone",),
    attributes=("medium", "direction", "status", "region", "answered_by", "line"),
    gives=("outcome", "duration_s", "revision"),
    drops=("outbound_call",),
)
