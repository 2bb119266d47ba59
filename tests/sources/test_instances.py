"""A mapping's own formats: tables, envelopes, and installed formats under another name."""

from __future__ import annotations

import base64
import io
import json
import re
from decimal import Decimal
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_tracker.errors import ConfigError, InvalidRecord
from cjm_tracker.events import FORMAT_HEADER, Event, Record
from cjm_tracker.mapping import DEFAULT_MAPPING, Mapping, load_mapping
from cjm_tracker.pipeline import Batch, Pipeline
from cjm_tracker.sources import format_named

NOW = 1_900_000_000_000
FORMATS = dedent(
    """\
    formats:
      till_export:
        format: csv
        source: store
        timezone: Europe/Sofia
        encoding: cp1251
        delimiter: ";"
        decimal: ","
        columns:
          event_id: [till, receipt]
          occurred_at: {column: time, pattern: "%d.%m.%Y %H:%M"}
          name: kind
          value: total
          currency: {constant: BGN}
          identifiers: {loyalty_card: card}
          attributes: {store: shop, chain: {constant: Sofia Shops}}
          outcome: state
          wait_s: queue
          comment: note
      bare_rows:
        format: csv
        source: survey
        header: [at, score, who]
        columns:
          occurred_at: {column: at, pattern: epoch_s}
          name: {constant: kiosk}
          metric: {constant: csat}
          score: score
          identifiers: {email: who}
      states:
        format: csv
        source: crm
        columns:
          event_id: id
          occurred_at: at
          name: {constant: deal}
          revision: {column: changed, pattern: epoch_ms}
      calls_sofia: {format: seelab_calls, timezone: Europe/Sofia}
      crm_events: {format: cloudevents, inside: segment}
      kiosk_events: {format: cloudevents, inside: bare_rows}
      shop_events:
        format: cloudevents
        inside: {"com.shop.till.*": till_export, "*.call": calls_sofia, "com.*": segment}
      seelab_calls: {timezone: Asia/Jerusalem}
      online_retail: {timezone: Europe/London}
    """
)
HEADER = "till;receipt;shop;time;kind;total;card;state;queue;note"
ROW = 'T1;77;Център;02.03.2026 12:30;sale;"1 234,50";4400;paid;95;"каза ""да"";\nи дойде"'
PAGE = {
    "type": "page", "name": "Blog", "messageId": "m1", "anonymousId": "c1",
    "timestamp": "2026-03-02T11:00:00Z",
}  # fmt: skip
CONTEXT = {"specversion": "1.0", "id": "e1", "source": "/shop", "type": "com.shop.page"}


