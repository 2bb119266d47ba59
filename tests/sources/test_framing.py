from __future__ import annotations

import json
from io import BytesIO

import pytest

from cjm_tracker.sources import framing

BOM = b"\xef\xbb\xbf"


def framed(frames, text: bytes) -> list[bytes]:
    return list(frames(BytesIO(text)))


# --- lines


def test_a_line_is_a_record_without_its_end() -> None:
    assert framed(framing.lines, b"one\r\ntwo\nthree") == [b"one", b"two", b"three"]


def test_blank_lines_are_no_records() -> None:
    assert framed(framing.lines, b"\n\r\n   \none\n\t\n") == [b"one"]


def test_blanks_inside_a_line_stay() -> None:
    assert framed(framing.lines, b"  one \n") == [b"  one "]


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    assert framed(framing.lines, BOM + b"one\n" + BOM + b"two\n") == [b"one", BOM + b"two"]


def test_a_header_line_is_no_record_wherever_it_stands() -> None:
    # Files put end to end repeat their header.
    frames = framing.data_lines(b"kind,")
    assert framed(frames, BOM + b"kind,value\na,1\nkind,value\nb,2\n") == [b"a,1", b"b,2"]


# --- JSON


@pytest.mark.parametrize("mark", [b"", BOM], ids=["plain", "byte order mark"])
@pytest.mark.parametrize(
    "text",
    [
        b'{"a": 1}\n{"a": 2}\n',
        b'{"a": 1}\r\n\r\n{"a": 2}',
        b'[{"a": 1}, {"a": 2}]',
        b'[\n  {"a": 1},\n  {\n    "a": 2\n  }\n]\n',
        b'\n\n[{"a": 1},\n{"a": 2}]',
    ],
    ids=["lines", "lines of Windows", "array in a line", "pretty array", "array after blanks"],
)
def test_json_documents_are_found_however_they_are_laid_out(text: bytes, mark: bytes) -> None:
    found = [json.loads(frame) for frame in framed(framing.json_documents, mark + text)]
    assert found == [{"a": 1}, {"a": 2}]


def test_a_pretty_document_is_one_record() -> None:
    text = b'{\n  "a": {\n    "b": [1, 2]\n  }\n}\n'
    assert [json.loads(f) for f in framed(framing.json_documents, text)] == [{"a": {"b": [1, 2]}}]


def test_a_broken_first_line_leaves_the_others_alone() -> None:
    text = b'{"a": \n{"a": 2}\n{"a": 3}\n'
    assert framed(framing.json_documents, text) == [b'{"a": ', b'{"a": 2}', b'{"a": 3}']


def test_a_broken_line_in_the_middle_travels_on_as_it_is() -> None:
    text = b'{"a": 1}\n{"a" 2}\n{"a": 3}\n'
    assert framed(framing.json_documents, text) == [b'{"a": 1}', b'{"a" 2}', b'{"a": 3}']


def test_a_broken_array_is_not_swallowed() -> None:
    assert framed(framing.json_documents, b'[{"a": 1},\n{"a": 2}') == [b'[{"a": 1},', b'{"a": 2}']


def test_a_broken_document_over_many_lines_is_one_record() -> None:
    text = b'{\n  "a": {\n    "b": 1,\n  }\n}'
    assert framed(framing.json_documents, text + b"\n") == [text]


def test_a_page_of_many_is_cut_into_pages_of_one() -> None:
    text = b'{"b": [1, 2], "count": 2, "a": [0]}\n{"a": []}\n{"c": [3]}\n{"id": 4, "a": [5]}\nx\n'
    assert framed(framing.json_items("a", "b"), text) == [
        b'{"a":[0]}',
        b'{"b":[1]}',
        b'{"b":[2]}',
        b'{"c": [3]}',
        b'{"id": 4, "a": [5]}',
        b"x",
    ]


def test_an_empty_file_has_no_records() -> None:
    assert framed(framing.json_documents, b"") == framed(framing.json_documents, b"\n \n") == []


def test_an_empty_array_has_no_records() -> None:
    assert framed(framing.json_documents, b"[]\n") == []


# --- XML


def doc(*inner: bytes, root: bytes = b"Log") -> bytes:
    name = root.split()[0]
    return b'<?xml version="1.0"?>\n<' + root + b">\n" + b"\n".join(inner) + b"\n</" + name + b">\n"


def deal(text: str) -> bytes:
    return f"<Deal><n>{text}</n></Deal>".encode()


def test_elements_stand_in_their_documents_root() -> None:
    frames = framing.xml_elements("Deal")
    assert framed(frames, doc(deal("1"), deal("2"), root=b'Log xmlns:x="urn:x"')) == [
        b'<Log xmlns:x="urn:x">' + deal("1") + b"</Log>",
        b'<Log xmlns:x="urn:x">' + deal("2") + b"</Log>",
    ]


