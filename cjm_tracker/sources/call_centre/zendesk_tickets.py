"""Tickets of Zendesk Support: what a customer wrote, rang or chatted about.

Source: "Tickets", "Users" and "Incremental exports" of the Zendesk Support API; pages
(`{"tickets": […], "users": […]}`), single ones (`{"ticket": {…}}`) or the bare ticket. One
touchpoint is one ticket, whose newest state stands. Event id: kind and `id`. Revision:
`updated_at`.
Clock: `created_at`, when the customer turned to us.
A rating is good or bad: the ends of a CSAT scale of 1 to 5. The comment is what was said with
it, else the ticket's description; subjects stay out, for people write about themselves in them.
The customer is the requester's number at Zendesk, and the address or telephone number they wrote
or rang from, where the channel tells it. A user says who is who, an agent is none of the
customers. Dropped, too, are tickets that were deleted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Identifier, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.payload import (
    MAX_COMMENT,
    Payload,
    attributes,
    checked,
    instant,
    json_object,
    plain,
    revision,
)

RATINGS = {"good": 5.0, "bad": 1.0}  # of CSAT; `offered` and `unoffered` are no answer


class Via(Payload):
    channel: str | int | None = None
    source: dict[str, Any] | None = None


class Rating(Payload):
    score: str | None = None
    comment: str | None = None


class Ticket(Payload):
    """The fields of a ticket this tracker reads."""

    id: int
    created_at: str
    updated_at: str | None = None
    status: str | None = None
    type: str | None = None
    priority: str | None = None
    description: str | None = None
    requester_id: int | None = None
    group_id: int | None = None
    tags: list[str] | None = None
    via: Via | None = None
    satisfaction_rating: Rating | None = None


class User(Payload):
    """The fields of a user this tracker reads."""

    id: int
    created_at: str
    updated_at: str | None = None
    role: str | None = None
    email: str | None = None
    phone: str | None = None
    external_id: str | int | None = None


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """Each ticket or user is one event, whose newest state wins."""
    document = json_object(record.value)
    tickets, users = _listed(document, "ticket"), _listed(document, "user")
    if not tickets and not users:
        tickets = [document]
    return [
        *(event_of(checked(Ticket, ticket)) for ticket in tickets),
        *(user_of(checked(User, user)) for user in users),
    ]


def _listed(document: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """What a page or an envelope says of one kind."""
    found = document.get(f"{kind}s", document.get(kind)) or []
    listed = found if isinstance(found, list) else [found]
    if not all(isinstance(one, dict) for one in listed):
        raise InvalidRecord("wrong_layout", f"{kind}s: objects are expected")
    return listed


def user_of(user: User) -> Event:
    """Who is who; an agent's numbers are no customer's."""
    found = [
        ("customer_number", str(user.id)),
        ("user_id", plain(user.external_id)),
        ("email", user.email),
        ("phone", user.phone),
    ]
    is_customer = user.role in (None, "end-user")
    return Event(
        event_id=f"zendesk/user/{user.id}",
        name="user",
        occurred_at=instant(user.created_at, "created_at"),
        identifiers=tuple(
            Identifier(kind, value) for kind, value in found if value and is_customer
        ),
        revision=revision(user.updated_at, "updated_at"),
        drop_reason="identity_only" if is_customer else "not_a_contact",
    )


def event_of(ticket: Ticket) -> Event:
    """What a ticket comes to."""
    via, rating = ticket.via or Via(), ticket.satisfaction_rating or Rating()
    score = RATINGS.get(rating.score or "")
    return Event(
        event_id=f"zendesk/ticket/{ticket.id}",
        name=ticket.type or "ticket",
        occurred_at=instant(ticket.created_at, "created_at"),
        identifiers=tuple(_identifiers(ticket, via)),
        attributes=attributes(
            via=via.channel,
            status=ticket.status,
            priority=ticket.priority,
            queue=ticket.group_id,
            tags=" ".join(ticket.tags or ()),
            ticket_id=ticket.id,
        ),
        outcome=ticket.status or "",
        metric="" if score is None else "csat",
        score=score,
        comment=(rating.comment or ticket.description or "")[:MAX_COMMENT],
        revision=revision(ticket.updated_at, "updated_at"),
        drop_reason="withdrawn" if ticket.status == "deleted" else "",
    )


def _identifiers(ticket: Ticket, via: Via) -> list[Identifier]:
    origin = (via.source or {}).get("from")
    said = origin if isinstance(origin, dict) else {}
    found = [
        ("customer_number", plain(ticket.requester_id)),
        ("email", plain(said.get("address"))),
        ("phone", plain(said.get("phone"))),
    ]
    return [Identifier(kind, value) for kind, value in found if value]


FORMAT = Format(
    name="zendesk_tickets",
    source="call_centre",
    summary="Zendesk Support tickets, JSON pages of the API or single ones",
    frames=framing.json_items("tickets", "users"),
    parse=parse,
    event_id="kind and id, the same for every state of it",
    clock="created_at: when the customer turned to us",
    identifiers=("customer_number", "user_id", "email", "phone"),
    attributes=("via", "status", "priority", "queue", "tags", "ticket_id"),
    gives=("outcome", "score", "comment", "revision"),
    drops=("withdrawn", "identity_only", "not_a_contact"),
)
