"""Survey answers as the webhook of Wootric (now InMoment) sends them.

One touchpoint is one response. It is sent when the score is given and again when the customer
adds words to it or the score is changed: all of them end as one touchpoint, of which the newest
state stands (`revision`: `updated_at`).
Event id: the response's `id`, with `wootric-` before it, as other tools count from 1 as well.
Clock: `created_at`, when the score was given; `updated_at` moves with every change of the record,
also by ourselves.
Dropped: declines (the survey was closed without an answer) and responses without score and words.
Responses that the company has excluded from its figures carry `excluded: true`.
Source: Wootric's documentation of outgoing webhooks, in JSON. Ids and scores are numbers there, and
texts where a form was turned into JSON on the way; both are read.
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
    revision,
)
from cjm_tracker.sources.survey.scales import metric_named, on_scale
from cjm_tracker.sources.urls import path_of

# Before there were others, every survey was of this kind, and none said so.
FIRST_METRIC = "nps"


class Answer(Payload):
    """A response, or a decline, which has no score and no text."""

    id: str | int
    created_at: str
    updated_at: str | None = None
    score: str | int | float | None = None
    text: str | None = None
    email: str | None = None
    phone_number: str | None = None
    external_id: str | int | None = None
    end_user_id: str | int | None = None
    end_user_properties: dict[str, Any] | None = None
    survey_id: str | int | None = None
    origin_url: str | None = None
    excluded_from_calculations: str | bool | None = None


class Delivery(Payload):
    """The webhook's outer shape."""

    response: Answer | None = None
    decline: Answer | None = None
    survey_mode: str | None = None


delivery_in = Decoder(Delivery)


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One response, or one decline, is one event."""
    delivery = delivery_in(record.value)
    if delivery.response is None and delivery.decline is not None:
        return [_event(delivery.decline, "decline", "decline.")]
    if delivery.response is None or delivery.decline is not None:
        raise InvalidRecord("wrong_layout", "response: either a response or a decline is expected")
    metric = metric_named(delivery.survey_mode or FIRST_METRIC, "survey_mode")
    return [_answered(delivery.response, metric)]


def _answered(answer: Answer, metric: Metric) -> Event:
    event = _event(answer, "answer", "response.")
    score = plain(answer.score)
    if score:
        event.name = event.metric = metric
        event.score = on_scale(metric, score)
    event.comment = (answer.text or "")[:MAX_COMMENT]
    event.drop_reason = "" if score or event.comment else "no_answer"
    return event


def _event(answer: Answer, name: str, at: str) -> Event:
    """What responses and declines have in common; dropped until there is an answer."""
    kind = "decline-" if name == "decline" else ""
    given = event_id(plain(answer.id), f"{at}id")
    properties = answer.end_user_properties or {}
    return Event(
        event_id=event_id(f"wootric-{kind}{given}", f"{at}id"),
        name=name,
        occurred_at=instant(answer.created_at, f"{at}created_at"),
        identifiers=tuple(_identifiers(answer)),
        attributes=attributes(
            form=answer.survey_id,
            path=path_of(answer.origin_url),
            about=properties.get("touchpoint"),
            region=properties.get("country"),
            order_id=properties.get("order_id"),
            excluded="true" if str(answer.excluded_from_calculations).lower() == "true" else None,
        ),
        revision=revision(answer.updated_at, f"{at}updated_at"),
        drop_reason="no_answer",
    )


def _identifiers(answer: Answer) -> list[Identifier]:
    # Wootric's own number of a person tells the nameless apart, as a cookie does.
    end_user = plain(answer.end_user_id)
    found = [
        ("user_id", plain(answer.external_id)),
        ("email", answer.email),
        ("phone", answer.phone_number),
        ("cookie", f"wootric-{end_user}" if end_user else ""),
    ]
    return [Identifier(kind, value) for kind, value in found if value]


FORMAT = Format(
    name="wootric",
    source="survey",
    summary="Wootric/InMoment webhooks (NPS, CSAT, CES), JSON, one response a record",
    frames=framing.json_documents,
    parse=parse,
    event_id="response.id after `wootric-`, the same in every state of a response",
    clock="created_at, when the score was given",
    identifiers=("user_id", "email", "phone", "cookie"),
    attributes=("form", "path", "about", "region", "order_id", "excluded"),
    gives=("score", "comment", "revision"),
    drops=("no_answer",),
)
