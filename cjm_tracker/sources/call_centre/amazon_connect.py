"""Calls and chats as Amazon Connect contact (trace) records.

Source: the contact records data model of the Amazon Connect administrator guide. One touchpoint
is one contact. A contact is re-sent whenever something is added to it: `ContactId` is the event
id and `LastUpdateTimestamp` its revision, so the newest state stands.
Clock: `InitiationTimestamp`, when the customer dialled, not when an agent was free.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cjm_tracker.events import Event, Identifier, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.decoder import Decoder
from cjm_tracker.sources.payload import (
    Payload,
    attributes,
    event_id,
    instant,
    plain,
)

# Ways a contact starts that are our doing, not the customer's.
OUTBOUND = ("OUTBOUND", "EXTERNAL_OUTBOUND")


class Endpoint(Payload):
    Address: str | None = None
    Type: str | None = None


class Queued(Payload):
    Name: str | None = None
    Duration: float | None = None


class Served(Payload):
    AgentInteractionDuration: float | None = None
    CustomerHoldDuration: float | None = None


class Contact(Payload):
    """The fields of a contact record this tracker reads."""

    ContactId: str
    InitiationTimestamp: str
    DisconnectTimestamp: str | None = None
    LastUpdateTimestamp: str | None = None
    Channel: str = "VOICE"
    InitiationMethod: str = "INBOUND"
    InitialContactId: str | None = None
    PreviousContactId: str | None = None
    CustomerEndpoint: Endpoint | None = None
    Queue: Queued | None = None
    Agent: Served | None = None
    DisconnectReason: str | None = None
    Attributes: dict[str, Any] | None = None


contact_in = Decoder(Contact)


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One contact is one event, whose newest record wins."""
    contact = contact_in(record.value)
    began = instant(contact.InitiationTimestamp, "InitiationTimestamp")
    updated = contact.LastUpdateTimestamp
    answered = contact.Agent is not None
    given = contact.Attributes or {}
    return [
        Event(
            event_id=event_id(contact.ContactId, "ContactId"),
            name=plain(given.get("topic")) or contact.InitiationMethod,
            occurred_at=began,
            identifiers=_identifiers(contact, given),
            attributes=attributes(
                medium=contact.Channel.lower(),
                method=contact.InitiationMethod,
                queue=contact.Queue.Name if contact.Queue else None,
                topic=given.get("topic"),
                language=given.get("language"),
                transferred="yes" if contact.PreviousContactId else None,
                first_contact_id=contact.InitialContactId,
                disconnect_reason=contact.DisconnectReason,
            ),
            outcome="answered" if answered else "abandoned",
            duration_s=_duration(began, contact.DisconnectTimestamp),
            wait_s=contact.Queue.Duration if contact.Queue else None,
            revision=max(instant(updated, "LastUpdateTimestamp"), 0) if updated else 0,
            drop_reason=_drop(contact, answered),
        )
    ]


def _identifiers(contact: Contact, given: dict[str, Any]) -> tuple[Identifier, ...]:
    found: list[Identifier] = []
    if number := plain(given.get("customerNumber")):
        found.append(Identifier("customer_number", number))
    endpoint = contact.CustomerEndpoint
    if endpoint and endpoint.Address and endpoint.Type in (None, "TELEPHONE_NUMBER"):
        found.append(Identifier("phone", endpoint.Address))
    return tuple(found)


def _drop(contact: Contact, answered: bool) -> str:
    return "outbound_call" if contact.InitiationMethod in OUTBOUND and not answered else ""


def _duration(began: int, ended: str | None) -> float | None:
    return (instant(ended, "DisconnectTimestamp") - began) / 1000 if ended else None


ATTRIBUTES = (
    "medium", "method", "queue", "topic", "language", "transferred", "first_contact_id",
    "disconnect_reason",
)  # fmt: skip

FORMAT = Format(
    name="amazon_connect",
    source="call_centre",
    summary="Amazon Connect contact records, JSON, re-sent on update",
    frames=framing.json_documents,
    parse=parse,
    event_id="ContactId, the same for every state of a contact",
    clock="InitiationTimestamp: when the customer dialled, not when an agent was free",
    identifiers=("phone", "customer_number"),
    attributes=ATTRIBUTES,
    gives=("outcome", "duration_s", "wait_s", "revision"),
    drops=("outbound_call",),
)
