"""Writes what really happened, beside the logs: who did what, with which identifiers and why.

A tracker must never read this; it is there to measure how well a tracker did.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from cjm_tracker.simulator.acts import Act, Identifier, WebAct
from cjm_tracker.simulator.story import Story
from cjm_tracker.simulator.wire import seconds

_README = (
    "These files say which customer is behind each record of the logs one directory up, for "
    "measuring a tracker which has not read them.\n"
    "Every person, number, address and company in here is invented.\n"
)

_EVENT_COLUMNS = ("source", "event_id", "customer")

Users = dict[Identifier, set[str]]


def write_truth(directory: Path, stories: Sequence[Story]) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "README.txt").write_text(_README, encoding="utf-8", newline="\n")
    acts = _acts(stories)
    _table(directory / "events.csv", _EVENT_COLUMNS, _events(acts))
    # A tracker may keep these for what they say about identity only, not as somebody's step.
    _table(directory / "identity_calls.csv", _EVENT_COLUMNS, _events(_identity_calls(acts)))
    _table(
        directory / "identifiers.csv",
        ("kind", "value", "customer", "shared"),
        _identifiers(users(stories)),
    )
    _table(
        directory / "customers.csv",
        ("customer", "persona", "language", "known"),
        _customers(stories),
    )
    _table(
        directory / "journeys.csv",
        ("customer", "journey", "started_at", "ended_at", "intent", "outcome"),
        _journeys(stories),
    )


def users(stories: Iterable[Story]) -> Users:
    """Which customers each identifier was seen with."""
    seen: Users = defaultdict(set)
    for story in stories:
        for act in story.acts:
            for identifier in act.identifiers():
                seen[identifier].add(act.customer.id)
    return seen


def _acts(stories: Iterable[Story]) -> list[Act]:
    acts = [act for story in stories for act in story.acts]
    return sorted(acts, key=lambda act: (act.source, act.at, act.event_id))


def _identity_calls(acts: Iterable[Act]) -> list[Act]:
    return [act for act in acts if isinstance(act, WebAct) and act.kind == "identify"]


def _events(acts: Iterable[Act]) -> list[tuple[str, ...]]:
    return [(act.source, act.event_id, act.customer.id) for act in acts]


def _identifiers(seen: Users) -> list[tuple[str, ...]]:
    return [
        (kind, value, customer, "1" if len(customers) > 1 else "0")
        for (kind, value), customers in sorted(seen.items())
        for customer in sorted(customers)
    ]


def _customers(stories: Iterable[Story]) -> list[tuple[str, ...]]:
    people = [story.customer for story in stories]
    return [
        (person.id, person.persona.name, person.language, "1" if person.account else "0")
        for person in people
    ]


def _journeys(stories: Iterable[Story]) -> list[tuple[str, ...]]:
    return [
        (
            story.customer.id,
            journey.id,
            seconds(journey.started_at),
            _or_empty(journey.ended_at),
            journey.intent,
            journey.outcome,
        )
        for story in stories
        for journey in story.journeys
    ]


def _or_empty(moment: datetime | None) -> str:
    return seconds(moment) if moment else ""


def _table(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
