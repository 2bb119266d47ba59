from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from cjm_tracker.identity import IdentityConfig, Kind
from cjm_tracker.identity.kinds import KINDS
from cjm_tracker.identity.nobody import BLOCKED


def config(**section: Any) -> IdentityConfig:
    """The `identity:` section, as the mapping's file gives it."""
    return IdentityConfig.model_validate(section)


def refusal(**section: Any) -> tuple[str, str]:
    """Where a section is wrong, and what is said about it."""
    with pytest.raises(ValidationError) as caught:
        config(**section)
    (error,) = caught.value.errors()
    return ".".join(map(str, error["loc"])), error["msg"].removeprefix("Value error, ")


# --- kinds


def test_without_a_word_about_kinds_the_built_in_ones_hold() -> None:
    assert config().kinds == config(kinds={}).kinds == KINDS


@pytest.mark.parametrize(
    ("name", "entry", "kind"),
    [
        ("loyalty_card", {"check_digit": "luhn", "limit": 3},
         Kind(strong=True, form="card", check_digit="luhn", limit=3)),
        ("loyalty_card", {"form": "text"}, Kind(strong=True, form="text", limit=5)),
        ("email", {"strong": True}, Kind(strong=True, form="email", personal=True, limit=5)),
        ("customer_number", {"form": "card"}, Kind(strong=True, form="card", limit=10)),
        ("customer_number", {"strong": False}, Kind(limit=1)),
        ("customer_number", {"strong": False, "limit": 2}, Kind(limit=2)),
        ("ip", {}, Kind()),
        ("membership", {"strong": True, "form": "card"}, Kind(strong=True, form="card")),
        ("company", {"account": True}, Kind(account=True)),
    ],
    ids=str,
)  # fmt: skip
def test_an_entry_changes_what_it_says_and_nothing_else(
    name: str, entry: dict[str, Any], kind: Kind
) -> None:
    assert config(kinds={name: entry}).kinds == {**KINDS, name: kind}


@pytest.mark.parametrize(
    ("entry", "limit"),
    [({}, 1), ({"strong": True}, 5), ({"strong": False}, 1), ({"strong": True, "limit": 1}, 1),
     ({"limit": 7}, 7), ({"limit": None}, 1)],
    ids=str,
)  # fmt: skip
def test_a_limit_nobody_gives_follows_from_strength(entry: dict[str, Any], limit: int) -> None:
    assert config(kinds={"pass": entry}).kinds["pass"].limit == Kind(**entry).limit == limit


@pytest.mark.parametrize(
    ("name", "limit"),
    [("customer_number", 10), ("user_id", 5), ("loyalty_card", 5), ("email", 1), ("phone", 1),
     ("cookie", 1), ("device", 1), ("ip", 1)],
)  # fmt: skip
def test_the_limits_of_the_built_in_kinds(name: str, limit: int) -> None:
    assert KINDS[name].limit == limit


def test_a_section_written_out_says_the_same() -> None:
    section = config(
        kinds={"pass": {"strong": True}, "customer_number": {"strong": False}},
        declared=[{"kind": "pass", "as": "agent", "prefix": "a"}],
        blocked=["till"],
    )
    assert IdentityConfig.model_validate_json(section.model_dump_json()) == section


@pytest.mark.parametrize(
    ("kinds", "ranked"),
    [
        ({}, "customer_number user_id loyalty_card email phone cookie device ip"),
        ({"seat": {}, "firm": {"account": True}, "pass": {"strong": True}, "club": {"strong": 1}},
         "customer_number user_id loyalty_card pass club email phone cookie device ip seat"),
        ({"email": {"strong": True}, "user_id": {"strong": False}},
         "customer_number loyalty_card email user_id phone cookie device ip"),
    ],
    ids=["built-in", "added", "changed"],
)  # fmt: skip
def test_strong_kinds_rank_first_then_built_in_ones_and_accounts_nowhere(
    kinds: dict[str, Any], ranked: str
) -> None:
    assert sorted(config(kinds=kinds).ranks.items(), key=lambda item: item[1]) == list(
        zip(ranked.split(), range(20), strict=False)
    )


# --- what is refused


