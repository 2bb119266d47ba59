"""Hand-offs and repeat contacts, contact by contact, over rows of the view `journeys`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from .measures import Row, ms

Topics = dict[tuple[str, str], str]  # by source and event id
Key = tuple[str, ...]


class Contact(NamedTuple):
    name: str
    source: str
    at: int
    journey: tuple[str, int]
    topic: str


def walked(journeys: Iterable[Row], topics: Topics) -> Iterator[list[Contact]]:
    """Each customer's contacts in their order, over all journeys."""
    found: dict[str, list[Contact]] = defaultdict(list)
    for journey in sorted(journeys, key=lambda one: one["journey_no"]):
        columns = (journey[name] for name in ("path", "sources", "times", "event_ids"))
        for name, source, at, event_id in zip(*columns, strict=True):
            whose = journey["customer_id"], journey["journey_no"]
            topic = topics.get((source, event_id), "")
            found[whose[0]].append(Contact(name, source, ms(at), whose, topic))
    yield from found.values()


def handoffs(
    journeys: list[Row],
    topics: Topics,
    mode: str,
    origins: list[str],
    aims: list[str],
    within_ms: int,
    complete_to: int,
) -> dict[Key, dict[str, Any]]:
    """By touchpoint, touchpoint and topic."""
    found: dict[Key, list[tuple[Contact, Contact]]] = defaultdict(list)
    latest: dict[tuple[str, int], int] = {}
    tried: dict[Key, set[tuple[str, int]]] = defaultdict(set)
    for contacts in walked(journeys, topics):
        for place, contact in enumerate(contacts):
            if contact.source in origins:
                latest[contact.journey] = contact.at
                tried[contact.name, contact.topic if mode == "same" else ""].add(contact.journey)
            if contact.source not in aims or (mode != "any" and not contact.topic):
                continue
            for before in reversed(contacts[:place]):
                if before.source in origins and mode in ("any", "known", before.topic and "same"):
                    if mode == "same" and before.topic != contact.topic:
                        continue
                    if contact.at - before.at <= within_ms:
                        topic = "" if mode == "any" else contact.topic
                        found[before.name, contact.name, topic].append((before, contact))
                    break
    followed = {journey for journey, at in latest.items() if at + within_ms <= complete_to}
    rows = {}
    for key, pairs in found.items():
        seconds = sorted((contact.at - before.at) / 1000 for before, contact in pairs)
        from_ = {before.journey for before, _ in pairs}
        rows[key] = {
            "contacts": len(pairs),
            "customers": len({customer for customer, _ in from_}),
            "journeys": len(from_),
            "tried": len(tried[key[0], key[2] if mode == "same" else ""] & followed),
            "came_here": len(from_ & followed),
            "median_s": seconds[len(seconds) // 2],
        }
    return rows


def repeats(
    journeys: list[Row],
    topics: Topics,
    by: str,
    same: bool,
    sources: list[str],
    within_ms: int,
    complete_to: int,
) -> dict[str, dict[str, Any]]:
    found: dict[str, list[tuple[str, bool, int | None]]] = defaultdict(list)
    for contacts in walked(journeys, topics):
        kept = [one for one in contacts if one.source in sources]
        for place, one in enumerate(kept):
            name = getattr(one, by)
            later = [two.at for two in kept[place + 1 :] if not same or getattr(two, by) == name]
            wait = later[0] - one.at if later and later[0] - one.at <= within_ms else None
            found[name].append((one.journey[0], one.at + within_ms <= complete_to, wait))
    rows = {}
    for name, each in found.items():
        waits = sorted(wait for _, _, wait in each if wait is not None)
        rows[name] = {
            "contacts": len(each),
            "customers": len({customer for customer, _, _ in each}),
            "repeat_customers": len({customer for customer, _, wait in each if wait is not None}),
            "followed": sum(is_over for _, is_over, _ in each),
            "repeated": sum(is_over and wait is not None for _, is_over, wait in each),
            "median_days": waits[len(waits) // 2] / 86_400_000 if waits else None,
        }
    return rows
