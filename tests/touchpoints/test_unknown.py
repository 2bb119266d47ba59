"""Which fields a rule asks for in vain."""

from __future__ import annotations

from typing import Any

import pytest

from cjm_tracker.touchpoints import When, not_given, unknown

GIVEN = {
    "web": frozenset({"path", "utm_source", "user_agent"}),
    "log": frozenset({"path", "status"}),
}
GROUPS = {
    "log": When.model_validate({"format": "log"}),
    "page": When.model_validate({"any": [{"event": "page"}, {"group": "log"}]}),
    "tagged": When.model_validate({"utm_source": {"present": True}}),
}


def asked(when: dict[str, Any], given: Any = GIVEN) -> list[tuple[str, str, bool]]:
    found = unknown(When.model_validate(when), GROUPS, given)
    return [(one.kind, one.name, one.certain) for one in found]


@pytest.mark.parametrize(
    "when",
    [
        {},
        {"event": "x", "outcome": "y", "format": "web", "score": {"min": 1}},
        {"status": "404", "utm_source": "x"},  # of two formats: each gives one
        {"format": "log", "status": "404"},
        {"group": "page", "utm_source": "x"},
        {"any": [{"format": "log", "status": "404"}, {"format": "web", "utm_source": "x"}]},
        {"not": {"status": "404"}},
        {"is_bot": True, "arrival": "social"},
        {"format": {"prefix": "w"}, "utm_source": "x"},
        {"format": {"not": {"prefix": "lo"}}, "group": "tagged"},
    ],
    ids=str,
)
def test_what_some_format_gives_is_asked_rightly(when: dict[str, Any]) -> None:
    assert asked(when) == []


@pytest.mark.parametrize(
    ("when", "name"),
    [
        ({"utm_sourse": "x"}, "utm_sourse"),
        ({"any": [{"event": "x"}, {"pth": "/"}]}, "pth"),
        ({"all": [{"pth": "/"}]}, "pth"),
        ({"not": {"pth": "/"}}, "pth"),
        ({"format": "log", "utm_source": "x"}, "utm_source"),
        ({"format": ["log"], "any": [{"utm_source": "x"}]}, "utm_source"),
        ({"format": {"prefix": "lo"}, "utm_source": "x"}, "utm_source"),
        ({"group": "log", "utm_source": "x"}, "utm_source"),
        ({"group": ["log", "tagged"]}, "utm_source"),
        ({"all": [{"format": "log"}], "utm_source": "x"}, "utm_source"),
        ({"format": "log", "is_bot": True}, "is_bot"),
    ],
    ids=str,
)
def test_what_none_gives_is_asked_in_vain(when: dict[str, Any], name: str) -> None:
    assert asked(when) == [("field", name, True)]


@pytest.mark.parametrize(
    ("when", "name"),
    [
        ({"format": "wab"}, "wab"),
        ({"format": ["web", "wab"], "path": "/"}, "wab"),
        ({"format": {"prefix": "z"}}, ""),
        ({"format": "web", "group": "log"}, ""),
    ],
    ids=str,
)
def test_a_format_that_is_none(when: dict[str, Any], name: str) -> None:
    assert asked(when) == [("format", name, True)]


def test_where_a_format_does_not_say_it_is_not_certain() -> None:
    given = {**GIVEN, "theirs": None}
    assert asked({"utm_sourse": "x"}, given) == [("field", "utm_sourse", False)]
    assert asked({"format": "web", "utm_sourse": "x"}, given) == [("field", "utm_sourse", True)]


def test_what_could_have_been_asked_for_is_told() -> None:
    (found,) = not_given(["pth"], {"log": GIVEN["log"]})
    assert found.formats == ("log",)
    assert {"event", "format", "arrival", "path", "status"} <= set(found.known)
    assert "utm_source" not in found.known


def test_without_formats_nothing_is_known() -> None:
    assert asked({"pth": "/"}, {}) == []