@pytest.mark.parametrize(
    ("kinds", "field", "text"),
    [
        ({"pass": {"strong": True, "account": True}}, "pass.account", "a strong kind names one"),
        ({"user_id": {"account": True}}, "user_id.account", "a strong kind names one"),
        ({"account": {"strong": True}}, "account.account", "a strong kind names one"),
        ({"email": {"check_digit": "luhn"}}, "email.check_digit", "a personal kind has no"),
        ({"loyalty_card": {"personal": True, "check_digit": "ean"}}, "loyalty_card.check_digit",
         "a personal kind has no check digit"),
        ({"pass": {"form": "lower", "check_digit": "ean"}}, "pass.check_digit",
         "only kinds of form card or text"),
        ({"pass": {"check_digit": "mod97"}}, "pass.check_digit", "Input should be 'none', 'luhn'"),
        ({"pass": {"form": "upper"}}, "pass.form", "Input should be 'text', 'lower'"),
        ({"pass": {"strong": "very"}}, "pass.strong", "Input should be a valid boolean"),
        ({"pass": {"limit": 0}}, "pass.limit", "Input should be greater than or equal to 1"),
        ({"pass": {"limit": "many"}}, "pass.limit", "Input should be a valid integer"),
        ({"loyalty_card": {"limt": 3}}, "loyalty_card.limt", "Extra inputs are not permitted"),
        ({"loyalty_card": None}, "loyalty_card", "Input should be a valid dictionary"),
        ({"Pass Port": {}}, "Pass Port.[key]", "String should match pattern"),
        ({7: {}}, "7.[key]", "Input should be a valid string"),
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_kind_is_refused_by_its_field(kinds: Any, field: str, text: str) -> None:
    where, said = refusal(kinds=kinds)
    assert where == f"kinds.{field}" and said.startswith(text)


@pytest.mark.parametrize(
    ("entry", "field", "text"),
    [
        ({"kind": "cookei", "as": "kiosk", "prefix": "k"}, "", "kind 'cookei' is not configured; "),
        ({"kind": "account", "as": "household", "prefix": "k"}, "", "kind 'account' is an account"),
        ({"kind": "cookie", "as": "kiosk"}, "", "say which identifiers: a prefix, or values"),
        ({"kind": "cookie", "as": "kiosk", "prefix": "", "values": []}, "", "say which"),
        ({"kind": "cookie", "as": "kiosk", "prefix": "\u3000"}, "", "no cookie begins with"),
        ({"kind": "loyalty_card", "as": "kiosk", "prefix": "-"}, "", "no loyalty_card begins with"),
        ({"kind": "phone", "as": "kiosk", "prefix": "+359"}, "", "a prefix cannot be told from a "),
        ({"kind": "phone", "as": "kiosk", "values": ["call me"]}, "", "'call me' can be no phone"),
        ({"kind": "cookie", "as": "kiosk", "values": ["k1", "Null"]}, "", "'Null' can be no cook"),
        ({"kind": "cookie", "as": "kiosk", "values": [17]}, ".values.0", "Input should be a valid"),
        ({"kind": "cookie", "as": "till", "prefix": "k"}, ".as", "Input should be 'kiosk', 'house"),
        ({"kind": "cookie", "prefix": "k"}, ".as", "Field required"),
        ({"kind": "cookie", "as": "kiosk", "values": ["k"], "or": "x"}, ".or", "Extra inputs"),
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_declaration_is_refused_by_its_place(entry: Any, field: str, text: str) -> None:
    good = {"kind": "cookie", "as": "kiosk", "prefix": "kiosk-"}
    where, said = refusal(declared=[good, entry])
    assert where == f"declared.1{field}" and said.startswith(text)


def test_a_prefix_of_a_national_number_never_fits() -> None:
    entry = {"kind": "phone", "as": "household", "prefix": "02"}
    assert refusal(plain=True, declared=[entry]) == ("declared.0", "no phone begins with '02'")


def test_declarations_are_not_judged_by_a_section_that_is_wrong_itself() -> None:
    entry = {"kind": "phone", "as": "household", "values": ["0888 123 456"]}
    assert refusal(region="XX", declared=[entry])[0] == "region"


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("public_from", 2, None), ("max_anonymous", 1, None), ("max_hops", 1, 8)],
)
def test_limits_have_their_own(name: str, least: int, most: int | None) -> None:
    assert getattr(config(**{name: least}), name) == least
    beyond = [least - 1] if most is None else [least - 1, most + 1]
    assert [refusal(**{name: value})[0] for value in beyond] == [name] * len(beyond)


def test_limits_when_nothing_is_said() -> None:
    section = config()
    assert (section.public_from, section.max_anonymous, section.max_hops) == (20, 50, 4)


# --- literals


def test_built_in_literals_are_written_as_they_are_compared() -> None:
    assert {literal for literal in BLOCKED if literal != literal.casefold().strip()} == set()


def test_every_system_has_its_word_for_nobody() -> None:
    assert {"null", "(not set)", "[object object]", "n.a.", "неизвестно", "няма"} <= BLOCKED
