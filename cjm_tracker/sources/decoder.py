"""JSON of a known shape, read and checked in one go: msgspec structs made from pydantic models.

The pydantic model stays the contract: it is what documents a payload and words every refusal.
The struct made from it can only say yes. What it does not take at once goes to the model, so a
record costs a third where it is good and is judged by one text where it is not.

The two differ in one thing: in a field that no model reads, a number too large for a double and
nesting too deep for the other parser are passed over here and refused there.
"""

from __future__ import annotations

import types
from functools import cache
from typing import Annotated, Any, Generic, Literal, Union, cast, get_args, get_origin

import msgspec
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from cjm_tracker.sources.payload import MAX_TEXT, Model, checked, json_object

# Integers beyond it are read as floats by the other parser.
_Integer = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
# A field typed Any holds a scalar or is left to the model.
_SCALAR = Union[str, _Integer, float, bool, None]  # noqa: UP007 - built from an alias
_PLAIN: dict[Any, Any] = {
    str: str, int: _Integer, float: float, bool: bool, type(None): None,
    Any: _SCALAR, object: _SCALAR,
}  # fmt: skip


class Decoder(Generic[Model]):
    """Bytes to what `model` describes; equal to `checked(model, json_object(value))`.

    What it returns has the model's fields and their values, whichever of the two read it.
    Raises `InvalidRecord`.
    """

    def __init__(self, model: type[Model]) -> None:
        self.model = model
        self.fast = msgspec.json.Decoder(struct_of(model)).decode

    def __call__(self, value: bytes) -> Model:
        if is_ordinary(value):
            try:
                return cast(Model, self.fast(value))
            except (msgspec.MsgspecError, RecursionError):
                pass
        return checked(self.model, json_object(value))


def is_ordinary(value: bytes) -> bool:
    """Whether it is UTF-8, also where nobody looks, and too short to hold an overlong text."""
    if len(value) > MAX_TEXT:
        return False
    if value.isascii():
        return True
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


@cache
def struct_of(model: type[BaseModel]) -> type[msgspec.Struct]:
    """The struct with the model's fields and defaults. Raises `TypeError` for what it cannot say:
    validators, constraints, aliases, types that JSON has not."""
    decorators = model.__pydantic_decorators__
    if decorators.field_validators or decorators.model_validators:
        raise TypeError(f"{model.__name__} has validators: read it with checked()")
    fields: list[Any] = []
    for name, field in model.model_fields.items():
        if field.metadata or field.alias or field.validation_alias:
            raise TypeError(f"{model.__name__}.{name}: a constraint or alias cannot be said")
        kind = _kind(field.annotation)
        if field.default_factory is not None:
            raise TypeError(f"{model.__name__}.{name}: give the default itself")
        if field.default is PydanticUndefined:
            fields.append((name, kind))
        else:
            fields.append((name, kind, _default(field.default, kind)))
    return msgspec.defstruct(model.__name__, fields, frozen=True, gc=False, kw_only=True)


def _default(value: object, kind: Any) -> object:
    if isinstance(value, BaseModel):
        return kind()  # frozen, so one for all
    return msgspec.field(default_factory=type(value)) if value in ({}, []) else value


def _kind(annotation: Any) -> Any:
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return annotation
    if origin in (Union, types.UnionType):
        return Union[tuple(_kind(one) for one in inner)]  # noqa: UP007 - built at run time
    if origin is list:
        return list[_kind(inner[0])]  # type: ignore[misc]
    if origin is dict and inner[0] is str:
        return dict[str, _kind(inner[1])]  # type: ignore[misc]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return struct_of(annotation)
    raise TypeError(f"{annotation} cannot be said")
