"""Waiting for a parcel: on time, or late with much tracking and a call."""

from __future__ import annotations

from datetime import timedelta

from cjm_tracker.simulator import surveys
from cjm_tracker.simulator.cart import Purchase
from cjm_tracker.simulator.clock import WEB
from cjm_tracker.simulator.helping import ask_a_person, read_articles
from cjm_tracker.simulator.story import Story
from cjm_tracker.simulator.visit import arrive

_LATE = 0.2


def wait_for_parcel(story: Story, purchase: Purchase) -> None:
    """Live through the delivery of an order and say how it was."""
    rng = story.rng
    arrives_at = purchase.at + timedelta(days=rng.uniform(1.5, 3.5))
    late = story.chance(_LATE)
    if late:
        arrives_at += timedelta(days=rng.uniform(2, 6))
    if story.chance(0.45):
        story.hurry(20, WEB)
        _track_parcel(story)
    if late:
        _worry(story, purchase)
    story.now = max(story.now, arrives_at)
    if late:
        story.mood.hurt(0.3, "delivery")
    else:
        story.mood.please(0.25, "delivery")
    surveys.after_delivery(story, purchase)


def _track_parcel(story: Story) -> None:
    visit = arrive(story, "service")
    visit.page("Delivery Tracking")
    if story.chance(0.5):
        visit.sign_in()
    visit.leave()


def _worry(story: Story, purchase: Purchase) -> None:
    """Look where the parcel is, again and again, then ask."""
    story.now = max(story.now, purchase.at + timedelta(days=3.6))
    for _ in range(story.rng.choice((1, 2, 2, 3))):
        story.hurry(6, WEB)
        visit = arrive(story, "service")
        visit.page("Delivery Tracking")
        read_articles(visit, "delivery")
        if story.chance(0.4):
            story.mood.hurt(0.2, "delivery")
            ask_a_person(visit, "delivery")
            return
        visit.leave()
