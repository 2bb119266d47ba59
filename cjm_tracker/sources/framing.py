"""Cutting a log file into records: lines, JSON documents, XML elements, grouped CSV lines.

Framing never judges: what is malformed inside a frame travels on as it is and becomes a dead
letter in the pipeline, with its bytes.
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

import orjson

CHUNK = 1 << 16
MAX_ROW_LINES = 500  # of one row of a table
BOM = b"\xef\xbb\xbf"


def lines(stream: BinaryIO) -> Iterator[bytes]:
    """Each line that is not blank, without its end; the first one without a byte order mark."""
    for number, line in enumerate(stream):
        if number == 0:
            line = line.removeprefix(BOM)
        if line.strip():
            yield line.rstrip(b"\r\n")


def data_lines(
    header: bytes, rows: Callable[[BinaryIO], Iterator[bytes]] = lines
) -> Callable[[BinaryIO], Iterator[bytes]]:
    """Lines of a table, without its header line where the file has one."""

    def frames(stream: BinaryIO) -> Iterator[bytes]:
        for line in rows(stream):
            if not line.startswith(header):
                yield line

    return frames


def under_header(header: bytes) -> Callable[[BinaryIO], Iterator[bytes]]:
    """Each line with the latest `header` line above it, without which nobody knows its columns.

    Other lines that begin with `#` are about the file; a line above any header travels alone.
    """

    def frames(stream: BinaryIO) -> Iterator[bytes]:
        columns = b""
        for line in lines(stream):
            if line.startswith(header):
                columns = line + b"\n"
            elif not line.startswith(b"#"):
                yield columns + line

    return frames


def json_documents(stream: BinaryIO) -> Iterator[bytes]:
    """JSON lines; or one document, or an array of documents, spread over many lines."""
    first = next(lines(stream), None)
    if first is None:
        return
    if _is_json(first) and not first.lstrip().startswith(b"["):
        yield first
        yield from lines(stream)
        return
    # One line that is no document: either a file written over many lines, or JSON lines
    # whose first line is broken. Only the whole text can tell.
    text = first + b"\n" + stream.read()
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        found = [line for line in text.split(b"\n") if line.strip()]
        # Where no line is a document, it is one broken document and not many.
        is_lines = any(line.lstrip()[:1] in (b"{", b"[") and _is_json(line) for line in found)
        yield from found if is_lines else [text.rstrip()]
        return
    for item in document if isinstance(document, list) else [document]:
        yield orjson.dumps(item)


def json_items(*names: str) -> Callable[[BinaryIO], Iterator[bytes]]:
    """JSON documents, where a page of many is cut into pages of one.

    `{"orders": [a, b]}` becomes `{"orders": [a]}` and `{"orders": [b]}`: the name says what the
    items are. What else the page says (how many, where the next one is) is left out. A document
    with an `id` is no page: an order has refunds of its own.
    """

    def frames(stream: BinaryIO) -> Iterator[bytes]:
        for document in json_documents(stream):
            page = orjson.loads(document) if _is_json(document) else None
            if not isinstance(page, dict) or "id" in page:
                yield document
                continue
            lists = [name for name in names if isinstance(page.get(name), list)]
            if not lists:
                yield document
            for name in lists:
                yield from (orjson.dumps({name: [item]}) for item in page[name])

    return frames


def _is_json(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True


def xml_elements(name: str) -> Callable[[BinaryIO], Iterator[bytes]]:
    """Each `<name>…</name>`, wrapped in its document's own root so that prefixes still resolve.

    Found by its tags, not by an XML parser: a malformed element must not take the rest of the
    file with it.
    """
    opening = re.compile(rb"<(?:[\w.-]+:)?" + name.encode() + rb"(?=[\s>])")
    closing = re.compile(rb"</(?:[\w.-]+:)?" + name.encode() + rb"\s*>")

    def frames(stream: BinaryIO) -> Iterator[bytes]:
        buffer, root = b"", b""
        seen_any = False
        while chunk := stream.read(CHUNK):
            buffer += chunk
            position = 0
            while end := closing.search(buffer, position):
                start = opening.search(buffer, position, end.end())
                if not seen_any:
                    root = _root_tag(buffer[: start.start() if start else 0])
                    seen_any = True
                begin = start.start() if start else position
                yield root + buffer[begin : end.end()] + _closing_tag(root)
                position = end.end()
            buffer = buffer[position:]
        if not seen_any and buffer.strip():
            yield buffer
        elif opening.search(buffer):
            yield root + buffer  # cut off in the middle: a dead letter, not silence

    return frames


def _root_tag(prolog: bytes) -> bytes:
    tags = re.findall(rb"<[A-Za-z_][^<>]*>", prolog)
    return tags[0] if tags else b""


def _closing_tag(root: bytes) -> bytes:
    name = re.match(rb"<([^\s>]+)", root)
    return b"</" + name[1] + b">" if name else b""


def grouped_lines(
    key: Callable[[bytes], bytes], header: bytes, patience: int = 10_000
) -> Callable[[BinaryIO], Iterator[bytes]]:
    """Lines that share a key, as one record: the lines of one invoice.

    Exports keep the lines of one key together but for a few strays, so a group waits for
    `patience` further lines before it is let go; memory stays bounded.
    """

    def frames(stream: BinaryIO) -> Iterator[bytes]:
        open_groups: OrderedDict[bytes, list[bytes]] = OrderedDict()
        last_seen: dict[bytes, int] = {}
        for number, line in enumerate(data_lines(header)(stream)):
            name = key(line)
            open_groups.setdefault(name, []).append(line)
            open_groups.move_to_end(name)
            last_seen[name] = number
            oldest = next(iter(open_groups))
            while number - last_seen[oldest] > patience:
                del last_seen[oldest]
                yield b"\n".join(open_groups.pop(oldest))
                oldest = next(iter(open_groups))
        for group in open_groups.values():
            yield b"\n".join(group)

    return frames


def table_rows(delimiter: str = ",") -> Callable[[BinaryIO], Iterator[bytes]]:
    """Each row of a CSV table: a line, or several where a field in quotes spans them.

    For every encoding that writes ASCII as ASCII does. A quote that nothing closes takes only its
    own line with it: the lines after it are rows again.
    """
    mark = re.escape(delimiter.encode())
    field = rb'(?:"(?:[^"]|"")*+"[^%b]*+|(?!")[^%b]*+)' % (mark, mark)
    is_whole = re.compile(field + rb"(?:" + mark + field + rb")*+", re.DOTALL).fullmatch

    def frames(stream: BinaryIO) -> Iterator[bytes]:
        ahead = deque([stream.readline().removeprefix(BOM)])
        while line := ahead.popleft() if ahead else stream.readline():
            row, part = [line], line
            while not is_whole(part):
                more = ahead.popleft() if ahead else stream.readline()
                if not more or len(row) == MAX_ROW_LINES:
                    ahead.extendleft(reversed([*row[1:], more]))
                    del row[1:]
                    break
                row.append(more)
                part = b'"' + more  # still inside the quotes
            whole = b"".join(row).rstrip(b"\r\n")
            if whole.strip():
                yield whole

    return frames


def headed_rows(
    rows: Callable[[BinaryIO], Iterator[bytes]],
) -> Callable[[BinaryIO], Iterator[bytes]]:
    """Each row under the table's header line, so that a record says by itself what is in it."""

    def frames(stream: BinaryIO) -> Iterator[bytes]:
        header = None
        for row in rows(stream):
            if header is None:
                header = row
            else:
                yield header + b"\n" + row

    return frames


def numbered(frames: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """Each frame with how many equal ones came before it in this file.

    The number belongs to the file's content, not to its name or to a broker's offset: loading
    the same file again gives the same numbers, hence the same event ids.
    """
    seen: Counter[int] = Counter()
    for frame in frames:
        fingerprint = hash(frame)
        yield frame, seen[fingerprint]
        seen[fingerprint] += 1
