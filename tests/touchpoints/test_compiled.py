from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from cjm_tracker.events import Event
from cjm_tracker.touchpoints import Rule, SourceRules, Touchpoint, When, compile_rules


def event(**fields: Any) -> Event:
    own = {key: fields.pop(key) for key in list(fields) if key in Event.__struct_fields__}
    return Event(**{"event_id": "e", "name": "Order Completed", "occurred_at": 0, **own},
                 attributes=fields)  # fmt: skip


def holds(when: dict[str, Any], **fields: Any) -> bool:
    rules = SourceRules(channel="web", rules=[Rule(when=when, touchpoint="matched")])
    return compile_rules({"website": rules})("website", "segment", event(**fields)).name != ""


@pytest.mark.parametrize(
    ("test", "value", "expected"),
    [
        ("/blog", "/blog", True),
        ("/blog", "/Blog", False),
        ("/blog", "/blog/a", False),
        (404, "404", True),
        (["404", 410], "410", True),
        (["404", 410], "200", False),
        ({"prefix": "/blog/"}, "/blog/a", True),
        ({"prefix": "/blog/"}, "/a/blog/", False),
        ({"suffix": ".pdf"}, "/a.pdf", True),
        ({"suffix": ".pdf"}, "/a.pdf?x", False),
        ({"contains": "bot"}, "ExampleBot/2.1", True),
        ({"contains": "bot"}, "Firefox", False),
        ({"glob": "/p/*/reviews"}, "/p/lamp/reviews", True),
        ({"glob": "/p/*/reviews"}, "/p/lamp", False),
        ({"regex": "^/p/[0-9]+$"}, "/p/12", True),
        ({"regex": "^/p/[0-9]+$"}, "/p/12/x", False),
        ({"regex": "(?i)SALE"}, "/summer-sale", True),
        ({"min": 2}, "2", True),
        ({"min": 2}, "1.9", False),
        ({"max": 2}, "2", True),
        ({"max": 2}, "2.1", False),
        ({"min": 1, "max": 2}, "3", False),
        ({"min": 1}, "many", False),
        ({"present": True}, "x", True),
        ({"present": False}, "x", False),
        ({"not": {"prefix": "/admin/"}}, "/blog", True),
        ({"not": {"prefix": "/admin/"}}, "/admin/x", False),
        ({"not": {"not": {"prefix": "/a"}}}, "/a", True),
        ({"prefix": "/p/", "suffix": ".pdf"}, "/p/a.pdf", True),
        ({"prefix": "/p/", "suffix": ".pdf"}, "/q/a.pdf", False),
        ({"prefix": "/p/", "not": {"suffix": ".pdf"}}, "/p/a.pdf", False),
    ],
)
def test_a_condition_on_a_field(test: Any, value: str, expected: bool) -> None:
    assert holds({"path": test}, path=value) is expected


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("", True),
        ("x", False),
        ({"present": True}, False),
        ({"present": False}, True),
        ({"prefix": "/"}, False),
        ({"min": 0}, False),
        ({"max": 0}, False),
        ({"not": {"prefix": "/"}}, True),
    ],
)
def test_a_condition_on_a_field_the_event_lacks(test: Any, expected: bool) -> None:
    assert holds({"coupon": test}) is expected


@pytest.mark.parametrize(
    ("when", "fields"),
    [
        ({"event": "Order Completed"}, {}),
        ({"outcome": "sold"}, {"outcome": "sold"}),
        ({"metric": "nps"}, {"metric": "nps"}),
        ({"currency": "BGN"}, {"currency": "BGN"}),
        ({"format": "segment"}, {}),
        ({"value": {"min": 100}}, {"value": Decimal("100.00")}),
        ({"value": 100}, {"value": Decimal("100.00")}),
        ({"score": 5}, {"score": 5.0}),
        ({"score": [4, 5]}, {"score": 4.0}),
        ({"score": 4.5}, {"score": 4.5}),
        ({"score": 0}, {"score": -0.0}),
        ({"wait_s": {"max": 60}}, {"wait_s": 59.9}),
        ({"duration_s": {"min": 1}}, {"duration_s": 1}),
    ],
    ids=str,
)
def test_fields_of_the_event_itself(when: dict[str, Any], fields: dict[str, Any]) -> None:
    assert holds(when, **fields)


@pytest.mark.parametrize(
    ("when", "fields"),
    [
        ({"is_bot": True}, {"user_agent": "Googlebot/2.1"}),
        ({"is_bot": False}, {"user_agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/130.0"}),
        ({"device": "desktop"}, {"user_agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/130.0"}),
        ({"arrival": ["email", "social"]}, {"utm_medium": "newsletter"}),
        ({"arrival": "direct"}, {}),
    ],
    ids=str,
)
def test_fields_that_follow_from_others(when: dict[str, Any], fields: dict[str, Any]) -> None:
    assert holds(when, **fields)


