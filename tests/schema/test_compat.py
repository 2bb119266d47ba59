"""What breaks a schema, and what does not: by examples of both."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from cjm_tracker.schema import breaks

TEXT = {"type": "string"}
Schema = dict[str, Any]


def fields(required: tuple[str, ...] = (), **properties: Any) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


def either(*shapes: Schema) -> Schema:
    return {"anyOf": list(shapes)}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (fields(a=TEXT), fields(), ".a: is gone"),
        (fields(a=TEXT), fields(("a",), a=TEXT), ".a: must be there now"),
        (fields(), fields(("a",), a=TEXT), ".a: must be there now"),
        (fields(a=TEXT), fields(a={"type": "integer"}), ".a: is integer now, was string"),
        (fields(a={"type": "number"}), fields(a={"type": "integer"}),
         ".a: is integer now, was number"),
        (fields(a={}), fields(a=TEXT), ".a: is string now, was anything"),
        (fields(a=either(TEXT, {"type": "null"})), fields(a=TEXT),
         ".a: is string now, was null"),
        (fields(a={"type": ["string", "null"]}), fields(a=TEXT), ".a: is string now, was null"),
        (fields(a={"enum": ["x", "y"]}), fields(a={"enum": ["x"]}), ".a: no longer lets in y"),
        (fields(a=TEXT), fields(a={**TEXT, "enum": ["x"]}), ".a: is one of 1 values now"),
        (fields(a={"const": "x"}), fields(a={"const": "y"}), ".a: no longer lets in x"),
        (fields(a=TEXT), fields(a={**TEXT, "maxLength": 9}), ".a: maxLength is 9 now"),
        (fields(a={"minimum": 1}), fields(a={"minimum": 2}), ".a: minimum is 2 now"),
        (fields(a=TEXT), fields(a={**TEXT, "pattern": "^a"}), ".a: pattern is ^a now"),
        (fields(), {**fields(), "additionalProperties": False}, ".: lets in no other fields now"),
        ({"additionalProperties": True}, {"additionalProperties": TEXT},
         ".*: is string now, was anything"),
        (fields(a={"type": "array", "items": fields(b=TEXT)}),
         fields(a={"type": "array", "items": fields()}), ".a[].b: is gone"),
        ({"$ref": "#/$defs/A", "$defs": {"A": fields(a=fields(b=TEXT))}}, fields(a=fields()),
         ".a.b: is gone"),
    ],
)  # fmt: skip
def test_what_breaks_is_told_with_its_place(old: Schema, new: Schema, told: str) -> None:
    assert breaks(old, new) == [told]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (fields(a=TEXT), fields(a=TEXT, b=TEXT)),
        (fields(("a",), a=TEXT), fields(a=TEXT)),
        (fields(a=TEXT), fields(a=either(TEXT, {"type": "null"}))),
        (fields(a=TEXT), fields(a={"type": ["null", "string"]})),
        (fields(a={"type": "integer"}), fields(a={"type": "number"})),
        (fields(a=TEXT), fields(a={})),
        (fields(a=TEXT), fields(a={"title": "A", "description": "of a"})),
        (fields(a={"enum": ["x"]}), fields(a={"enum": ["x", "y"]})),
        (fields(a={"const": "x"}), fields(a={"enum": ["x", "y"]})),
        (fields(a={**TEXT, "maxLength": 9}), fields(a={**TEXT, "maxLength": 10})),
        (fields(a={"minimum": 2}), fields(a={"minimum": 1})),
        ({**fields(), "additionalProperties": False}, fields()),
        (fields(a=fields(b=TEXT)),
         {**fields(a={"$ref": "#/$defs/A"}), "$defs": {"A": fields(b=TEXT)}}),
    ],
)  # fmt: skip
def test_what_lets_in_as_much_breaks_nothing(old: Schema, new: Schema) -> None:
    assert breaks(old, new) == []
    assert breaks(old, old) == breaks(new, new) == []


class Tree(BaseModel):
    name: str
    parts: list[Tree] = []


def test_a_schema_that_holds_itself_ends() -> None:
    old = Tree.model_json_schema()
    assert breaks(old, old) == []
    new = Tree.model_json_schema()
    del new["$defs"]["Tree"]["properties"]["name"]
    assert breaks(old, new) == [".name: is gone"]
