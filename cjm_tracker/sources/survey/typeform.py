"""Survey answers as Typeform's webhook sends them.

Source: Typeform's webhook documentation. One touchpoint is one response. The question answered
is known by its field's `ref` (`csat`, `nps`, `ces`, `comment`); `hidden` fields, filled in by the
link in the invitation, say who answered and about what.
Event id: the response's `token`, which stays the same when the webhook is delivered again.
Clock: `submitted_at`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Identifier, Metric, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.decoder import Decoder
from cjm_tracker.sources.payload import (
    MAX_COMMENT,
    Payload,
    attributes,
    event_id,
    instant,
    plain,
)
from cjm_tracker.sources.survey.scales import SCALES, on_scale

HIDDEN_KINDS = ("user_id", "customer_number", "loyalty_card", "email", "phone")


class Field(Payload):
    ref: str | None = None
    type: str | None = None


class Answer(Payload):
    field: Field = Field()
    number: float | None = None
    text: str | None = None
    email: str | None = None
    phone_number: str | None = None


class Definition(Payload):
    title: str | None = None


class Response(Payload):
    token: str
    submitted_at: str
    form_id: str = ""
    hidden: dict[str, Any] = {}
    definition: Definition = Definition()
    answers: list[Answer] = []


class Delivery(Payload):
    """The webhook's outer shape."""

    event_type: str
    form_response: Response


delivery_in = Decoder(Delivery)


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One response is one event."""
    delivery = delivery_in(record.value)
    if delivery.event_type != "form_response":
        raise InvalidRecord("bad_field", "event_type: not form_response")
    response = delivery.form_response
    metric, score = _score(response.answers)
    hidden = response.hidden
    event = Event(
        event_id=event_id(response.token, "form_response.token"),
        name=metric or "answer",
        occurred_at=instant(response.submitted_at, "form_response.submitted_at"),
        identifiers=tuple(_identifiers(response)),
        attributes=attributes(
            form=response.definition.title or response.form_id,
            about=hidden.get("touchpoint"),
            language=hidden.get("lang"),
            region=hidden.get("country"),
            order_id=hidden.get("order_id"),
            contact_id=hidden.get("contact_id"),
        ),
        metric=metric,
        score=score,
        comment=_comment(response.answers),
    )
    event.drop_reason = "" if metric or event.comment else "no_answer"
    return [event]


def _score(answers: Sequence[Answer]) -> tuple[Metric, float | None]:
    for answer in answers:
        for metric in SCALES:
            if answer.field.ref == metric and answer.number is not None:
                return metric, on_scale(metric, answer.number)
    return "", None


def _comment(answers: Sequence[Answer]) -> str:
    return " ".join(answer.text for answer in answers if answer.text)[:MAX_COMMENT]


def _identifiers(response: Response) -> list[Identifier]:
    hidden = [(kind, response.hidden.get(kind)) for kind in HIDDEN_KINDS]
    answered = [("email", answer.email) for answer in response.answers]
    answered += [("phone", answer.phone_number) for answer in response.answers]
    return [Identifier(kind, value) for kind, given in hidden + answered if (value := plain(given))]


FORMAT = Format(
    name="typeform",
    source="survey",
    summary="Typeform webhooks (CSAT, NPS, CES by field ref), JSON, one response a record",
    frames=framing.json_documents,
    parse=parse,
    event_id="form_response.token, the same when delivered again",
    clock="submitted_at",
    identifiers=("loyalty_card", "customer_number", "user_id", "email", "phone"),
    attributes=("form", "about", "language", "region", "order_id", "contact_id"),
    gives=("score", "comment"),
    drops=("no_answer",),
)