def test_all_conditions_of_a_rule_must_hold() -> None:
    assert not holds({"path": "/a", "coupon": {"present": True}}, path="/a")


def test_a_rule_without_conditions_matches_everything() -> None:
    assert holds({})


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({"any": [{"path": "/b"}, {"path": "/a"}]}, True),
        ({"any": [{"path": "/b"}, {"coupon": "x"}]}, False),
        ({"all": [{"path": "/a"}, {"coupon": {"present": False}}]}, True),
        ({"not": {"path": "/a", "coupon": "x"}}, True),
        ({"not": {"path": "/a"}}, False),
        ({"path": "/a", "not": {"any": [{"path": "/b"}, {"not": {"path": "/a"}}]}}, True),
    ],
    ids=str,
)
def test_lists_of_conditions_combined(when: dict[str, Any], expected: bool) -> None:
    assert holds(when, path="/a") is expected


def test_a_pattern_takes_time_linear_in_the_text() -> None:
    # Another engine would go on until the sun burns out.
    assert not holds({"path": {"regex": "^(a|a)*(b|b)*$"}}, path="a" * 50_000 + "!")


# --- rules together

RULES = SourceRules(
    channel="web",
    rules=[
        Rule(when={"path": {"prefix": "/ad/"}}, touchpoint="ad_visit", channel="paid"),
        Rule(when={"path": {"prefix": "/ad/x"}}, touchpoint="never_reached"),
        Rule(when={"path": "/health"}, drop="identity_only"),
        Rule(when={"path": "/shop"}, touchpoint="shop_viewed", stage="purchase"),
    ],
)


def classified(path: str, source: Any = "website") -> Touchpoint:
    return compile_rules({"website": RULES})(source, "segment", event(path=path))


def test_the_first_rule_that_matches_wins() -> None:
    assert classified("/ad/x").name == "ad_visit"


def test_a_rule_may_name_another_channel_than_the_sources() -> None:
    assert (classified("/ad/").channel, classified("/shop").channel) == ("paid", "web")


def test_a_rule_without_stage_gives_none() -> None:
    assert classified("/ad/").stage == ""


def test_a_rule_may_drop() -> None:
    assert classified("/health") == Touchpoint("", "web", "", "identity_only")


def test_an_event_no_rule_matches_stays_unmapped_on_its_sources_channel() -> None:
    assert classified("/else") == Touchpoint("", "web", "", "")


def test_an_event_of_a_source_without_rules_stays_unmapped() -> None:
    assert classified("/shop", source="store") == Touchpoint("", "", "", "")


# --- rules that are refused


@pytest.mark.parametrize(
    "rule",
    [
        {"when": {}},
        {"touchpoint": "a", "drop": "identity_only"},
        {"touchpoint": "A b"},
        {"touchpoint": ""},
        {"touchpoint": "a", "when": {"path": {}}},
        {"touchpoint": "a", "when": {"path": {"prefix": None}}},
        {"touchpoint": "a", "when": {"path": {"begins": "/"}}},
        {"touchpoint": "a", "when": {"path": {"not": {}}}},
        {"touchpoint": "a", "when": {"path": {"not_": {"prefix": "/"}}}},
        {"touchpoint": "a", "when": {"path": {"regex": "(a"}}},
        {"touchpoint": "a", "when": {"path": {"regex": r"(a)\1"}}},
        {"touchpoint": "a", "when": {"any": []}},
        {"touchpoint": "a", "when": {"any": {"path": "/"}}},
        {"touchpoint": "a", "when": {"not": {"path": {"begins": "/"}}}},
        {"touchpoint": "a", "when": {"group": "Two words"}},
        {"touchpoint": "a", "when": {"score": {"min": "low"}}},
        {"touchpoint": "a", "when": {"path": None}},
        {"touchpoint": "a", "where": {}},
        {"touchpoint": "a", "stage": "Not A Slug"},
    ],
    ids=str,
)
def test_a_rule_that_says_nothing_or_two_things_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Rule.model_validate(rule)


def test_a_source_needs_a_rule() -> None:
    with pytest.raises(ValidationError):
        SourceRules.model_validate({"channel": "web", "rules": []})


# --- the compiled form against the plain one: rule after rule, test after test