def written(path: Path, formats: str) -> Path:
    """The preset with another `formats:` section."""
    text = DEFAULT_MAPPING.read_text(encoding="utf-8")
    before, after = text.split("formats:\n", 1)
    path.write_text(before + formats + after[after.index("\nidentity:") :], encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def mapping(tmp_path_factory: pytest.TempPathFactory) -> Mapping:
    return load_mapping(written(tmp_path_factory.mktemp("mapping") / "own.yaml", FORMATS))


@pytest.fixture(scope="module")
def pipeline(mapping: Mapping) -> Pipeline:
    return Pipeline(mapping, b"key")


def process(pipeline: Pipeline, format_name: str, value: bytes, **headers: str) -> Batch:
    named = {FORMAT_HEADER: format_name.encode()}
    named |= {name.replace("content_", "content-"): text.encode() for name, text in headers.items()}
    return pipeline.process([Record("t", 0, 0, NOW, value, named)], format_named("segment"))


def refusal(pipeline: Pipeline, format_name: str, value: bytes, **headers: str) -> tuple[str, str]:
    (letter,) = process(pipeline, format_name, value, **headers).dead_letters
    return letter.reason, letter.detail


def frames(mapping: Mapping, name: str, file: bytes) -> list[bytes]:
    return list(mapping.known_formats[name].frames(io.BytesIO(file)))


def till(**changed: str) -> bytes:
    names = HEADER.split(";")
    cells = dict(zip(names, "T1;77;A;02.03.2026 12:30;sale;5,00;44;paid;;".split(";"), strict=True))
    return f"{HEADER}\n{';'.join((cells | changed).values())}".encode("cp1251")


# --- tables


def test_a_row_becomes_an_event_as_the_mapping_describes_it(pipeline: Pipeline) -> None:
    (fact,) = process(pipeline, "till_export", f"{HEADER}\n{ROW}".encode("cp1251")).facts
    event = fact.event
    assert (fact.format, fact.source, event.occurred_at) == ("till_export", "store", 1772447400000)
    assert (event.value, event.currency, event.wait_s) == (Decimal("1234.50"), "BGN", 95.0)
    assert event.comment == 'каза "да";\nи дойде'
    assert event.identifiers == (("loyalty_card", "4400"),)
    assert event.attributes == {
        "store": "Център", "chain": "Sofia Shops", "format": "till_export"
    }  # fmt: skip
    assert fact.touchpoint.name == "store_purchase"


def test_a_file_is_cut_into_rows_that_stand_alone(mapping: Mapping, pipeline: Pipeline) -> None:
    file = f"\r\n{HEADER}\r\n{ROW}\r\n\r\n{ROW.replace('77', '78')}".encode("cp1251")
    rows = frames(mapping, "till_export", file)
    ids = [process(pipeline, "till_export", row).facts[0].event.event_id for row in rows]
    assert len(set(ids)) == 2


def test_columns_may_move_and_be_added(pipeline: Pipeline) -> None:
    header, row = till().decode("cp1251").split("\n")
    cells = [*zip(header.split(";"), row.split(";"), strict=True), ("new", "1")][::-1]
    moved = "\n".join(";".join(line) for line in zip(*cells, strict=True)).encode("cp1251")
    one, other = (process(pipeline, "till_export", value).facts[0] for value in (till(), moved))
    assert one.event == other.event


def test_an_open_quote_takes_only_its_own_row_with_it(mapping: Mapping) -> None:
    lines = [HEADER.encode(), b'"T1;78', *(b"T1;%d" % n for n in range(600))]
    rows = frames(mapping, "till_export", b"\n".join(lines))
    assert [row.partition(b"\n")[2] for row in rows] == lines[1:]


@given(st.lists(st.lists(st.text("a;\"\n'", max_size=5), min_size=2, max_size=3), max_size=6))
def test_framing_agrees_with_the_csv_module(rows: list[list[str]]) -> None:
    import csv

    from cjm_tracker.sources import framing

    rows = [[cell.replace("\n", "\r\n") for cell in row] for row in rows]
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL).writerows(rows)
    cut = framing.table_rows(";")(io.BytesIO(file.getvalue().encode()))
    read = [next(csv.reader(io.StringIO(row.decode(), newline=""), delimiter=";")) for row in cut]
    assert read == rows


@pytest.mark.parametrize(
    ("value", "reason", "detail"),
    [
        (till(time="2026-03-02 12:30"), "bad_field", "time: not a time of the pattern"),
        (till(time=""), "missing_field", "time: empty"),
        (till(total="5.0.0"), "bad_field", "value: not a number"),
        (till(total="5.00"), "bad_field", "value: not a number"),
        (till(total="five"), "bad_field", "value: not a number"),
        (till(queue="-1"), "bad_field", "wait_s: no number of seconds"),
        (till(receipt=" "), "missing_field", "receipt: empty"),
        (till(kind=""), "missing_field", "name: empty"),
        (till(note=";"), "wrong_layout", "10 columns expected, 11 found"),
        (till().rsplit(b";", 1)[0], "wrong_layout", "10 columns expected, 9 found"),
        (till(note='"'), "wrong_layout", "unexpected end of data"),
        (till() + b"\n" + till().split(b"\n")[1], "wrong_layout", "one row is expected, not 2"),
        (till().replace(b"receipt;", b"receipts;"), "wrong_layout", "receipt: no such column"),
        (till().replace(b"receipt;", b"till;"), "wrong_layout", "two columns have one name"),
        (till(note="?").replace(b"?", b"\x98"), "not_utf8", "is not cp1251"),
        (b"", "wrong_layout", "one row is expected, not 0"),
        (b"{}", "wrong_layout", "one row is expected, not 0"),
        (till(time="01.01.1970 00:00"), "time_out_of_range", "before 1990"),
        (till(time="01.01.2100 00:00"), "time_out_of_range", "before 1990"),
    ],
)  # fmt: skip
def test_a_bad_row_says_why(pipeline: Pipeline, value: bytes, reason: str, detail: str) -> None:
    found, text = refusal(pipeline, "till_export", value)
    assert found == reason and detail in text


