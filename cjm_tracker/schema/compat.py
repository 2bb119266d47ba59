"""Whether a JSON Schema still lets in what an earlier one let in.

Of JSON Schema this knows what our own models come out as: `type`, `properties`, `required`,
`items`, `additionalProperties`, `anyOf`, `oneOf`, `enum`, `const`, bounds, `pattern`, `format` and
references within the document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
FIXED = ("pattern", "format", "multipleOf")
# What a schema says beside what it restricts.
REMARKS = {"title", "description", "default", "examples", "$schema", "$id", "$defs", "$comment"}

Schema = Mapping[str, Any]


class _Part(NamedTuple):
    """A part of a document, and the document its references are in."""

    schema: Schema
    root: Schema


def breaks(old: Schema, new: Schema) -> list[str]:
    """What of `old` is lost or refused by `new`: each with its place, as `.answers[].text: …`.

    A field that is gone, a field that must be there now, a type or a set of values made narrower.
    New optional fields and wider types break nothing.
    """
    return list(_broken(_Part(old, old), _Part(new, new), "", frozenset()))


def _broken(old: _Part, new: _Part, place: str, seen: frozenset[tuple[str, str]]) -> Iterator[str]:
    """Every shape the old one has must be let in by one of the new one's."""
    pair = str(old.schema.get("$ref", "")), str(new.schema.get("$ref", ""))
    if any(pair):
        if pair in seen:
            return
        seen |= {pair}
    there = list(_shapes(new))
    for shape in _shapes(old):
        refusals = [list(_refused(shape, other, place, seen)) for other in there]
        if all(refusals):
            yield from min(refusals, key=len)


def _shapes(part: _Part) -> Iterator[_Part]:
    """The alternatives of a schema, each with one type at most."""
    schema = part.schema
    while "$ref" in schema:
        beside = {name: value for name, value in schema.items() if name != "$ref"}
        schema = {**_target(part.root, schema["$ref"]), **beside}
    for word in ("anyOf", "oneOf"):
        if word in schema:
            for one in schema[word]:
                yield from _shapes(_Part(one, part.root))
            return
    types = schema.get("type")
    for one in types if isinstance(types, list) else [types]:
        yield _Part({**schema, "type": one} if one else schema, part.root)


def _target(root: Schema, reference: str) -> Schema:
    found = root
    for name in reference.removeprefix("#/").split("/"):
        found = found[name]
    return found


def _refused(old: _Part, new: _Part, place: str, seen: frozenset[tuple[str, str]]) -> Iterator[str]:
    """Why a shape lets in less than another."""
    if not new.schema.keys() - REMARKS:
        return  # it lets in everything
    before, after = old.schema.get("type"), new.schema.get("type")
    if after and before != after and (before, after) != ("integer", "number"):
        yield f"{place or '.'}: is {after} now, was {before or 'anything'}"
        return
    yield from _values(old.schema, new.schema, place or ".")
    yield from _fields(old, new, place, seen)
    if "items" in new.schema:
        was, now = (_Part(part.schema.get("items", {}), part.root) for part in (old, new))
        yield from _broken(was, now, f"{place}[]", seen)


def _values(old: Schema, new: Schema, place: str) -> Iterator[str]:
    allowed, before = _listed(new), _listed(old)
    if allowed is not None:
        lost = None if before is None else [one for one in before if one not in allowed]
        if lost is None:
            yield f"{place}: is one of {len(allowed)} values now"
        elif lost:
            yield f"{place}: no longer lets in {', '.join(map(str, lost))}"
    for word in UPPER:
        if word in new and new[word] < old.get(word, float("inf")):
            yield f"{place}: {word} is {new[word]} now"
    for word in LOWER:
        if word in new and new[word] > old.get(word, float("-inf")):
            yield f"{place}: {word} is {new[word]} now"
    for word in FIXED:
        if word in new and new[word] != old.get(word):
            yield f"{place}: {word} is {new[word]} now"


def _listed(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _fields(old: _Part, new: _Part, place: str, seen: frozenset[tuple[str, str]]) -> Iterator[str]:
    before, after = (part.schema.get("properties", {}) for part in (old, new))
    for name, schema in before.items():
        if name in after:
            inner = _Part(schema, old.root), _Part(after[name], new.root)
            yield from _broken(*inner, f"{place}.{name}", seen)
        else:
            yield f"{place}.{name}: is gone"
    required = set(new.schema.get("required", ())) - set(old.schema.get("required", ()))
    for name in sorted(required):
        yield f"{place}.{name}: must be there now"
    yield from _others(old, new, place, seen)


def _others(old: _Part, new: _Part, place: str, seen: frozenset[tuple[str, str]]) -> Iterator[str]:
    """Fields that have no name in the schema."""
    was, now = (part.schema.get("additionalProperties", True) for part in (old, new))
    if now is True or was is False:
        return
    if now is False:
        yield f"{place or '.'}: lets in no other fields now"
        return
    inner = _Part({} if was is True else was, old.root), _Part(now, new.root)
    yield from _broken(*inner, f"{place}.*", seen)
