"""Calls of Zendesk Talk, and their legs, as its incremental exports list them.

Source: "Incremental exports" of the Zendesk Talk API; pages (`{"calls": […]}`, `{"legs": […]}`),
single objects, or Airbyte's records of them (`{"stream": "calls", "data": {…}}`). One touchpoint
is one call; a leg is an agent's or the customer's part in it, a state of the same call.
Event id: the call's `id`, a leg's `call_id`. Revision: `updated_at`, of a call in milliseconds
and of a leg in seconds, so that any state of the call stands over its legs.
Clock: `created_at`, when the customer dialled, or we did. `call_charge` is our cost and no value;
the customer is Zendesk's number of the person, for `phone_number` is our own line.
Dropped is what we dialled ourselves and nobody took: no agent, and not a second of talk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Identifier, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.payload import (
    Payload,
    attributes,
    checked,
    instant,
    json_object,
    revision,
)

OUTCOMES = {
    "completed": "answered",
    "abandoned_in_queue": "abandoned",
    "abandoned_in_ivr": "abandoned",
    "abandoned_in_voicemail": "abandoned",
    "abandoned_on_hold": "abandoned",
    "pending_voicemail": "no_answer",
    "not_answered": "no_answer",
    "busy": "busy",
    "failed": "failed",
}


class Part(Payload):
    """What calls and legs share."""

    id: int
    created_at: str
    updated_at: str | None = None
    completion_status: str | None = None
    duration: float | None = None
    talk_time: float | None = None
    agent_id: int | None = None


class Call(Part):
    """The fields of a call this tracker reads."""

    direction: str = "inbound"
    customer_id: int | None = None
    ticket_id: int | None = None
    wait_time: float | None = None
    voicemail: bool | None = None
    callback: bool | None = None
    outside_business_hours: bool | None = None
    exceeded_queue_wait_time: bool | None = None
    call_group_id: int | None = None
    ivr_destination_group_name: str | None = None
    phone_number: str | None = None


class Leg(Part):
    """The fields of a leg this tracker reads."""

    call_id: int
    type: str | None = None
    user_id: int | None = None


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """Each call or leg is one state of its call."""
    document = json_object(record.value)
    if events := [_event(item) for item in _items(document)]:
        return events
    raise InvalidRecord("missing_field", "calls: empty")


def _items(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    named = [document[key] for key in ("calls", "legs", "data") if key in document]
    for found in named or [document]:
        for item in found if isinstance(found, list) else [found]:
            if not isinstance(item, dict):
                raise InvalidRecord("wrong_layout", "calls: objects are expected")
            yield item


def _event(item: dict[str, Any]) -> Event:
    return _of_leg(checked(Leg, item)) if "call_id" in item else _of_call(checked(Call, item))


def _of_call(call: Call) -> Event:
    outbound = call.direction == "outbound"
    outcome = OUTCOMES.get(call.completion_status or "", "")
    # What rang out is completed, too.
    if outbound and outcome == "answered" and not call.agent_id and not call.talk_time:
        outcome = "no_answer"
    return Event(
        event_id=_id(call.id),
        name=call.direction,
        occurred_at=instant(call.created_at, "created_at"),
        identifiers=_customer(call.customer_id),
        attributes=attributes(
            medium="voice",
            direction=call.direction,
            status=call.completion_status,
            queue=call.ivr_destination_group_name or call.call_group_id,
            agent=call.agent_id or None,
            ticket_id=call.ticket_id,
            line=call.phone_number,
            voicemail="yes" if call.voicemail else None,
            callback="yes" if call.callback else None,
            outside_hours="yes" if call.outside_business_hours else None,
        ),
        outcome=outcome,
        duration_s=call.duration,
        wait_s=call.wait_time if not outbound else None,
        revision=revision(call.updated_at, "updated_at"),
        drop_reason="outbound_call" if outbound and outcome != "answered" else "",
    )


def _of_leg(leg: Leg) -> Event:
    return Event(
        event_id=_id(leg.call_id),
        name=f"{leg.type or 'unknown'}_leg",
        occurred_at=instant(leg.created_at, "created_at"),
        identifiers=_customer(leg.user_id) if leg.type == "customer" else (),
        attributes=attributes(
            medium="voice", status=leg.completion_status, agent=leg.agent_id or None
        ),
        outcome=OUTCOMES.get(leg.completion_status or "", ""),
        duration_s=leg.duration,
        revision=revision(leg.updated_at, "updated_at") // 1000,
    )


def _id(call: int) -> str:
    return f"zendesk/call/{call}"


def _customer(number: int | None) -> tuple[Identifier, ...]:
    """Zero is nobody."""
    return (Identifier("customer_number", str(number)),) if number else ()


ATTRIBUTES = (
    "medium", "direction", "status", "queue", "agent", "ticket_id", "line", "voicemail", "callback",
    "outside_hours",
)  # fmt: skip

FORMAT = Format(
    name="zendesk_talk",
    source="call_centre",
    summary="Zendesk Talk calls and legs, JSON pages of the incremental exports or single ones",
    frames=framing.json_items("calls", "legs"),
    parse=parse,
    event_id="the call's id, also of its legs",
    clock="created_at: when the call began",
    identifiers=("customer_number",),
    attributes=ATTRIBUTES,
    gives=("outcome", "duration_s", "wait_s", "revision"),
    drops=("outbound_call",),
)
