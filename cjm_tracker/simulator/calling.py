"""Calling the shop: the menu, the queue, an adviser or nobody, and the call after that.

Long waits make callers hang up; an unsolved problem makes them call again about the same topic,
in the end with a complaint.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from cjm_tracker.simulator import surveys
from cjm_tracker.simulator.acts import Contact
from cjm_tracker.simulator.clock import CALLS, queue_seconds
from cjm_tracker.simulator.story import Story

AGENTS = (
    "amelia.ray",
    "boyan.t",
    "chris.lund",
    "dora.k",
    "elitsa.v",
    "filip.m",
    "gala.s",
    "hugo.p",
)

_SOLVED = {
    "order_question": 0.7,
    "delivery": 0.6,
    "complaint": 0.6,
    "return": 0.8,
    "product_advice": 0.9,
    "invoice": 0.8,
    "technical_help": 0.6,
}
_LONG_WAIT = 180  # seconds a caller takes without a grudge
_ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class _Ring:
    """How a contact came about."""

    topic: str
    channel: str = "VOICE"
    method: str = "INBOUND"
    patience: float = 600.0


def call(story: Story, topic: str) -> bool:
    """Call until it is solved or not worth another try; whether it was solved."""
    for attempt in range(_ATTEMPTS):
        if story.over or story.customer.account is None:
            return False
        contact = _ring(story, _Ring(topic, patience=60 + story.rng.expovariate(1 / 560)))
        if not contact.talked:
            contact = _after_hanging_up(story, topic) or contact
        if contact.talked and _was_solved(story, contact, attempt):
            return True
        if not story.chance(0.65):
            return False
        topic = "complaint" if attempt >= 1 else topic
        story.hurry(20, CALLS)
    return False


def chat(story: Story, topic: str) -> bool:
    """Ask in the website's chat, signed in, so the shop knows who is asking."""
    contact = _ring(story, _Ring(topic, channel="CHAT", method="API"))
    return contact.talked > 0 and _was_solved(story, contact, 0)


def _after_hanging_up(story: Story, topic: str) -> Contact | None:
    """The shop calls back, the customer tries once more, or that was that."""
    if story.chance(0.3):
        story.hurry(3, CALLS)
        return _ring(story, _Ring(topic, method="OUTBOUND"))
    if story.chance(0.7):
        story.hurry(4, CALLS)
        return _ring(story, _Ring(topic, patience=1_200))
    return None  # leaves it at that, for now


def _ring(story: Story, ring: _Ring) -> Contact:
    contact = _contact(story, ring)
    story.keep(contact)
    story.now = contact.ended_at
    if contact.waited > _LONG_WAIT:
        story.mood.hurt(min(0.5, contact.waited / 1500), "waiting")
    if not contact.talked:
        story.mood.hurt(0.2, "waiting")
        surveys.after_contact(story, contact)
    elif ring.method != "TRANSFER" and story.chance(0.1):
        contact = _transfer(story, contact, ring)
    return contact


def _contact(story: Story, ring: _Ring, previous: Contact | None = None) -> Contact:
    rng, account = story.rng, story.customer.account
    outbound = ring.method == "OUTBOUND"
    wait = 0.0 if outbound else queue_seconds(rng, story.now)
    answered = wait <= ring.patience
    named = account is not None and (ring.channel == "CHAT" or story.chance(0.6))
    contact = Contact(
        at=story.now.replace(microsecond=0),
        lag=timedelta(0),
        customer=story.customer,
        event_id=story.world.uuid(),
        channel=ring.channel,
        method=ring.method,
        topic=ring.topic,
        phone=account.phone if account and ring.channel == "VOICE" else None,
        customer_number=account.customer_number if account and named else None,
        greeted=0 if outbound else rng.randrange(15, 75),
        waited=int(min(wait, ring.patience)),
        talked=60 + int(rng.lognormvariate(5.2, 0.6)) if answered else 0,
        held=rng.randrange(20, 200) if answered and story.chance(0.25) else 0,
        agent=rng.choice(AGENTS) if answered else None,
        ended_by=rng.choice(("CUSTOMER_DISCONNECT", "AGENT_DISCONNECT")),
    )
    if not answered:
        contact.ended_by = "CUSTOMER_DISCONNECT"
    if previous:
        contact.customer_number = previous.customer_number
        contact.previous_id = previous.event_id
        contact.first_id = previous.first_id or previous.event_id
    contact.lag = contact.ended_at - contact.at + timedelta(seconds=rng.randrange(60, 150))
    return contact


def _transfer(story: Story, contact: Contact, ring: _Ring) -> Contact:
    """Passed on to somebody else: a second contact which points back at the first."""
    passed = _Ring(ring.topic, ring.channel, "TRANSFER", patience=9_999)
    second = _contact(story, passed, previous=contact)
    contact.next_id = second.event_id
    contact.ended_by = "CONTACT_FLOW_DISCONNECT"
    story.keep(second)
    story.now = second.ended_at
    story.mood.hurt(0.08, "staff")
    return second


def _was_solved(story: Story, contact: Contact, attempt: int) -> bool:
    odds = _SOLVED[contact.topic] - 0.1 * (attempt > 0)
    if story.mood.sore == "site_error":
        odds -= 0.3  # an adviser cannot repair the website
    solved = story.chance(odds)
    if solved:
        cause = "waiting" if contact.waited < 20 else "staff"
        story.mood.please(0.25, cause)
    else:
        story.mood.hurt(0.3, "staff")
    surveys.after_contact(story, contact)
    return solved