def test_rows_without_header_are_known_by_all_their_cells(
    mapping: Mapping, pipeline: Pipeline
) -> None:
    rows = frames(mapping, "bare_rows", b"\xef\xbb\xbfat,score,who\n1772447400,5,a@b.cd\n")
    assert rows == [b"1772447400,5,a@b.cd"] and mapping.known_formats["bare_rows"].repeats
    (fact,) = process(pipeline, "bare_rows", rows[0]).facts
    assert (fact.event.metric, fact.event.score, fact.emotion) == ("csat", 5.0, 1.0)
    assert refusal(pipeline, "bare_rows", b"1772447400,6,a@b.cd")[0] == "bad_field"


def test_a_row_sent_again_has_a_higher_revision(pipeline: Pipeline) -> None:
    row = "id,at,changed\nd1,2026-03-02T12:00:00+02:00,"
    states = [
        process(pipeline, "states", f"{row}{changed}".encode()).facts[0].event
        for changed in ("", "1772445600000", "1772445600001")
    ]
    assert {state.event_id for state in states} == {"d1"}
    assert [state.revision for state in states] == [0, 1772445600000, 1772445600001]


# --- an installed format under another name


def test_the_same_format_with_its_own_zone(pipeline: Pipeline) -> None:
    path = Path(__file__).parents[1] / "records/seelab_calls/answered_call_in_winter_time.tsv"
    (value,) = format_named("seelab_calls").frames(io.BytesIO(path.read_bytes()))
    here, there = (
        process(pipeline, name, value).facts[0] for name in ("calls_sofia", "seelab_calls")
    )
    assert (here.format, here.event.occurred_at) == ("calls_sofia", there.event.occurred_at)
    assert here.event.event_id == there.event.event_id


# --- envelopes


def structured(**fields: Any) -> bytes:
    return json.dumps({**CONTEXT, **fields}).encode()


@pytest.mark.parametrize(
    ("value", "headers"),
    [
        (structured(data=PAGE), {}),
        (structured(data=PAGE, datacontenttype="application/json; charset=utf-8"), {}),
        (structured(data=PAGE), {"content_type": "application/cloudevents+json; charset=UTF-8"}),
        (structured(data_base64=base64.b64encode(json.dumps(PAGE).encode()).decode()), {}),
        (json.dumps(PAGE).encode(), {f"ce_{name}": text for name, text in CONTEXT.items()}),
    ],
)
def test_what_is_inside_is_read_by_its_own_format(
    pipeline: Pipeline, value: bytes, headers: dict[str, str]
) -> None:
    bare = process(pipeline, "segment", json.dumps(PAGE).encode()).facts[0]
    (fact,) = process(pipeline, "crm_events", value, **headers).facts
    assert fact._replace(record=bare.record) == bare


def test_the_type_says_which_format_is_inside(pipeline: Pipeline) -> None:
    text = till().decode("cp1251")
    sale = structured(type="com.shop.till.sale", datacontenttype="text/csv", data=text)
    assert process(pipeline, "shop_events", sale).facts[0].format == "till_export"
    assert process(pipeline, "shop_events", structured(data=PAGE)).facts[0].format == "segment"
    assert refusal(pipeline, "shop_events", structured(type="org.other", data=PAGE)) == (
        "unknown_format", "type: the mapping names no format for it"
    )  # fmt: skip


def test_equal_records_without_id_are_told_apart_by_their_envelopes(pipeline: Pipeline) -> None:
    def event_id(envelope: str) -> str:
        row = structured(
            id=envelope, type="kiosk", datacontenttype="text/csv", data="1772447400,5,"
        )
        return process(pipeline, "kiosk_events", row).facts[0].event.event_id

    assert event_id("e1") == event_id("e1") != event_id("e2")


