"""The beginning of a log, and the records that a format cuts it into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import islice
from typing import BinaryIO, NamedTuple

import orjson

from cjm_tracker.events import ORDINAL_HEADER, Record
from cjm_tracker.inputs import LogFile
from cjm_tracker.sources import Format, framing

BYTES = 1 << 20
WHOLE = 1 << 26  # of one JSON document, which only the whole of can be read
RECORDS = 200


class Sample(NamedTuple):
    """The first bytes of a log, unpacked; `is_cut` where there are more."""

    name: str
    content: bytes
    is_cut: bool

    def records(self, format_: Format, received_at: int) -> list[Record]:
        """The first records as that format cuts them, without one cut by the end of the sample."""
        numbered = framing.numbered(format_.frames(BytesIO(self.content)))
        frames = list(islice(numbered, RECORDS))
        if self.is_cut and 1 < len(frames) < RECORDS:
            frames.pop()
        return records(frames, format_, received_at)


def records(frames: Sequence[tuple[bytes, int]], format_: Format, received_at: int) -> list[Record]:
    """Frames as records; equal ones are told apart where they are two events."""
    return [
        Record(
            "sample", 0, number, received_at, frame,
            {ORDINAL_HEADER: str(ordinal).encode()} if format_.repeats else {},
        )
        for number, (frame, ordinal) in enumerate(frames)
    ]  # fmt: skip


def sample_of(log: LogFile) -> Sample:
    """The beginning of a log. Raises `InputError` where it cannot be read."""
    content = next((frame for frame, _ in log.frames(_BEGINNING)), b"")
    if len(content) <= BYTES:
        return Sample(log.name, content, False)
    if _is_document(content):
        return Sample(log.name, content, len(content) > WHOLE)
    return Sample(log.name, content[: content.rfind(b"\n", 0, BYTES) + 1 or BYTES], True)


def _beginning(stream: BinaryIO) -> Iterator[bytes]:
    content = stream.read(BYTES + 1)
    yield content + stream.read(WHOLE) if _is_document(content) else content


# The one record of this "format" is the beginning of the file.
_BEGINNING = Format("", "website", "", frames=_beginning, parse=lambda record, options: [])


def _is_document(content: bytes) -> bool:
    """Whether it is one JSON document over many lines, or an array."""
    text = content.removeprefix(framing.BOM).lstrip()
    if text[:1] not in (b"{", b"["):
        return False
    try:
        orjson.loads(text.partition(b"\n")[0])
    except orjson.JSONDecodeError:
        return True
    return text.startswith(b"[")
