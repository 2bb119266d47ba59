"""Why an event is what it is: which rule matched, and which ones came close."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from cjm_tracker.events import Event
from cjm_tracker.touchpoints.compiled import predicate
from cjm_tracker.touchpoints.conditions import as_text, condition
from cjm_tracker.touchpoints.fields import reader
from cjm_tracker.touchpoints.rules import Condition, Groups, Rule, SourceRules, Test, When


class Verdict(NamedTuple):
    """What a rule makes of an event."""

    number: int  # its place among the source's rules, from 0
    rule: Rule
    held: int  # tests that hold
    failed: list[str]  # those that do not, in words

    @property
    def matches(self) -> bool:
        return not self.failed


def explain(
    section: SourceRules, groups: Groups, format_name: str, event: Event, close: int = 3
) -> tuple[Verdict | None, list[Verdict]]:
    """The rule that names the event, or None; and others of which most tests hold, nearest first.

    A rule behind the one that matches is not close: it was never asked.
    """
    event.attributes["format"] = format_name
    missed: list[Verdict] = []
    for number, rule in enumerate(section.rules):
        verdict = _verdict(number, rule, groups, event)
        if verdict.matches:
            return verdict, _nearest(missed, close)
        missed.append(verdict)
    return None, _nearest(missed, close)


def _nearest(missed: list[Verdict], close: int) -> list[Verdict]:
    near = [verdict for verdict in missed if verdict.held]
    return sorted(near, key=lambda verdict: (len(verdict.failed), -verdict.held))[:close]


def _verdict(number: int, rule: Rule, groups: Groups, event: Event) -> Verdict:
    answers = list(_answers(rule.when, groups, event))
    return Verdict(number, rule, answers.count(""), [answer for answer in answers if answer])


def _answers(when: When, groups: Groups, event: Event) -> Iterator[str]:
    """For each test nothing where it holds, else what is there and what is asked for."""
    for field, test in when.tests.items():
        value = reader(field)(event)
        yield (
            "" if condition(test)(value) else f"{field}: {_shown(value)}, asked for {_words(test)}"
        )
    for name in when.groups:
        yield from (
            answer and f"{name}: {answer}" for answer in _answers(groups[name], groups, event)
        )
    for inner in when.all_ or ():
        yield from _answers(inner, groups, event)
    if when.any_:
        holds = any(predicate(inner, groups)(event) for inner in when.any_)
        yield "" if holds else f"any: none of {len(when.any_)} holds"
    if when.not_:
        yield "not: what must not hold does" if predicate(when.not_, groups)(event) else ""


def _shown(value: object) -> str:
    text = as_text(value)
    return (text if len(text) <= 60 else f"{text[:59]}…") or "(absent)"


def _words(test: Test) -> str:
    if not isinstance(test, Condition):
        return " or ".join(map(str, test)) if isinstance(test, list) else str(test)
    said: dict[str, Any] = test.model_dump(exclude_none=True)
    return ", ".join(f"{name} {value}" for name, value in said.items())