def test_a_document_that_is_the_element_itself_is_one_record() -> None:
    assert framed(framing.xml_elements("Deal"), b'<?xml version="1.0"?>\n' + deal("1")) == [
        deal("1")
    ]


def test_prefixed_elements_are_found() -> None:
    inner = b"<p:Deal><p:n>1</p:n></p:Deal >"
    frames = framed(framing.xml_elements("Deal"), doc(inner, root=b'p:Log xmlns:p="urn:p"'))
    assert frames == [b'<p:Log xmlns:p="urn:p">' + inner + b"</p:Log>"]


def test_an_element_whose_name_only_begins_alike_is_another() -> None:
    assert framed(framing.xml_elements("Deal"), doc(b"<Dealer>7</Dealer>", deal("1"))) == [
        b"<Log>" + deal("1") + b"</Log>"
    ]


def test_a_malformed_element_leaves_the_rest_of_the_file_alone() -> None:
    broken = b"<Deal><n>2</m></Deal>"
    frames = framed(framing.xml_elements("Deal"), doc(deal("1"), broken, deal("3")))
    assert frames == [b"<Log>" + inner + b"</Log>" for inner in (deal("1"), broken, deal("3"))]


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 16, 61, 1 << 16])
def test_the_size_of_a_read_changes_nothing(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "CHUNK", chunk)
    deals = [deal(f"Сделка {n}" * n) for n in range(5)]
    frames = framed(framing.xml_elements("Deal"), doc(*deals, root=b'Log xmlns:x="urn:x"'))
    assert frames == [b'<Log xmlns:x="urn:x">' + inner + b"</Log>" for inner in deals]


@pytest.mark.parametrize("chunk", [1, 5, 1 << 16])
def test_a_tail_that_is_cut_off_is_a_record_too(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(framing, "CHUNK", chunk)
    *_, last = framed(framing.xml_elements("Deal"), b"<Log>" + deal("1") + b"<Deal><n>2</")
    assert last == b"<Log><Deal><n>2</"


def test_text_without_any_element_is_one_record() -> None:
    assert framed(framing.xml_elements("Deal"), b"<html/>") == [b"<html/>"]


def test_an_empty_document_has_no_records() -> None:
    assert framed(framing.xml_elements("Deal"), b"") == []


def test_white_space_alone_has_no_records() -> None:
    assert framed(framing.xml_elements("Deal"), b" \n") == []


# --- grouped lines


def by_invoice(patience: int = 10_000):
    return framing.grouped_lines(lambda line: line.split(b",")[0], b"No,", patience)


def test_lines_of_one_key_are_one_record() -> None:
    assert framed(by_invoice(), b"No,x\n1,a\n1,b\n2,c\n") == [b"1,a\n1,b", b"2,c"]


def test_a_stray_line_finds_its_group() -> None:
    assert framed(by_invoice(), b"1,a\n2,b\n1,c\n") == [b"2,b", b"1,a\n1,c"]


def test_a_group_is_let_go_when_patience_ends() -> None:
    text = b"1,a\n2,a\n2,b\n2,c\n1,late\n"
    assert framed(by_invoice(patience=2), text) == [b"1,a", b"2,a\n2,b\n2,c", b"1,late"]


def test_patience_counts_from_the_last_line_of_the_group() -> None:
    text = b"1,a\n2,a\n1,b\n2,b\n1,c\n"
    assert framed(by_invoice(patience=2), text) == [b"2,a\n2,b", b"1,a\n1,b\n1,c"]


def test_no_line_is_lost_or_doubled_by_grouping() -> None:
    sent = [f"{n * 7 % 5},{n}".encode() for n in range(200)]
    got = b"\n".join(framed(by_invoice(patience=3), b"\n".join(sent))).split(b"\n")
    assert sorted(got) == sorted(sent)


# --- numbering


def test_equal_frames_are_numbered_from_zero() -> None:
    assert list(framing.numbered([b"a", b"b", b"a", b"a"])) == [
        (b"a", 0), (b"b", 0), (b"a", 1), (b"a", 2)
    ]  # fmt: skip


# --- lines under a header


def test_each_line_takes_the_latest_header_along() -> None:
    text = BOM + b"alone\n#Fields: a b\r\n#Date: today\n1 2\n\n#Fields: b a\n2 1"
    assert framed(framing.under_header(b"#Fields:"), text) == [
        b"alone",
        b"#Fields: a b\n1 2",
        b"#Fields: b a\n2 1",
    ]
