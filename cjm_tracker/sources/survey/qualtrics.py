"""Survey responses as Qualtrics exports them in JSON; what both its exports share.

One touchpoint is one response. Which question was the score is known by its export tag or embedded
data field (`nps`, `csat`, `ces`, in any case), and an NPS question also by the group that Qualtrics
writes beside its score (`QID1`, `QID1_NPS_GROUP`). All free text is the comment: `comment`, and
whatever ends in `_TEXT`. Embedded data of the names `customer_number`, `user_id`, `loyalty_card`,
`email`, `phone` say who answered; so do the recipient's e-mail address and the external reference
of the contact list, which is the company's own number of the customer.

Event id: the response's id, which stays the same when a partial response is finished.
Clock: the end date, when the respondent last did something. The recorded date of a response that
was left unfinished is the day on which Qualtrics gave up waiting, a week later or more.
Several exports of one response end as one touchpoint: the newest recorded (or modified) stands.
Dropped: responses without score and words that were left unfinished (`no_answer`); previews, tests
and what Qualtrics takes for spam (`not_a_contact`).
Source: Qualtrics' API documentation, "export responses" and "retrieve a response", and its support
pages on the response data set and on response status.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Identifier, Metric, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.payload import (
    MAX_COMMENT,
    Payload,
    attributes,
    checked,
    event_id,
    instant,
    json_object,
    plain,
    revision,
    whole,
)
from cjm_tracker.sources.survey.scales import SCALES, on_scale

KINDS = {
    "customer_number": "customernumber",
    "user_id": "userid",
    "loyalty_card": "loyaltycard",
    "email": "email",
    "phone": "phone",
}
# Status is a sum: 1 a preview, 2 a test, 4 imported, 8 spam, 16 offline.
NO_CUSTOMER = 1 | 2 | 8


class Response(Payload):
    responseId: str
    values: dict[str, Any]


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One response is one event."""
    response = checked(Response, _only(json_object(record.value)))
    return [response_event(response.responseId, response.values, options)]


def _only(document: dict[str, Any]) -> dict[str, Any]:
    """The response: in a page of one, as a result of the API, or bare."""
    listed = document.get("responses")
    if isinstance(listed, list):
        if len(listed) != 1 or not isinstance(listed[0], dict):
            raise InvalidRecord("wrong_layout", "responses: one response is expected")
        return listed[0]
    result = document.get("result")
    return result if isinstance(result, dict) else document


def response_event(given_id: str, written: Mapping[str, Any], options: FormatOptions) -> Event:
    """The event of one response, whichever export wrote its fields."""
    values = {_key(name): text for name, given in written.items() if (text := plain(given))}
    if not (end := values.get("enddate")):
        raise InvalidRecord("missing_field", "endDate: the response has no clock")
    metric, score = _score(values)
    finished = values.get("finished", "").casefold()
    event = Event(
        event_id=event_id(given_id, "responseId"),
        name=metric or "answer",
        occurred_at=instant(end, "endDate", options.timezone),
        identifiers=tuple(_identifiers(values)),
        attributes=attributes(
            form=values.get("surveyid"),
            medium=values.get("distributionchannel"),
            about=values.get("touchpoint"),
            language=values.get("userlanguage"),
            region=values.get("country"),
            order_id=values.get("orderid"),
        ),
        outcome=("finished" if finished in ("1", "true") else "partial") if finished else "",
        duration_s=_duration(values),
        metric=metric,
        score=score,
        comment=_comment(written),
        revision=max(
            revision(values.get(name), name, options.timezone)
            for name in ("recordeddate", "lastmodifieddate")
        ),
    )
    if _is_no_customer(values.get("status", "")):
        event.drop_reason = "not_a_contact"
    elif not (metric or event.comment or event.outcome == "finished"):
        event.drop_reason = "no_answer"
    return event


@lru_cache(10_000)
def _key(name: str) -> str:
    """`EndDate`, `endDate` and `end_date` are one field."""
    return re.sub(r"[\W_]", "", name.casefold())


def _score(values: Mapping[str, str]) -> tuple[Metric, float | None]:
    for metric in SCALES:
        if metric in values:
            return metric, on_scale(metric, values[metric])
    for name in values:
        question = name.removesuffix("npsgroup")
        if question != name and question in values:
            return "nps", on_scale("nps", values[question])
    return "", None


def _duration(values: Mapping[str, str]) -> float | None:
    written = values.get("duration") or values.get("durationinseconds")
    if not written:
        return None
    if (seconds := whole(written, "duration")) < 0:
        raise InvalidRecord("bad_field", "duration: negative")
    return float(seconds)


def _comment(written: Mapping[str, Any]) -> str:
    said = (
        given
        for name, given in written.items()
        if isinstance(given, str) and (name.casefold() == "comment" or name.endswith("_TEXT"))
    )
    return " ".join(text for text in said if text)[:MAX_COMMENT]


def _identifiers(values: Mapping[str, str]) -> list[Identifier]:
    found = [(kind, values.get(name)) for kind, name in KINDS.items()]
    found.append(("customer_number", values.get("externalreference")))
    found.append(("customer_number", values.get("externaldatareference")))
    found.append(("email", values.get("recipientemail")))
    return [Identifier(kind, value) for kind, value in dict.fromkeys(found) if value]


def _is_no_customer(status: str) -> bool:
    if status.isascii() and status.isdigit():
        return bool(int(status[:9]) & NO_CUSTOMER)
    return re.search("preview|test|spam", status, re.IGNORECASE) is not None


FORMAT = Format(
    name="qualtrics",
    source="survey",
    summary="Qualtrics responses (NPS, CSAT, CES by export tag), JSON export or API",
    frames=framing.json_items("responses"),
    parse=parse,
    event_id="responseId, the same for a partial response and for the finished one",
    clock="endDate, the respondent's last act; recordedDate of a partial response is a week later",
    identifiers=tuple(KINDS),
    attributes=("form", "medium", "about", "language", "region", "order_id"),
    gives=("outcome", "duration_s", "score", "comment", "revision"),
    drops=("no_answer", "not_a_contact"),
)
