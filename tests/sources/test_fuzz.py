"""Whatever bytes arrive, a format gives events or raises InvalidRecord: nothing else, ever."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Record
from cjm_tracker.mapping import load_mapping
from cjm_tracker.pipeline import Pipeline
from cjm_tracker.sources import FormatOptions, format_named, formats

RECORDS = Path(__file__).parents[1] / "records"
OPTIONS = FormatOptions(timezone=ZoneInfo("Europe/Sofia"))
NOW = 1_900_000_000_000

# What has broken parsers before: extremes of numbers, clocks, quotes, nesting, text.
SPLINTERS = [
    b"", b"0", b"-1", b"9" * 30, b"9" * 5000, b"1e999999999", b"-0.0", b"NaN", b"null", b"true",
    b"[]", b"{}", b'""', b"[" * 1000 + b"]" * 1000, b'"\\ud800"', b'"\\u0000"', b"\x00", b"\xff",
    b"\r", b"\n", b"\t", b'"', b"\\", b",", b"<", b"&", b"]]>", b"<!--", b"&#0;", b"\xef\xbb\xbf",
    b"9999-12-31T23:59:59-23:59", b"0001-01-01T00:00:00+23:59", b"2026-03-02T10:00:00",
    "\u202e\u200b\ufeff".encode(), "١٢٣".encode(), "İß".encode(), b" " * 3000,
]  # fmt: skip


@cache
def pipeline() -> Pipeline:
    return Pipeline(load_mapping(), b"key")


@cache
def good_frames(name: str) -> list[bytes]:
    frames: list[bytes] = []
    for path in sorted((RECORDS / name).glob("*")):
        if not path.name.startswith("bad_") and not path.name.endswith(".expected.json"):
            with path.open("rb") as stream:
                frames += format_named(name).frames(stream)
    return frames


@st.composite
def mutated(draw: st.DrawFn, frames: list[bytes]) -> bytes:
    """A good record with a few spans replaced by splinters or by spans of other records."""
    value = draw(st.sampled_from(frames))
    for _ in range(draw(st.integers(1, 3))):
        begin = draw(st.integers(0, len(value)))
        end = draw(st.integers(begin, min(len(value), begin + 40)))
        other = draw(st.sampled_from(frames))
        at = draw(st.integers(0, len(other)))
        piece = draw(st.sampled_from(SPLINTERS) | st.just(other[at : at + 20]))
        value = value[:begin] + piece + value[end:]
    return value


@st.composite
def refilled(draw: st.DrawFn, frames: list[bytes]) -> bytes:
    """A good record with whole fields, as its own delimiters mark them, given other values."""
    value = draw(st.sampled_from(frames))
    for _ in range(draw(st.integers(1, 3))):
        mark = draw(st.sampled_from([b'"', b",", b"\t", b">", b" ", b":"]))
        parts = value.split(mark)
        parts[draw(st.integers(0, len(parts) - 1))] = draw(st.sampled_from(SPLINTERS))
        value = mark.join(parts)
    return value


# Values any field of a JSON record may suddenly have.
VALUES = [
    b"null", b"true", b"0", b"-1", b"1e308", b"5e-324", b"9223372036854775808", b"9" * 400, b'""',
    b'" "', b'"NaN"', b'"1e999999999"', b'"\\u0000"', b'"9999-12-31T23:59:59-23:59"', b"[]", b"{}",
    b'[null]', b'{"": {}}', b"[" * 1000 + b"]" * 1000, b'{"a":' * 1000 + b"0" + b"}" * 1000,
    b'"' + b"x" * 5000 + b'"',
]  # fmt: skip


@st.composite
def reshaped(draw: st.DrawFn, frames: list[bytes]) -> bytes:
    """A good JSON record with the value of a field, however deep, replaced by another."""
    document = here = json.loads(draw(st.sampled_from(frames)))
    while True:
        key = draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here))))
        deeper = here[key]
        if not isinstance(deeper, (dict, list)) or not deeper or draw(st.booleans()):
            break
        here = deeper
    here[key] = "@"
    return json.dumps(document).encode().replace(b'"@"', draw(st.sampled_from(VALUES)))


def damaged(name: str) -> st.SearchStrategy[bytes]:
    frames = good_frames(name)
    if documents := [frame for frame in frames if frame.startswith(b"{")]:
        return mutated(frames) | refilled(frames) | reshaped(documents)
    return mutated(frames) | refilled(frames)


def check(name: str, value: bytes) -> None:
    record = Record("t", 0, 0, NOW, value)
    try:
        events = format_named(name).parse(record, OPTIONS)
    except InvalidRecord as bad:
        assert bad.detail
    else:
        assert events and all(isinstance(event, Event) for event in events)


@pytest.mark.parametrize("name", formats())
@given(value=st.binary(max_size=300))
@settings(max_examples=20, deadline=None)
def test_arbitrary_bytes_are_understood_or_refused(name: str, value: bytes) -> None:
    check(name, value)


@pytest.mark.parametrize("name", formats())
@given(data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_records_are_understood_or_refused(name: str, data: st.DataObject) -> None:
    check(name, data.draw(damaged(name)))


@pytest.mark.parametrize("name", formats())
@given(data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_records_never_stop_the_pipeline(name: str, data: st.DataObject) -> None:
    values = [data.draw(damaged(name)), good_frames(name)[0]]
    records = [Record("t", 0, offset, NOW, value) for offset, value in enumerate(values)]
    batch = pipeline().process(records, format_named(name))
    assert batch.records == 2 == batch.stored + batch.dropped + len(batch.dead_letters)
    assert batch.stored + batch.dropped >= 1
