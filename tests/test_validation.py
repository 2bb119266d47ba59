"""What would become of a log: counts, reasons, and the line where each record begins."""

from __future__ import annotations

import io
from contextlib import ExitStack
from pathlib import Path

import pytest

from cjm_tracker.inputs import open_logs
from cjm_tracker.mapping import Mapping, load_mapping
from cjm_tracker.pipeline import Pipeline
from cjm_tracker.sources import Format, format_named
from cjm_tracker.sources.csv_table import CsvTable
from cjm_tracker.validation import Findings, Lines, validate

NOW = 1_900_000_000_000
CALL = (
    '{"type": "%s", "messageId": "%s", "anonymousId": "c", "timestamp": "2026-03-02T10:00:00Z"}\n'
)
GOOD, LINKS = CALL % ("page", "m1"), CALL % ("identify", "m2")
BARE = {
    "version": "bare",
    "stages": ["any"],
    "sources": {"store": {"channel": "store", "rules": [{"touchpoint": "any"}]}},
    "journeys": [{"name": "any"}],
}
TABLE = {
    "format": "csv", "source": "store",
    "columns": {"occurred_at": "at", "name": "kind", "comment": "said"},
}  # fmt: skip


def found(tmp_path: Path, text: str, format_: Format, plan: Mapping, **given: int) -> Findings:
    (tmp_path / "log").write_text(text)
    with ExitStack() as stack:
        logs = open_logs([str(tmp_path / "log")], stack)
        return validate(Pipeline(plan, b"key"), format_, logs, NOW, **given)


def segment(tmp_path: Path, text: str, **given: int) -> Findings:
    return found(tmp_path, text, format_named("segment"), load_mapping(), **given)


def test_each_record_is_counted_once(tmp_path: Path) -> None:
    told = segment(tmp_path, GOOD + LINKS + "{\n" + GOOD.replace('"page"', '"track"') + GOOD)
    assert (told.records, told.events, told.mapped, told.repeated) == (5, 3, 2, 1)
    assert told.dropped == {"identity_only": 1}
    assert told.rejected == {"not_json": 1, "missing_field": 1}
    assert (told.naming, told.identifiers, told.nobody) == (3, {"cookie": 3}, 0)
    assert told.first == told.last == 1_772_445_600_000


def test_an_event_without_a_rule_is_told_by_its_name(tmp_path: Path) -> None:
    unknown = GOOD.replace('"page"', '"track", "event": "Lamp Dimmed"')
    assert segment(tmp_path, unknown).unmapped == {("website", "segment", "Lamp Dimmed"): 1}


def test_no_more_examples_and_records_than_asked_for(tmp_path: Path) -> None:
    told = segment(tmp_path, GOOD + "{\n" * 9, limit=7, show=2)
    assert (told.records, told.rejected) == (7, {"not_json": 6})
    assert [one.place.line for one in told.examples["not_json"]] == [2, 3]


def test_a_value_of_the_payload_is_in_no_example(tmp_path: Path) -> None:
    told = segment(tmp_path, GOOD.replace("2026-03-02T10:00:00Z", "private"))
    ((example,),) = told.examples.values()
    assert (example.place.line, example.detail) == (1, "timestamp: not a time")


def test_a_table_is_told_by_the_files_own_lines(tmp_path: Path) -> None:
    """A quoted field spans two lines; the header is line 1 and no record."""
    rows = 'at,kind,said\n2026-03-02T10:00:00Z,sale,"one\ntwo"\nlate,sale,\n2026,sale,"a\nb"\n'
    own = CsvTable.model_validate(TABLE).made("tills")
    plan = Mapping.model_validate({**BARE, "formats": {"tills": TABLE}})
    told = found(tmp_path, rows, own, plan)
    assert told.records == 3
    assert [one.place.line for one in told.examples["bad_field"]] == [4, 5]
    assert [one.place.record for one in told.examples["bad_field"]] == [2, 3]


@pytest.mark.parametrize(
    ("name", "content", "lines"),
    [
        ("segment", b"\xef\xbb\xbf{}\r\n\r\n{1}\r\n", [1, 3]),
        ("segment", b"[{},\n{}]\n", [None, None]),
        ("segment", b"{\n{\n{}\n", [None, None, None]),
        ("w3c_extended", b"#Version: 1\n#Fields: a b\n1 2\n# x\n3 4\n#Fields: c\n5\n", [3, 5, 7]),
        ("shopify_csv", b'id,note\n1,"a\nb"\n2,c\n', [2, 4]),
        ("qualtrics_csv", b"a,b\nText,Text\n{ImportId},x\n1,2\n3,4\n", [4, 5]),
        ("qualtrics_csv", b"a,b\n1,2\n3,4\n5,6\n", [2, 3, 4]),
        ("online_retail", b"InvoiceNo,a\n7,a\n8,b\n7,c\n", [3, 2]),
        ("poslog", b"<P>\n<Transaction>\n</Transaction>\n</P>", [None]),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_where_a_record_begins(name: str, content: bytes, lines: list[int | None]) -> None:
    """Of what framing writes anew the line is not known."""
    format_ = format_named(name)
    watched = Lines(format_)
    frames = format_.frames(watched.of(io.BytesIO(content)))
    assert [watched.number(frame) for frame in frames] == lines


def test_lines_long_past_are_forgotten() -> None:
    format_ = format_named("segment")
    watched = Lines(format_)
    many = b"".join(b'{"n": %d}\n' % number for number in range(50_000))
    frames = list(format_.frames(watched.of(io.BytesIO(many))))
    assert watched.number(frames[0]) is None
    assert watched.number(frames[-1]) == 50_000