@pytest.mark.parametrize(
    ("value", "headers", "reason", "detail"),
    [
        (b"", {}, "not_json", ""),
        (b"[]", {}, "wrong_layout", "an object is expected"),
        (json.dumps(PAGE).encode(), {}, "missing_field", "specversion"),
        (structured(), {}, "missing_field", "data"),
        (structured(data=None), {}, "missing_field", "data"),
        (structured(data=PAGE, id=" "), {}, "missing_field", "id: empty"),
        (structured(data=PAGE, type=7), {}, "bad_field", "type"),
        (structured(data=PAGE, specversion="0.3"), {}, "bad_field", "specversion"),
        (structured(data=PAGE, data_base64="e30="), {}, "wrong_layout", "data_base64"),
        (structured(data_base64="@"), {}, "bad_field", "data_base64"),
        (structured(data="text"), {}, "wrong_layout", "an object is expected"),
        (structured(data={**PAGE, "messageId": ""}), {}, "missing_field", "messageId"),
        (structured(data=PAGE), {"content_type": "application/cloudevents+avro"}, "wrong_layout",
         "content-type"),
        (json.dumps(PAGE).encode(), {"ce_type": "a", "ce_id": "1"}, "missing_field", "specversion"),
    ],
)  # fmt: skip
def test_a_bad_envelope_says_why(
    pipeline: Pipeline, value: bytes, headers: dict[str, str], reason: str, detail: str
) -> None:
    found, text = refusal(pipeline, "crm_events", value, **headers)
    assert found == reason and detail in text


@given(value=st.binary(max_size=200))
def test_arbitrary_bytes_are_understood_or_refused(mapping: Mapping, value: bytes) -> None:
    for name in ("till_export", "bare_rows", "crm_events"):
        format_ = mapping.known_formats[name]
        for frame in [value, *format_.frames(io.BytesIO(value))]:
            try:
                events = format_.parse(Record("t", 0, 0, NOW, frame), mapping.options(name))
            except InvalidRecord as bad:
                assert bad.detail
            else:
                assert all(isinstance(event, Event) for event in events)


# --- what a mapping may not say


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("delimiter:", "delimeter:", "formats.till_export.delimeter: Extra inputs are not"),
        ("source: store", "source: stores", "formats.till_export.source: Input should be"),
        ("cp1251", "utf-16", "formats.till_export.encoding: 'utf-16' does not write ASCII"),
        ("cp1251", "cp0", "formats.till_export.encoding: 'cp0' is no encoding"),
        ("%d.%m.%Y %H:%M", "dd.mm.yyyy", "occurred_at.pattern: not a pattern such as"),
        ("      name: kind\n", "", "formats.till_export.columns.name: Field required"),
        ("header: [at,", "header: [time,", "formats.bare_rows.columns: the header has no at"),
        ("      metric: {constant: csat}\n", "", "a score needs its metric"),
        ("format: csv\n    source: store", "format: cvs\n    source: store",
         "format 'cvs' is not defined, did you mean 'csv'?"),
        ("inside: segment", "inside: segmnt", "format 'segmnt' is not defined, did you mean"),
        ("inside: segment", "inside: shop_events", "format 'shop_events' is not defined"),
        ("calls_sofia: {format", "poslog: {format", "'poslog' is an installed format"),
    ],
)  # fmt: skip
def test_a_wrong_section_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, text: str
) -> None:
    assert old in FORMATS
    path = written(tmp_path / "own.yaml", FORMATS.replace(old, new))
    with pytest.raises(ConfigError) as caught:
        load_mapping(path)
    (line, said) = next(
        (line, rest)
        for line, _, rest in (
            one.removeprefix(f"{path}:").partition(": ") for one in str(caught.value).splitlines()
        )
        if text in rest
    )
    assert 0 < int(line) < 60 and said


def test_the_readmes_example_is_one(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(formats:\n.*?)```", readme, re.DOTALL)
    zones = "  seelab_calls: {timezone: Asia/Jerusalem}\n"
    found = load_mapping(written(tmp_path / "own.yaml", example + zones)).known_formats
    assert {"till_export", "calls_sofia", "crm_events", "shop_events"} <= set(found)


def test_the_section_survives_the_way_to_another_process(mapping: Mapping) -> None:
    again = Mapping.model_validate_json(mapping.model_dump_json())
    assert again == mapping and list(again.known_formats) == list(mapping.known_formats)
