"""Writes answered surveys as Typeform webhooks."""

from __future__ import annotations

from cjm_tracker.simulator.acts import Answer, Json
from cjm_tracker.simulator.phrases import TITLES
from cjm_tracker.simulator.wire import json_bytes, seconds

FORM_IDS = {"csat": "Lq3cSat1", "nps": "Lq3nPs01", "ces": "Lq3cEs01"}
_FORM_TITLES = {"csat": "Your experience", "nps": "Would you recommend us?", "ces": "Your return"}
_FIELDS = {
    "csat": ("f1CsatScore7", "rating"),
    "nps": ("f2NpsScore10", "opinion_scale"),
    "ces": ("f3CesScore07", "opinion_scale"),
    "comment": ("f9Comment001", "long_text"),
}


def webhook(answer: Answer) -> Json:
    answers: list[Json] = [
        {"type": "number", "number": answer.score, "field": _field(answer.form)},
    ]
    if answer.comment:
        answers.append({"type": "text", "text": answer.comment, "field": _field("comment")})
    form_id = FORM_IDS[answer.form]
    return {
        "event_id": f"01{answer.event_id[:24].upper()}",
        "event_type": "form_response",
        "form_response": {
            "form_id": form_id,
            "token": answer.event_id,
            "landed_at": seconds(answer.opened_at),
            "submitted_at": seconds(answer.at),
            "hidden": answer.hidden,
            "definition": {
                "id": form_id,
                "title": _FORM_TITLES[answer.form],
                "fields": [
                    _question(answer.form, answer.hidden["lang"]),
                    _question("comment", answer.hidden["lang"]),
                ],
            },
            "answers": answers,
        },
    }


def encode(answer: Answer) -> bytes:
    return json_bytes(webhook(answer))


def _field(ref: str) -> Json:
    field_id, kind = _FIELDS[ref]
    return {"id": field_id, "type": kind, "ref": ref}


def _question(ref: str, language: str) -> Json:
    return {**_field(ref), "title": TITLES[language][ref]}
