"""The rules as one function of an event, so made that a hundred cost little more than ten.

A rule is a list of tests. The field that most rules ask for by equality, beginning or end is asked
for once, and its answer tells which rules can still match: most are gone with the event's format
and name. What is left is tested one after the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from cjm_tracker.events import Event, Source
from cjm_tracker.touchpoints.conditions import as_text, condition, equals
from cjm_tracker.touchpoints.fields import reader
from cjm_tracker.touchpoints.rules import (
    Condition,
    Groups,
    Rule,
    SourceRules,
    Test,
    Touchpoint,
    When,
)

Classify = Callable[[Source, str, Event], Touchpoint]
Predicate = Callable[[Event], bool]

# Fewer rules than this are asked one after the other.
FEW = 6


class Leaf(NamedTuple):
    """A test of a field, as it is written and as a function of the event."""

    field: str
    test: Test
    holds: Predicate


class Asked(NamedTuple):
    """A rule as what it asks and what it says."""

    leaves: tuple[Leaf, ...]
    others: tuple[Predicate, ...]  # combinations
    says: Touchpoint

    @property
    def tests(self) -> tuple[Predicate, ...]:
        """All that must hold, the cheap ones first."""
        return (*(leaf.holds for leaf in self.leaves), *self.others)


def compile_rules(sources: Mapping[Source, SourceRules], groups: Groups | None = None) -> Classify:
    """The rules as one function of (source, format, event); built once per mapping."""
    compiled = {
        source: (
            _chooser([_asked(rule, section, groups or {}) for rule in section.rules]),
            Touchpoint("", section.channel, ""),
        )
        for source, section in sources.items()
    }

    def classify(source: Source, format_name: str, event: Event) -> Touchpoint:
        event.attributes["format"] = format_name
        if (found := compiled.get(source)) is None:
            return Touchpoint("", "", "")
        choose, unmapped = found
        while isinstance(choose, Fork):
            choose = choose(event)
        for tests, says in choose:
            for test in tests:
                if not test(event):
                    break
            else:
                return says
        return unmapped

    return classify


def predicate(when: When, groups: Groups) -> Predicate:
    """Whether an event is like that."""
    leaves, others = _parts(when, groups)
    tests = [*(leaf.holds for leaf in leaves), *others]
    return tests[0] if len(tests) == 1 else lambda event: all(test(event) for test in tests)


def _asked(rule: Rule, section: SourceRules, groups: Groups) -> Asked:
    leaves, others = _parts(rule.when, groups)
    says = Touchpoint(
        rule.touchpoint or "", rule.channel or section.channel, rule.stage or "", rule.drop or ""
    )
    return Asked(tuple(leaves), tuple(others), says)


def _parts(when: When, groups: Groups) -> tuple[list[Leaf], list[Predicate]]:
    """Tests of single fields, those of groups and of `all` included, and combinations."""
    leaves = [
        Leaf(field, one, _holds(field, one))
        for field, test in when.tests.items()
        for one in (*_ends(test), test)
    ]
    others: list[Predicate] = []
    for inner in [*(groups[name] for name in when.groups), *(when.all_ or ())]:
        its_leaves, its_others = _parts(inner, groups)
        leaves += its_leaves
        others += its_others
    if when.any_:
        others.append(_any([predicate(inner, groups) for inner in when.any_]))
    if when.not_:
        others.append(_not(predicate(when.not_, groups)))
    return leaves, others


def _ends(test: Test) -> Iterator[Test]:
    """What a glob begins and ends with: a fork can ask for these, and few globs are left."""
    glob = test.glob if isinstance(test, Condition) else None
    if glob and not set("?[") & set(glob) and "*" in glob:
        begin, *_, end = glob.split("*")
        if begin:
            yield Condition(prefix=begin)
        if end:
            yield Condition(suffix=end)


def _any(tests: Sequence[Predicate]) -> Predicate:
    return lambda event: any(test(event) for test in tests)


def _not(test: Predicate) -> Predicate:
    return lambda event: not test(event)


def _holds(field: str, test: Test) -> Predicate:
    read, holds = reader(field), condition(test)
    return lambda event: holds(read(event))


class _Edges:
    """Beginnings or ends that rules ask for."""

    def __init__(self, texts: set[str], cut: Callable[[str, int], str]) -> None:
        self._texts = texts - {""}
        self._lengths = sorted({len(text) for text in self._texts})
        self._cut = cut

    def of(self, value: str) -> list[str]:
        """Those that the value has."""
        if not self._lengths:
            return []
        cuts = [self._cut(value, length) for length in self._lengths]
        return [edge for edge in cuts if edge in self._texts]


def _begin(value: str, length: int) -> str:
    return value[:length]


def _end(value: str, length: int) -> str:
    return value[-length:]


class Fork:
    """Asks for one field; which rules can match depends on its value only.

    A value is known by which equalities, beginnings and ends of the rules it fulfils, so there are
    no more cases than the rules make, whatever producers send.
    """

    def __init__(self, field: str, rules: Sequence[Asked]) -> None:
        self._field = field
        self._read = reader(field)
        self._rules = rules
        tests = [leaf.test for rule in rules for leaf in rule.leaves if leaf.field == field]
        self._values = {value for test in tests for value in _equals(test)}
        self._begins = _Edges({_only(test, "prefix") for test in tests}, _begin)
        self._ends = _Edges({_only(test, "suffix") for test in tests}, _end)
        self._cases: dict[tuple[object, ...], Chooser] = {}

    def __call__(self, event: Event) -> Chooser:
        """The rules left."""
        value = as_text(self._read(event))
        key = (value if value in self._values else None, *self._begins.of(value), None,
               *self._ends.of(value))  # fmt: skip
        if (found := self._cases.get(key)) is None:
            found = self._cases[key] = _chooser(self._left(event))
        return found

    def _left(self, event: Event) -> list[Asked]:
        """The rules that this field does not rule out, without what it has answered."""
        left = []
        for rule in self._rules:
            answered = [leaf for leaf in rule.leaves if self._answers(leaf)]
            if all(leaf.holds(event) for leaf in answered):
                leaves = tuple(leaf for leaf in rule.leaves if not self._answers(leaf))
                left.append(rule._replace(leaves=leaves))
                if not leaves and not rule.others:
                    break  # it matches: nothing behind it is looked at
        return left

    def _answers(self, leaf: Leaf) -> bool:
        return leaf.field == self._field and _is_answerable(leaf.test)


# Either asks for a field, or is the rules to go through.
Chooser = Fork | Sequence[tuple[tuple[Predicate, ...], Touchpoint]]


def _chooser(rules: Sequence[Asked]) -> Chooser:
    if len(rules) > FEW:
        fields = Counter(field for rule in rules for field in _answerable(rule))
        if fields:
            # Asked by one rule only, it would hardly be worth a look.
            (field, many), *_ = fields.most_common(1)
            if many > 1:
                return Fork(field, rules)
    return [(rule.tests, rule.says) for rule in rules]


def _answerable(rule: Asked) -> set[str]:
    """The fields that a fork can ask for it."""
    return {leaf.field for leaf in rule.leaves if _is_answerable(leaf.test)}


def _is_answerable(test: Test) -> bool:
    return not isinstance(test, Condition) or bool(_only(test, "prefix") or _only(test, "suffix"))


def _equals(test: Test) -> frozenset[str]:
    return frozenset() if isinstance(test, Condition) else equals(test)


def _only(test: Test, name: str) -> str:
    """The text of a condition that asks for this, and for nothing else."""
    is_alone = isinstance(test, Condition) and test.model_fields_set == {name}
    return str(getattr(test, name) or "") if is_alone else ""
