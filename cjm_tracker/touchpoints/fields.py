"""What rules can ask an event for: its own fields, its attributes, and what follows from these."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from cjm_tracker.events import Event
from cjm_tracker.touchpoints.agent import agent
from cjm_tracker.touchpoints.arrival import ASKED, arrival
from cjm_tracker.touchpoints.rules import Groups, When

Read = Callable[[Event], object]

# Of the event itself.
OWN: Mapping[str, Read] = {
    "event": lambda event: event.name,
    "outcome": lambda event: event.outcome,
    "metric": lambda event: event.metric,
    "currency": lambda event: event.currency,
    "value": lambda event: event.value,
    "score": lambda event: event.score,
    "wait_s": lambda event: event.wait_s,
    "duration_s": lambda event: event.duration_s,
}

# What follows from attributes, with those; found out when a rule asks for it.
DERIVED: Mapping[str, tuple[tuple[str, ...], Read]] = {
    "arrival": (ASKED, lambda event: arrival(event.attributes)),
    "is_bot": (("user_agent",), lambda event: agent(_agent(event)).is_bot),
    "device": (("user_agent",), lambda event: agent(_agent(event)).device),
    "browser": (("user_agent",), lambda event: agent(_agent(event)).browser),
    "os": (("user_agent",), lambda event: agent(_agent(event)).os),
}


def reader(field: str) -> Read:
    """How a field is read from an event; one without a name of its own is an attribute."""
    if field in OWN:
        return OWN[field]
    if field in DERIVED:
        return DERIVED[field][1]
    return lambda event: event.attributes.get(field, "")


def bases(fields: Iterable[str]) -> set[str]:
    """The fields that those are found out from."""
    return {base for field in fields for base in DERIVED.get(field, ((field,),))[0]}


def asked(when: When, groups: Groups) -> set[str]:
    """The fields that an answer depends on: own ones and attributes."""
    parts = list(when.parts())
    inner = (asked(groups[name], groups) for part in parts for name in part.groups)
    return bases(field for part in parts for field in part.tests).union(*inner)


def _agent(event: Event) -> str:
    return event.attributes.get("user_agent", "")
