"""Surveys the shop sends and some customers answer: CSAT, NPS and CES.

Answers follow the mood, comments name its cause. Strong feelings answer more often.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from cjm_tracker.simulator.acts import Answer, Contact, Identifier
from cjm_tracker.simulator.cart import Purchase
from cjm_tracker.simulator.clock import WEB, settle
from cjm_tracker.simulator.people import Account
from cjm_tracker.simulator.phrases import compose
from cjm_tracker.simulator.story import Story


@dataclass(frozen=True, slots=True)
class Scale:
    """The ends of a scale, the score of a neutral mood, and which scores sound good or bad."""

    low: int
    high: int
    middle: float
    per_feeling: float
    bad_up_to: int
    good_from: int


SCALES = {
    "csat": Scale(1, 5, 3.3, 1.9, 2, 4),
    "nps": Scale(0, 10, 6.2, 4.2, 5, 8),
    "ces": Scale(1, 7, 4.2, 2.7, 3, 5),
}


def after_contact(story: Story, contact: Contact) -> None:
    way = "phone" if contact.phone and story.chance(0.75) else "email"
    _ask(story, "csat", "contact", way, hours=3, contact_id=contact.event_id)


def after_delivery(story: Story, purchase: Purchase) -> None:
    way = story.rng.choice(("email", "user_id"))
    _ask(story, "csat", "delivery", way, hours=20, order_id=purchase.order_id)


def after_store_visit(story: Story, purchase: Purchase) -> None:
    if purchase.recognised:
        _ask(story, "csat", "store_visit", "email", hours=24)


def after_purchase(story: Story, purchase: Purchase) -> None:
    if purchase.recognised:
        _ask(story, "nps", "purchase", "user_id", hours=5 * 24, order_id=purchase.order_id)


def after_return(story: Story, purchase: Purchase) -> None:
    if not purchase.recognised:
        return
    way = story.rng.choice(("email", "phone", "user_id"))
    _ask(story, "ces", "return", way, hours=48, order_id=purchase.order_id)


def _ask(
    story: Story,
    form: str,
    touchpoint: str,
    way: str,
    hours: float,
    **about: str | None,
) -> None:
    """Send a survey; the answer comes by itself some hours later, the story goes on meanwhile."""
    account = story.customer.account
    if account is None or not story.chance(0.24 + 0.2 * abs(story.mood.feeling)):
        return
    rng = story.rng
    later = story.now + timedelta(hours=hours * rng.uniform(0.5, 1.5))
    submitted_at = settle(rng, later, WEB).replace(microsecond=0) + timedelta(seconds=1)
    shown = [_address(account, way)]
    score = _score(story, SCALES[form])
    hidden = {shown[0][0]: shown[0][1], "touchpoint": touchpoint, "lang": story.customer.language}
    hidden.update({key: value for key, value in about.items() if value})
    answer = Answer(
        at=submitted_at,
        lag=timedelta(seconds=1),
        customer=story.customer,
        event_id=story.world.hexadecimal(32),
        form=form,
        score=score,
        comment=_comment(story, SCALES[form], score) if story.chance(0.6) else None,
        hidden=hidden,
        opened_at=submitted_at - timedelta(seconds=rng.randrange(20, 240)),
        shown=shown,
    )
    story.keep(answer)


def _address(account: Account, way: str) -> Identifier:
    if way == "user_id" and not account.opened:
        way = "email"
    return way, {"user_id": account.user_id, "email": account.email, "phone": account.phone}[way]


def _score(story: Story, scale: Scale) -> int:
    feeling = story.mood.feeling + story.rng.gauss(0, 0.3)
    return round(min(scale.high, max(scale.low, scale.middle + scale.per_feeling * feeling)))


def _comment(story: Story, scale: Scale, score: int) -> str:
    tone = "mixed"
    if score <= scale.bad_up_to:
        tone = "bad"
    elif score >= scale.good_from:
        tone = "good"
    return compose(story.rng, story.customer.language, tone, story.mood.cause(tone))
