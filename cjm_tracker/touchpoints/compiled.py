"""The rules as one function of an event, so made that a hundred cost little more than ten.

A rule is a list of tests. The field that most rules ask for by equality or by prefix is asked for
once, and its answer tells which rules can still match: most are gone with the event's format and
name. What is left is tested one after the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from cjm_tracker.events import Event, Source
from cjm_tracker.touchpoints.conditions import as_text, condition, equals
from cjm_tracker.touchpoints.fields import reader
from cjm_tracker.touchpoints.rules import Condition, Rule, SourceRules, Test, Touchpoint, When

Classify = Callable[[Source, str, Event], Touchpoint]
Predicate = Callable[[Event], bool]
Groups = Mapping[str, When]

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
        source: (_chooser([_asked(rule, section, groups or {}) for rule in section.rules]), section)
        for source, section in sources.items()
    }
    unmapped = {source: Touchpoint("", rules.channel, "") for source, rules in sources.items()}

    def classify(source: Source, format_name: str, event: Event) -> Touchpoint:
        event.attributes["format"] = format_name
        if (found := compiled.get(source)) is None:
            return Touchpoint("", "", "")
        choose = found[0]
        while isinstance(choose, Fork):
            choose = choose(event)
        for tests, says in choose:
            for test in tests:
                if not test(event):
                    break
            else:
                return says
        return unmapped[source]

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
    leaves = [Leaf(field, test, _holds(field, test)) for field, test in when.tests.items()]
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


def _any(tests: Sequence[Predicate]) -> Predicate:
    return lambda event: any(test(event) for test in tests)


def _not(test: Predicate) -> Predicate:
    return lambda event: not test(event)


def _holds(field: str, test: Test) -> Predicate:
    read, holds = reader(field), condition(test)
    return lambda event: holds(read(event))


class Fork:
    """Asks for one field; which rules can match depends on its value only.

    A value is known by which equalities and prefixes of the rules it fulfils, so there are no more
    cases than the rules make, whatever producers send.
    """

    def __init__(self, field: str, rules: Sequence[Asked]) -> None:
        self._field = field
        self._read = reader(field)
        self._rules = rules
        leaves = [leaf for rule in rules for leaf in rule.leaves if leaf.field == field]
        self._values = {value for leaf in leaves for value in _equals(leaf)}
        prefixes = {leaf.test.prefix for leaf in leaves if _is_prefix(leaf)}  # type: ignore[union-attr]
        self._lengths = sorted({len(prefix) for prefix in prefixes if prefix})
        self._prefixes = prefixes
        self._cases: dict[tuple[str | None, ...], Chooser] = {}

    def __call__(self, event: Event) -> Chooser:
        """The rules left."""
        value = as_text(self._read(event))
        case: tuple[str | None, ...] = (value if value in self._values else None,)
        if self._lengths:
            starts = (value[:length] for length in self._lengths)
            case += tuple(start for start in starts if start in self._prefixes)
        if (found := self._cases.get(case)) is None:
            found = self._cases[case] = _chooser(self._left(event))
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
        return leaf.field == self._field and (_is_equality(leaf) or _is_prefix(leaf))


# Either asks for a field, or is the rules to go through.
Chooser = Fork | Sequence[tuple[tuple[Predicate, ...], Touchpoint]]


def _chooser(rules: Sequence[Asked]) -> Chooser:
    if len(rules) > FEW:
        fields = Counter(
            field
            for rule in rules
            for field in {
                leaf.field for leaf in rule.leaves if _is_equality(leaf) or _is_prefix(leaf)
            }
        )
        if fields:
            # Asked by one rule only, it would hardly be worth a look.
            (field, many), *_ = fields.most_common(1)
            if many > 1:
                return Fork(field, rules)
    return [(rule.tests, rule.says) for rule in rules]


def _answerable(rule: Asked) -> set[str]:
    """The fields that a fork can ask for it."""
    return {leaf.field for leaf in rule.leaves if _is_equality(leaf) or _is_prefix(leaf)}


def _is_equality(leaf: Leaf) -> bool:
    return not isinstance(leaf.test, Condition)


def _equals(leaf: Leaf) -> frozenset[str]:
    return frozenset() if isinstance(leaf.test, Condition) else equals(leaf.test)


def _is_prefix(leaf: Leaf) -> bool:
    """Whether it asks for a beginning, and for nothing else."""
    test = leaf.test
    return isinstance(test, Condition) and test.model_fields_set == {"prefix"} and bool(test.prefix)
