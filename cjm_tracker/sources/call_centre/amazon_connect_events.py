"""Calls and chats as Amazon Connect contact events, as EventBridge delivers them.

Source: "Contact events" of the Amazon Connect administrator guide. One touchpoint is one contact.
Its events (`INITIATED`, `CONNECTED_TO_SYSTEM`, `QUEUED`, `CONNECTED_TO_AGENT`, `DISCONNECTED`, …)
are states of it, sent at best effort, in any order and sometimes twice; each carries all that is
known so far. The event id is the `contactId`, as in a contact record (`amazon_connect`).
Revision: milliseconds from the contact's beginning to the newest time the event tells, which a
`DISCONNECTED` or `COMPLETED` one always exceeds. A contact record counts from 1970, so it stands
over every event of its contact.
Clock: `initiationTimestamp`, when the customer dialled. Field names come in two spellings
(`agentInfo`, `AgentInfo`). Events name no telephone: the contact record brings it.
Dropped is what we dialled ourselves and nobody took.
"""

from __future__ import annotations

from collections.abc import Sequence

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.call_centre.amazon_connect import OUTBOUND
from cjm_tracker.sources.payload import (
    Payload,
    attributes,
    checked,
    event_id,
    instant,
    json_object,
)

FINAL = ("DISCONNECTED", "COMPLETED")
AFTER_ALL = 10**11  # ms, three years: longer than a contact and shorter than since 1970


class Queued(Payload):
    queueArn: str | None = None
    enqueueTimestamp: str | None = None


class Served(Payload):
    connectedToAgentTimestamp: str | None = None


class ContactEvent(Payload):
    """The fields of a contact event this tracker reads."""

    eventType: str
    contactId: str
    initiationTimestamp: str
    connectedToSystemTimestamp: str | None = None
    disconnectTimestamp: str | None = None
    channel: str = "VOICE"
    initiationMethod: str = "INBOUND"
    initialContactId: str | None = None
    previousContactId: str | None = None
    disconnectReason: str | None = None
    queueInfo: Queued | None = None
    QueueInfo: Queued | None = None
    agentInfo: Served | None = None
    AgentInfo: Served | None = None


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One contact event, in EventBridge's envelope or without it, is one state of its contact."""
    document = json_object(record.value)
    detail = document.get("detail", document)
    if not isinstance(detail, dict):
        raise InvalidRecord("wrong_layout", "detail: an object is expected")
    return [_state(checked(ContactEvent, detail))]


def _state(contact: ContactEvent) -> Event:
    method, final = contact.initiationMethod.upper(), contact.eventType in FINAL
    queued = contact.queueInfo or contact.QueueInfo or Queued()
    agent = contact.agentInfo or contact.AgentInfo
    began = instant(contact.initiationTimestamp, "initiationTimestamp")
    enqueued = _when(queued.enqueueTimestamp, "enqueueTimestamp")
    answered = _when((agent or Served()).connectedToAgentTimestamp, "connectedToAgentTimestamp")
    ended = _when(contact.disconnectTimestamp, "disconnectTimestamp")
    connected = _when(contact.connectedToSystemTimestamp, "connectedToSystemTimestamp")
    newest = max(time for time in (began, connected, enqueued, answered, ended) if time is not None)
    return Event(
        event_id=event_id(contact.contactId, "contactId"),
        name=method,
        occurred_at=began,
        attributes=attributes(
            medium=contact.channel.lower(),
            method=method,
            queue=queued.queueArn,
            state=contact.eventType,
            transferred="yes" if contact.previousContactId else None,
            first_contact_id=contact.initialContactId,
            disconnect_reason=contact.disconnectReason,
        ),
        outcome="answered" if agent else "abandoned" if final else "",
        duration_s=_seconds(began, ended),
        wait_s=_seconds(enqueued, answered),
        revision=min(newest - began, AFTER_ALL) + (AFTER_ALL if final else 0),
        drop_reason="outbound_call" if method in OUTBOUND and not agent else "",
    )


def _when(written: str | None, field: str) -> int | None:
    return instant(written, field) if written else None


def _seconds(begin: int | None, end: int | None) -> float | None:
    return None if begin is None or end is None else (end - begin) / 1000


ATTRIBUTES = (
    "medium", "method", "queue", "state", "transferred", "first_contact_id", "disconnect_reason",
)  # fmt: skip

FORMAT = Format(
    name="amazon_connect_events",
    source="call_centre",
    summary="Amazon Connect contact events, JSON, in EventBridge's envelope or bare",
    frames=framing.json_documents,
    parse=parse,
    event_id="contactId, the same for every event and for the record of a contact",
    clock="initiationTimestamp: when the customer dialled",
    attributes=ATTRIBUTES,
    gives=("outcome", "duration_s", "wait_s", "revision"),
    drops=("outbound_call",),
)
