"""The preset's rules for Segment's web events, taken apart for those who cannot run ours."""

from __future__ import annotations

from typing import NamedTuple

from cjm_tracker.mapping import load_mapping


class Rule(NamedTuple):
    """The first rule whose every field has one of the values wanted says what an event is."""

    wanted: tuple[tuple[str, frozenset[str]], ...]
    touchpoint: str
    channel: str
    stage: str


def web_rules() -> list[Rule]:
    """In the mapping's order, without those of other formats."""
    section = load_mapping().sources["website"]
    found = []
    for rule in section.rules:
        tests = rule.when.tests
        if tests.get("format", "segment") != "segment" or rule.when.groups == ["access_log"]:
            continue
        wanted = [
            (field, frozenset(map(str, test if isinstance(test, list) else [test])))
            for field, test in tests.items()
        ]
        channel = rule.channel or section.channel
        found.append(Rule(tuple(wanted), rule.touchpoint or "", channel, rule.stage or ""))
    return found
