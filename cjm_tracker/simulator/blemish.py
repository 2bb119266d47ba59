"""Blemishes inside good records: junk identifiers, national phone numbers, e-mails in capitals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from random import Random

from cjm_tracker.simulator.acts import Act, Answer, Contact, WebAct
from cjm_tracker.simulator.phones import national

JUNK_LOGINS = ("null", "undefined", "guest")
JUNK_NUMBER = "0000000000"
JUNK_EMAIL = "test@test.com"

_JUNK_LOGIN = 0.004
_JUNK_TRAIT = 0.02
_JUNK_CALLER = 0.03
_JUNK_ANSWER = 0.02
_NATIONAL = 0.35
_CAPITALS = 0.08


def blemish(rng: Random, acts: Iterable[Act]) -> Counter[str]:
    """Blemish some of the acts; how many records of each kind."""
    planted: Counter[str] = Counter()
    for act in acts:
        if isinstance(act, WebAct) and act.kind == "identify":
            planted.update(_blemish_traits(rng, act))
        elif isinstance(act, WebAct):
            if act.login is None and rng.random() < _JUNK_LOGIN:
                act.junk_login = rng.choice(JUNK_LOGINS)
                planted["junk_identifier"] += 1
        elif isinstance(act, Contact):
            if act.customer_number is None and rng.random() < _JUNK_CALLER:
                act.junk_number = JUNK_NUMBER
                planted["junk_identifier"] += 1
        elif isinstance(act, Answer):
            planted.update(_blemish_answer(rng, act))
    return planted


def _blemish_traits(rng: Random, act: WebAct) -> list[str]:
    if rng.random() < _JUNK_TRAIT:
        kind, junk = rng.choice((("phone", JUNK_NUMBER), ("email", JUNK_EMAIL)))
        act.body[kind] = junk
        act.shown = [identifier for identifier in act.shown if identifier[0] != kind]
        return ["junk_identifier"]
    found = []
    if rng.random() < _NATIONAL:
        act.body["phone"] = national(str(act.body["phone"]), act.customer.country)
        found.append("national_phone")
    if rng.random() < _CAPITALS:
        act.body["email"] = str(act.body["email"]).title()
        found.append("capital_email")
    return found


def _blemish_answer(rng: Random, act: Answer) -> list[str]:
    kind = act.shown[0][0]
    if kind != "phone" and rng.random() < _JUNK_ANSWER:
        act.hidden[kind] = JUNK_EMAIL if kind == "email" else "undefined"
        act.shown = []
        return ["junk_identifier"]
    if kind == "email" and rng.random() < _CAPITALS:
        act.hidden["email"] = act.hidden["email"].title()
        return ["capital_email"]
    return []