TEXTS = ["", "5", "4.5", "View", "Viewed", "Viewed twice", "Order"]
TESTS: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([*TEXTS, 5, 5.0, True, ["Viewed", 5], ["", "Order"], []]),
    st.builds(lambda text: {"prefix": text}, st.sampled_from(TEXTS)),
    st.sampled_from(
        [
            {"suffix": "d"}, {"contains": "VIEW"}, {"glob": "*d"}, {"glob": "V*d"},
            {"glob": "V*e*"},
            {"regex": "^V.*(e|d)$"},
            {"min": 4}, {"max": 5}, {"present": True}, {"present": False},
            {"not": {"prefix": "V"}}, {"min": 5, "not": {"max": 4}}, {"prefix": "V", "suffix": "d"},
        ]
    ),
)  # fmt: skip
FIELDS = ["event", "format", "outcome", "score", "value", "path", "coupon"]
GROUPS: dict[str, Any] = {
    "views": {"path": {"prefix": "View"}},
    "known": {"any": [{"group": "views"}, {"coupon": "5", "event": ["Viewed", "Order"]}]},
}
PLAIN = st.dictionaries(st.sampled_from(FIELDS), TESTS, max_size=3)
WHENS: st.SearchStrategy[dict[str, Any]] = st.recursive(
    PLAIN,
    lambda inner: st.builds(
        lambda plain, more: {**plain, **more},
        PLAIN,
        st.fixed_dictionaries(
            {},
            optional={
                "all": st.lists(inner, min_size=1, max_size=2),
                "any": st.lists(inner, min_size=1, max_size=2),
                "not": inner,
                "group": st.sampled_from(["views", "known", ["views", "known"]]),
            },
        ),
    ),
    max_leaves=4,
)
EVENTS = st.builds(
    lambda name, outcome, score, value, attributes: Event(
        "e", name, 0, outcome=outcome, score=score, value=value, attributes=attributes
    ),
    st.sampled_from(TEXTS),
    st.sampled_from(["", "Viewed"]),
    st.sampled_from([None, 5.0, 4.5]),
    st.sampled_from([None, Decimal("5.00")]),
    st.dictionaries(st.sampled_from(["path", "coupon"]), st.sampled_from(TEXTS)),
)


def like(when: dict[str, Any], said: Event, format_name: str) -> bool:
    """Whether the event is like that, as the words have it."""
    combined = {"all", "any", "not", "group"}
    named = when.get("group", [])
    return (
        all(
            passes(test, as_text(field, format_name, said))
            for field, test in when.items()
            if field not in combined
        )
        and all(like(inner, said, format_name) for inner in when.get("all", []))
        and ("any" not in when or any(like(inner, said, format_name) for inner in when["any"]))
        and ("not" not in when or not like(when["not"], said, format_name))
        and all(
            like(GROUPS[name], said, format_name)
            for name in ([named] if isinstance(named, str) else named)
        )
    )


def passes(test: Any, text: str) -> bool:
    """Whether a field with that text passes."""
    if not isinstance(test, dict):
        return text in [as_written(item) for item in (test if isinstance(test, list) else [test])]
    number = float(text) if re.fullmatch(r"[0-9.]+", text) else None
    checks: dict[str, Callable[[Any], bool]] = {
        "prefix": text.startswith,
        "suffix": text.endswith,
        "contains": lambda part: part.lower() in text.lower(),
        "glob": lambda pattern: re.fullmatch(pattern.replace("*", ".*"), text) is not None,
        "regex": lambda pattern: re.search(pattern, text) is not None,
        "min": lambda low: number is not None and number >= low,
        "max": lambda high: number is not None and number <= high,
        "present": lambda there: (text != "") is there,
        "not": lambda inner: not passes(inner, text),
    }
    return all(checks[name](wanted) for name, wanted in test.items())


def as_text(field: str, format_name: str, said: Event) -> str:
    """What a rule is asked about, as text: rules know no types."""
    own = {"event": said.name, "format": format_name, "outcome": said.outcome,
           "score": said.score, "value": said.value}  # fmt: skip
    return as_written(own[field] if field in own else said.attributes.get(field, ""))


def as_written(found: Any) -> str:
    if isinstance(found, (float, Decimal)):
        return format(Decimal(str(found)).normalize() + 0, "f")
    return "" if found is None else str(found)


@given(
    whens=st.lists(WHENS, min_size=1, max_size=14),
    events=st.lists(
        st.tuples(st.sampled_from(["segment", "Viewed", "5"]), EVENTS), min_size=1, max_size=8
    ),
)
@settings(max_examples=200, deadline=None)
def test_compiled_rules_say_what_the_rules_say_one_by_one(
    whens: list[dict[str, Any]], events: list[tuple[str, Event]]
) -> None:
    rules = [
        Rule.model_validate({"when": when, "touchpoint": f"rule_{number}"})
        for number, when in enumerate(whens)
    ]
    groups = {name: When.model_validate(group) for name, group in GROUPS.items()}
    classify = compile_rules({"website": SourceRules(channel="web", rules=rules)}, groups)
    # Several events by the same function: what it has learnt from one must hold for the next.
    for format_name, said in events:
        matching = (n for n, when in enumerate(whens) if like(when, said, format_name))
        expected = next((f"rule_{number}" for number in matching), "")
        assert classify("website", format_name, said).name == expected
