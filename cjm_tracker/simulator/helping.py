"""Looking for help: first alone on the website and, when that fails, by phone within hours."""

from __future__ import annotations

from cjm_tracker.simulator.acts import Json
from cjm_tracker.simulator.calling import call, chat
from cjm_tracker.simulator.clock import CALLS, WEB
from cjm_tracker.simulator.story import Story
from cjm_tracker.simulator.visit import Visit, arrive

ARTICLES: dict[str, tuple[Json, ...]] = {
    "order_question": (
        {"article_id": "A-110", "title": "How to change an order", "topic": "order_question"},
        {"article_id": "A-111", "title": "My payment failed", "topic": "order_question"},
    ),
    "delivery": (
        {"article_id": "A-120", "title": "Where is my parcel", "topic": "delivery"},
        {"article_id": "A-121", "title": "Delivery times and prices", "topic": "delivery"},
    ),
    "return": (
        {"article_id": "A-130", "title": "How to return a product", "topic": "return"},
        {"article_id": "A-131", "title": "When you get your money back", "topic": "return"},
    ),
    "invoice": ({"article_id": "A-140", "title": "Get a copy of an invoice", "topic": "invoice"},),
    "technical_help": (
        {"article_id": "A-150", "title": "The app does not connect", "topic": "technical_help"},
        {"article_id": "A-151", "title": "Reset your device", "topic": "technical_help"},
        {"article_id": "A-152", "title": "First steps", "topic": "technical_help"},
    ),
}

_HELPS_ITSELF = 0.3


def seek_help(story: Story, topic: str) -> bool:
    """Read the help pages; if they do not help, ask a person. Whether it was solved."""
    story.hurry(4, WEB)
    visit = arrive(story, "service")
    visit.page("Help")
    if story.chance(0.5):
        visit.sign_in()
    read_articles(visit, topic)
    if story.chance(_HELPS_ITSELF):
        visit.leave()
        return True
    story.mood.hurt(0.1, "general")
    return ask_a_person(visit, topic)


def read_articles(visit: Visit, topic: str) -> None:
    articles = ARTICLES[topic]
    for _ in range(visit.story.rng.choice((1, 1, 2, 3))):
        article = visit.story.rng.choice(articles)
        visit.go(f"/help/{article['article_id']}", str(article["title"]))
        visit.track("Support Article Viewed", dict(article))


def ask_a_person(visit: Visit, topic: str) -> bool:
    """From the website to a person: the chat on the spot, or a call within hours."""
    story = visit.story
    if story.chance(0.6):
        visit.page("Contact")
    visit.leave()
    if visit.login and story.chance(0.15) and _chat_is_open(story):
        return chat(story, topic)
    story.hurry(1.5, CALLS)
    return call(story, topic)


def _chat_is_open(story: Story) -> bool:
    before = story.now
    story.hurry(0.05, CALLS)
    waited = (story.now - before).total_seconds()
    if waited < 3_600:
        return True
    story.now = before
    return False
