"""From an event to its touchpoint: the rules, what they ask, and the rules made fast."""

from cjm_tracker.touchpoints.compiled import Classify, compile_rules
from cjm_tracker.touchpoints.examples import Example
from cjm_tracker.touchpoints.explain import Verdict, explain
from cjm_tracker.touchpoints.fields import asked
from cjm_tracker.touchpoints.rules import Condition, Rule, SourceRules, Test, Touchpoint, When
from cjm_tracker.touchpoints.unknown import Given, Unknown, not_given, unknown

__all__ = [
    "Classify",
    "Condition",
    "Example",
    "Given",
    "Rule",
    "SourceRules",
    "Test",
    "Touchpoint",
    "Unknown",
    "Verdict",
    "When",
    "asked",
    "compile_rules",
    "explain",
    "not_given",
    "unknown",
]
