"""What would become of the records of a log, found out without storing any of them.

The very pipeline of the workers is asked; what it says is counted, with the place of the first few
of each reason.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from itertools import chain, islice
from typing import BinaryIO, NamedTuple, cast

from cjm_tracker.events import ORDINAL_HEADER, Record
from cjm_tracker.inputs import LogFile
from cjm_tracker.pipeline import Batch, Fact, Pipeline
from cjm_tracker.sources import Format
from cjm_tracker.sources.framing import BOM

BATCH = 1_000  # records
REMEMBERED = 20_000  # lines: framing lets a group of lines wait for 10,000 others


class Place(NamedTuple):
    """Where a record begins: its number in the file, from 1, and its line where that is known."""

    file: str
    record: int
    line: int | None

    def __str__(self) -> str:
        return f"record {self.record}" if self.line is None else f"line {self.line}"


class Example(NamedTuple):
    """A record of some outcome; `detail` says why, and never a value of the payload."""

    place: Place
    detail: str = ""


Shape = tuple[str, str, str]  # source, format, name of an event


@dataclass(slots=True)
class Findings:
    """What a log came to. A record is rejected, or understood as events, which are the rest."""

    records: int = 0
    events: int = 0
    mapped: int = 0
    unmapped: Counter[Shape] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)  # records, by reason
    repeated: int = 0  # events whose id came before
    naming: int = 0  # events that may name somebody: no other drops than `identity_only`
    identifiers: Counter[str] = field(default_factory=Counter)  # of those, the ones with the kind
    nobody: int = 0  # of those, the ones without any identifier
    first: int | None = None  # occurred_at, ms since 1970 UTC
    last: int | None = None
    examples: dict[str, list[Example]] = field(default_factory=lambda: defaultdict(list))


def validate(
    pipeline: Pipeline,
    format_: Format,
    logs: Sequence[LogFile],
    received_at: int,
    limit: int | None = None,
    show: int = 5,
    progress: Callable[[int], None] = lambda count: None,
) -> Findings:
    """What the first `limit` records come to, with `show` examples of each reason.

    `received_at`, ms since 1970, is when they would have arrived. Raises `InputError`.
    """
    found, seen = Findings(), set[int]()
    records = chain.from_iterable(_records(log, format_, received_at) for log in logs)
    for part in _batches(islice(records, limit), BATCH):
        places = {id(record): place for record, place in part}
        _count(found, pipeline.process([record for record, _ in part], format_), places, seen, show)
        progress(len(part))
    return found


def _count(
    found: Findings, batch: Batch, places: dict[int, Place], seen: set[int], show: int
) -> None:
    found.records += batch.records
    for letter in batch.dead_letters:
        found.rejected[letter.reason] += 1
        _show(found, letter.reason, Example(places[id(letter.record)], letter.detail), show)
    for fact in batch.facts:
        if reason := fact.touchpoint.drop_reason:
            found.dropped[reason] += 1
            _show(found, reason, Example(places[id(fact.record)]), show)
        elif fact.touchpoint.name:
            found.mapped += 1
        else:
            found.unmapped[fact.source, fact.format, fact.event.name] += 1
        _see(found, fact, seen)


def _show(found: Findings, reason: str, example: Example, show: int) -> None:
    if len(found.examples[reason]) < show:
        found.examples[reason].append(example)


def _see(found: Findings, fact: Fact, seen: set[int]) -> None:
    """Who it names and when it was."""
    found.events += 1
    event_id = hash((fact.source, fact.event.event_id))
    found.repeated += event_id in seen
    seen.add(event_id)
    at = fact.event.occurred_at
    found.first = at if found.first is None else min(found.first, at)
    found.last = at if found.last is None else max(found.last, at)
    if fact.touchpoint.drop_reason in ("", "identity_only"):
        kinds = {one.kind for one in (*fact.identifiers, fact.account) if one}
        found.naming += 1
        found.nobody += not kinds
        found.identifiers.update(kinds)


def _records(log: LogFile, format_: Format, received_at: int) -> Iterator[tuple[Record, Place]]:
    lines = Lines(format_)
    counted = replace(format_, frames=lambda stream: format_.frames(lines.of(stream)))
    for number, (frame, ordinal) in enumerate(log.frames(counted)):
        headers = {ORDINAL_HEADER: str(ordinal).encode()} if ordinal else {}
        record = Record(f"file:{log.name}", 0, number, received_at, frame, headers)
        yield record, Place(log.name, number + 1, lines.number(frame))


def _batches(
    records: Iterable[tuple[Record, Place]], size: int
) -> Iterator[list[tuple[Record, Place]]]:
    iterator = iter(records)
    while batch := list(islice(iterator, size)):
        yield batch


class Lines:
    """The stream that framing reads: remembers its lines, to say in which one a record begins.

    A record is known by its own first line. What framing writes anew (an item of a JSON array, an
    XML element under its root) is no line of the file, and its line is not known.
    """

    def __init__(self, format_: Format) -> None:
        self._under_header = _brings_header(format_)
        self._numbers: dict[int, int] = {}
        self._order: deque[int] = deque()
        self._count = 0

    def of(self, stream: BinaryIO) -> BinaryIO:
        """The stream, with its lines remembered as they are read."""
        self._stream = stream
        return cast(BinaryIO, self)

    def number(self, frame: bytes) -> int | None:
        """The line where a record just framed begins, from 1; None where that is not known."""
        first, mark, rest = frame.partition(b"\n")
        if mark and (self._under_header or first.startswith(b"#")):
            first = rest.partition(b"\n")[0]
        return self._numbers.get(hash(_bare(first)))

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def readline(self) -> bytes:
        """The next line."""
        if line := self._stream.readline():
            self._count += 1
            self._remember(hash(_bare(line.removeprefix(BOM) if self._count == 1 else line)))
        return line

    def read(self, size: int = -1) -> bytes:
        """The next bytes. From here on lines are not told apart, and nothing is known of them."""
        self._numbers.clear()
        return self._stream.read(size)

    def _remember(self, line: int) -> None:
        self._numbers[line] = self._count
        self._order.append(line)
        if len(self._order) > REMEMBERED:
            forgotten = self._order.popleft()
            if self._numbers.get(forgotten) == self._count - REMEMBERED:
                del self._numbers[forgotten]


def _bare(line: bytes) -> bytes:
    return line.rstrip(b"\r\n")


def _brings_header(format_: Format) -> bool:
    """Whether each record is a row under the table's header line: seen on a table of two rows."""
    return list(format_.frames(BytesIO(b"a\nb\nc\n"))) == [b"a\nb", b"a\nc"]
