"""The fast reader is the model, only faster: whatever it takes, the model takes, and alike."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import msgspec
import orjson
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, Field

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.sources.call_centre import amazon_connect
from cjm_tracker.sources.decoder import Decoder, is_ordinary, struct_of
from cjm_tracker.sources.payload import MAX_TEXT, Payload, checked, json_object
from cjm_tracker.sources.survey import typeform
from cjm_tracker.sources.website import segment
from tests.sources.test_fuzz import damaged, good_frames

MODELS = {
    "segment": segment.Message,
    "amazon_connect": amazon_connect.Contact,
    "typeform": typeform.Delivery,
}


class Part(Payload):
    name: str | None = None
    number: float | None = None


class Whole(Payload):
    """Every kind of field a payload has."""

    kind: Literal["a", "b"]
    id: str | int
    count: int | None = None
    said: Any = None
    part: Part = Part()
    other: Part | None = None
    parts: list[Part] = []
    anything: dict[str, Any] = {}


def read(reader: Any, value: bytes) -> object:
    try:
        return plain(reader(value))
    except InvalidRecord as bad:
        return bad.reason, bad.detail


def plain(message: object) -> object:
    if isinstance(message, BaseModel):
        return {name: plain(getattr(message, name)) for name in type(message).model_fields}
    if isinstance(message, msgspec.Struct):
        return {name: plain(getattr(message, name)) for name in message.__struct_fields__}
    if isinstance(message, list):
        return [plain(one) for one in message]
    # 1, 1.0 and True are equal in Python and not the same.
    return message if isinstance(message, dict) else (type(message), repr(message))


def alike(model: type[BaseModel], value: bytes) -> None:
    assert read(Decoder(model), value) == read(lambda v: checked(model, json_object(v)), value)


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5), st.sampled_from(["a", "b", "1", "true"]),
    st.sampled_from([2**63, 2**64, -(2**63) - 1, 10**30]),
)  # fmt: skip
NAMES = st.sampled_from([*Whole.model_fields, *Part.model_fields, "else"])
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)


@given(document=st.dictionaries(NAMES, DOCUMENTS, max_size=8), kind=st.sampled_from("ab"))
@settings(max_examples=200, deadline=None)
def test_any_document_is_read_as_the_model_reads_it(document: dict[str, Any], kind: str) -> None:
    alike(Whole, msgspec.json.encode(document))
    alike(Whole, msgspec.json.encode({"kind": kind, "id": 1, **document}))


@pytest.mark.parametrize("name", MODELS)
@given(data=st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_records_are_read_as_the_model_reads_them(name: str, data: st.DataObject) -> None:
    value = data.draw(damaged(name))
    # No double holds it: that is refused where it is read, and passed over where it is not.
    assume(not re.search(rb"\d{309}", value))
    alike(MODELS[name], value)


@pytest.mark.parametrize("name", MODELS)
def test_good_records_are_taken_at_once(name: str) -> None:
    fast = Decoder(MODELS[name]).fast
    taken = 0
    for frame in good_frames(name):
        try:
            fast(frame)
            taken += 1
        except msgspec.MsgspecError:
            pass
    # A few payloads are there for their oddities.
    assert taken / len(good_frames(name)) > 0.6


@pytest.mark.parametrize(
    "value",
    [
        b'{"kind": "a", "id": 1, "else": "\xff"}',
        b'{"kind": "a", "id": 1, "\xc0\x80": 1}',
        b'{"kind": "a", "id": 1, "else": "\\ud800"}',
        b'{"kind": "a", "id": 1, "else": NaN}',
        b'{"kind": "a", "id": 1, "said": 1e999}',
        b'{"kind": "a", "id": 1, "id": "2"}',
        b'{"kind": "a", "id": 1, "said": -0.0}',
        b'{"kind": "a", "id": 18446744073709551616}',
        b'{"kind": "a", "id": 1.0}',
        b'{"kind": "a", "id": true}',
        b'{"kind": "a", "id": 1, "parts": [{"number": "12"}]}',
        b'{"kind": "a", "id": 1, "other": {"number": 1e400}}',
        b'{"kind": "a", "id": 1} {}',
        b'\xef\xbb\xbf{"kind": "a", "id": 1}',
        b'[{"kind": "a", "id": 1}]',
        b"",
        b'{"kind": "a", "id": "' + b"x" * (MAX_TEXT + 1) + b'"}',
        b'{"kind": "a", "id": 1, "said": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_what_parsers_are_known_to_differ_in(value: bytes) -> None:
    alike(Whole, value)


def test_a_number_beyond_a_double_is_passed_over_where_nobody_reads_it() -> None:
    """The one difference: pinned, so that it is known when it goes."""
    value = b'{"kind": "a", "id": 1, "else": 1e999}'
    assert Decoder(Whole)(value).id == 1
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(value)


def test_text_in_every_script_is_ordinary() -> None:
    assert is_ordinary('{"a": "Поръчка 😀"}'.encode())
    assert not is_ordinary("ж".encode()[:1])


class Checked(Payload):
    name: Annotated[str, AfterValidator(str.strip)]


class Bounded(Payload):
    number: int = Field(0, ge=1)


class Named(Payload):
    name: str = Field("", alias="Name")


class Made(Payload):
    names: list[str] = Field(default_factory=list)


@pytest.mark.parametrize("model", [Checked, Bounded, Named, Made])
def test_a_model_that_a_struct_cannot_say_is_refused(model: type[BaseModel]) -> None:
    with pytest.raises(TypeError, match=model.__name__):
        struct_of(model)
