"""What a format is given by mistake: every record ends as an event, a drop or a dead letter.

Never a crash, never silence. For every installed format, out of its own examples.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from functools import cache
from itertools import islice
from pathlib import Path

import pytest

from cjm_tracker.events import Record
from cjm_tracker.mapping import load_mapping
from cjm_tracker.pipeline import MAX_RECORD, Batch, Pipeline
from cjm_tracker.sources import format_named, formats
from cjm_tracker.testing import RECEIVED_AT, payloads

RECORDS = Path(__file__).parents[1] / "records"
BINARY = b"\x00\x01\xff\xfe\x89PNG\r\n\x1a\n\x00"


@cache
def pipeline() -> Pipeline:
    return Pipeline(load_mapping(), b"key")


@cache
def good_files(name: str) -> list[bytes]:
    return [
        path.read_bytes() for path in payloads(RECORDS / name) if not path.name.startswith("bad_")
    ]


def frames(name: str, file: bytes) -> list[bytes]:
    return list(format_named(name).frames(io.BytesIO(file)))


def processed(name: str, *values: bytes) -> Batch:
    """What becomes of the records, each counted once."""
    records = [Record("t", 0, offset, RECEIVED_AT, value) for offset, value in enumerate(values)]
    batch = pipeline().process(records, format_named(name))
    assert batch.records == len(values)
    assert batch.stored + batch.dropped + len(batch.dead_letters) == len(values)
    told = {fact.record.offset for fact in batch.facts}
    told |= {letter.record.offset for letter in batch.dead_letters}
    assert told == set(range(len(values))), "a record is told of nowhere"
    return batch


def read(name: str, file: bytes) -> Batch:
    return processed(name, *frames(name, file))


@cache
def good_records(name: str) -> list[bytes]:
    found = [frame for file in good_files(name) for frame in frames(name, file)]
    assert not processed(name, *found).dead_letters
    return found


every_format = pytest.mark.parametrize("name", formats())


@every_format
def test_an_empty_file_has_no_record(name: str) -> None:
    assert frames(name, b"") == frames(name, b"\n\r\n\n") == []
    assert [letter.record.value for letter in processed(name, b"").dead_letters] == [b""]


@every_format
def test_a_file_cut_off_anywhere_is_read_to_its_end(name: str) -> None:
    file = max(good_files(name), key=len)
    for part in range(1, 10):
        cut = file[: len(file) * part // 10]
        batch = read(name, cut)
        # What is cut in its key is a record of its own.
        assert batch.records <= len(frames(name, file)) + 1


@every_format
def test_another_formats_file_is_refused_or_understood_as_what_it_is(name: str) -> None:
    """Every file of every other format, read as this one."""
    for other in formats():
        for file in good_files(other)[:2] if other != name else ():
            for letter in read(name, file).dead_letters:
                assert letter.detail and letter.format == name


@every_format
def test_records_of_another_format_leave_their_neighbours_unharmed(name: str) -> None:
    good = good_records(name)
    wrong = [good_records(other)[0] for other in ("segment", "poslog", "typeform") if other != name]
    mixed = [value for pair in zip(good, wrong * len(good), strict=False) for value in pair]
    batch = processed(name, *mixed)
    refused = {letter.record.value for letter in batch.dead_letters}
    assert not refused & set(good)
    assert not refused - set(wrong)


@every_format
def test_ten_megabytes_are_too_large(name: str) -> None:
    (letter,) = processed(name, good_records(name)[0] + b" " * 10 * MAX_RECORD).dead_letters
    assert letter.reason == "too_large"


@every_format
def test_a_field_of_nearly_a_megabyte_is_understood_or_refused(name: str) -> None:
    good = good_records(name)[0]
    middle = len(good) // 2
    processed(name, good[:middle] + b"x" * (MAX_RECORD - len(good)) + good[middle:])


@every_format
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_a_file_in_another_encoding_becomes_dead_letters(name: str, encoding: str) -> None:
    text = good_files(name)[0].decode("utf-8-sig")
    batch = read(name, text.encode(encoding))
    assert batch.records == len(batch.dead_letters) > 0


@every_format
def test_bytes_that_are_no_text_become_dead_letters(name: str) -> None:
    batch = read(name, BINARY * 100)
    assert batch.records == len(batch.dead_letters) > 0


@every_format
def test_a_record_that_comes_twice_is_one_event(name: str) -> None:
    if format_named(name).repeats:
        pytest.skip("two equal records are two events; the loader numbers them")
    batch = processed(name, *(value for value in good_records(name) for _ in range(2)))
    times = Counter((fact.event.event_id, fact.fingerprint) for fact in batch.facts)
    assert min(times.values()) >= 2


@every_format
def test_one_id_with_two_contents_is_a_conflict_that_shows(name: str) -> None:
    """One digit after the other is changed: some leave the id and change what it says."""
    if format_named(name).repeats:
        pytest.skip("the id is made of all that the record says")
    seen = False
    for value in good_records(name)[:8]:
        first = processed(name, value).facts[0]
        for digit in islice(re.finditer(rb"[1-8]", value), 300):
            changed = value[: digit.start()] + b"9" + value[digit.end() :]
            for fact in processed(name, changed).facts[:1]:
                same_id = fact.event.event_id == first.event.event_id
                assert (fact.fingerprint == first.fingerprint) == (fact.event == first.event)
                seen |= same_id and fact.fingerprint != first.fingerprint
    assert seen


@every_format
def test_a_missing_identifier_is_none_and_not_an_empty_one(name: str) -> None:
    for value in good_records(name):
        for fact in processed(name, value).facts:
            for identifier in fact.event.identifiers:
                without = value.replace(identifier.value.encode(), b"")
                for left in processed(name, without).facts:
                    assert all(kept.value for kept in left.event.identifiers)


# Years as the formats write them: in dates of either order, and as seconds since 1970.
YEAR = re.compile(
    rb"(?<!\d)(?:199[0-9]|20[0-3][0-9])(?=[-/.T]?\d\d)|(?<=[-/. +])20[0-3][0-9](?!\d)"
)
EPOCH = re.compile(rb"(?<![\w.-])1[6-9]\d{8}(?=\.?\d{0,6}(?![\w-]))")


@every_format
@pytest.mark.parametrize("year", [b"1970", b"2100"])
def test_a_clock_of_another_century_is_a_dead_letter(name: str, year: bytes) -> None:
    if name == "seelab_calls":
        pytest.skip("its years have two digits, and are of the last century")
    good = good_records(name)
    epoch = b"0000000007" if year == b"1970" else b"4102444800"
    wild = [EPOCH.sub(epoch, YEAR.sub(year, value)) for value in good]
    batch = processed(name, *wild)
    out_of_range = [one for one in batch.dead_letters if one.reason == "time_out_of_range"]
    assert out_of_range, {one.detail for one in batch.dead_letters}


@every_format
def test_details_name_the_field_and_never_the_value(name: str) -> None:
    marked = b"Zyx-private"
    for value in good_records(name):
        for part in (b'"', b",", b"\t", b" "):
            pieces = value.split(part)
            pieces[len(pieces) // 2] = marked
            for letter in processed(name, part.join(pieces)).dead_letters:
                # The kind of an identifier is no one's own.
                said = letter.detail.removeprefix(f"identifier kind '{marked.decode()}'")
                assert marked.decode() not in said
