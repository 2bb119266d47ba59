from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from cjm_tracker.events import Event
from cjm_tracker.touchpoints import Rule, SourceRules, Touchpoint, compile_rules


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


def test_all_conditions_of_a_rule_must_hold() -> None:
    assert not holds({"path": "/a", "coupon": {"present": True}}, path="/a")


def test_a_rule_without_conditions_matches_everything() -> None:
    assert holds({})


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

NAMES = ["Order Completed", "Viewed", "", "5"]
TESTS: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([*NAMES, 5, 5.0, True, ["Viewed", 5], [""], []]),
    st.sampled_from(
        [
            {"prefix": "O"}, {"suffix": "d"}, {"contains": "VIEW"}, {"glob": "*d"}, {"min": 4},
            {"max": 5}, {"present": True}, {"present": False}, {"not": {"prefix": "V"}},
            {"min": 5, "not": {"max": 4}},
        ]
    ),
)  # fmt: skip
FIELDS = ["event", "format", "outcome", "score", "value", "path", "coupon"]


def plainly(rules: list[Rule], format_name: str, said: Event) -> int | None:
    """The number of the first rule whose every test holds, each asked by itself."""
    for number, rule in enumerate(rules):
        if all(
            compile_rules({"website": SourceRules(channel="web", rules=[
                Rule(when={"path": test}, touchpoint="matched")])})(
                "website", "any", event(path=as_text(field, format_name, said))).name
            for field, test in rule.when.items()
        ):  # fmt: skip
            return number
    return None


def as_text(field: str, format_name: str, said: Event) -> str:
    """What a rule is asked about, as text under one name: rules know no types."""
    own = {"event": said.name, "format": format_name, "outcome": said.outcome,
           "score": said.score, "value": said.value}  # fmt: skip
    found = own[field] if field in own else said.attributes.get(field, "")
    if isinstance(found, (float, Decimal)):
        return format(Decimal(str(found)).normalize() + 0, "f")
    return "" if found is None else str(found)


@given(
    whens=st.lists(
        st.dictionaries(st.sampled_from(FIELDS), TESTS, max_size=3), min_size=1, max_size=6
    ),
    name=st.sampled_from(NAMES),
    format_name=st.sampled_from(["segment", "Viewed", "5"]),
    outcome=st.sampled_from(["", "Viewed"]),
    score=st.sampled_from([None, 5.0, 4.5]),
    value=st.sampled_from([None, Decimal("5.00")]),
    attributes=st.dictionaries(st.sampled_from(["path", "coupon"]), st.sampled_from(NAMES)),
)
@settings(max_examples=200, deadline=None)
def test_compiled_rules_say_what_the_rules_say_one_by_one(
    whens: list[dict[str, Any]], name: str, format_name: str, outcome: str, score: float | None,
    value: Decimal | None, attributes: dict[str, str],
) -> None:  # fmt: skip
    rules = [Rule(when=when, touchpoint=f"rule_{number}") for number, when in enumerate(whens)]
    said = Event("e", name, 0, outcome=outcome, score=score, value=value, attributes=attributes)
    expected = plainly(rules, format_name, said)
    classify = compile_rules({"website": SourceRules(channel="web", rules=rules)})
    found = classify("website", format_name, said).name
    assert found == ("" if expected is None else f"rule_{expected}")
