"""A CSV table of any company's own, as the mapping describes it: one row is one touchpoint.

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
          attributes: {store: shop}

A column is given by its name; `{constant: …}` is the same in every row. A record is the table's
header line and one row, which is what `cjm load` makes of a file: it can be read alone, and a
column moved or added by the exporting system changes nothing. Where `header: [till, receipt, …]`
names the columns, a record is the row alone, for files and producers without a header line.

Event id: the columns of `event_id`, hashed where they are several; without it a row is known by all
its cells and by how many equal ones came before it. Clock: `occurred_at`, an ISO 8601 time, or one
by a pattern of strptime, `epoch_s` or `epoch_ms`. Of rows with one event id the one with the
highest `revision` stands: when it was changed, written in the same ways. Only rules drop rows.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, BinaryIO, Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import ORDINAL_HEADER, Event, Identifier, Record, Slug, Source
from cjm_tracker.sources import Format, FormatOptions, Gives, framing
from cjm_tracker.sources.payload import (
    MAX_COMMENT,
    MAX_WHOLE,
    amount,
    attributes,
    event_id,
    instant,
    instant_by,
    named_cells,
    natural_id,
    since_1970,
)
from cjm_tracker.sources.settings import FormatSettings, Strict
from cjm_tracker.sources.survey.scales import metric_named, on_scale

EPOCHS = {"epoch_s": 1, "epoch_ms": 1_000}  # parts a second
# Thousands may be grouped by a blank, an apostrophe, or the one of dot and comma that is left.
_NUMBERS = {
    mark: rf"(?P<sign>[-+]?)(?P<whole>[0-9]+|[0-9]{{1,3}}(?:[{other} \u00a0\u202f'’][0-9]{{3}})+)"
    rf"(?:\{mark}(?P<part>[0-9]+))?"
    for mark, other in (".,", ",.")
}


class Constant(Strict):
    constant: str


Cell = str | Constant


class Clock(Strict):
    """Where a row's time stands and how it is written; ISO 8601 without a pattern."""

    column: str
    pattern: str = ""

    @field_validator("pattern")
    @classmethod
    def tells_the_day(cls, pattern: str) -> str:
        if not pattern or pattern in EPOCHS:
            return pattern
        sample = datetime(2003, 11, 28, 13, 47, 59)
        try:
            read = datetime.strptime(sample.strftime(pattern), pattern)
        except ValueError:
            read = None
        if read is None or read.date() != sample.date():
            raise ValueError("not a pattern such as %d.%m.%Y %H:%M, epoch_s or epoch_ms")
        return pattern

    def read(self, written: str, zone: ZoneInfo | None) -> int:
        if not written:
            raise InvalidRecord("missing_field", f"{self.column}: empty")
        if self.pattern in EPOCHS:
            return since_1970(written, self.column, EPOCHS[self.pattern])
        if self.pattern:
            return instant_by(self.pattern, written, self.column, zone)
        return instant(written, self.column, zone)


def _listed(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


def _clocked(given: Any) -> Any:
    return {"column": given} if isinstance(given, str) else given


class Columns(Strict):
    """What each field of an event is read from."""

    event_id: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    occurred_at: Annotated[Clock, BeforeValidator(_clocked)]
    name: Cell
    identifiers: dict[Slug, str] = {}
    attributes: dict[Slug, Cell] = {}
    outcome: Cell | None = None
    value: Cell | None = None
    currency: Cell | None = None
    duration_s: Cell | None = None
    wait_s: Cell | None = None
    metric: Cell | None = None
    score: Cell | None = None
    comment: Cell | None = None
    revision: Annotated[Clock | None, BeforeValidator(_clocked)] = None

    @model_validator(mode="after")
    def is_no_half(self) -> Columns:
        if self.score is not None and self.metric is None:
            raise ValueError("a score needs its metric: {constant: nps}, csat, ces, or a column")
        return self

    @property
    def named(self) -> Iterator[str]:
        """Every column that is read."""
        yield from self.event_id
        yield self.occurred_at.column
        yield from (self.revision.column,) if self.revision else ()
        yield from self.identifiers.values()
        own = (getattr(self, field) for field in type(self).model_fields)
        yield from (cell for cell in (*own, *self.attributes.values()) if isinstance(cell, str))


class CsvTable(FormatSettings):
    """One table: how it is written, and what is in which column."""

    format: Literal["csv"]
    source: Source
    encoding: str = "utf-8"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    decimal: Literal[".", ","] = "."
    header: tuple[str, ...] = ()
    columns: Columns

    @field_validator("encoding")
    @classmethod
    def writes_ascii_as_ascii(cls, encoding: str) -> str:
        try:
            written = 'a",;\t\r\n0'.encode(encoding)
        except (LookupError, UnicodeError):
            raise ValueError(f"'{encoding}' is no encoding of text") from None
        if written != b'a",;\t\r\n0':
            raise ValueError(f"'{encoding}' does not write ASCII as ASCII: save it as UTF-8")
        return codecs.lookup(encoding).name

    @field_validator("delimiter")
    @classmethod
    def separates(cls, delimiter: str) -> str:
        if not delimiter.isascii() or delimiter in '"\r\n.' or delimiter.isalnum():
            raise ValueError("a sign such as , ; | or a tab")
        return delimiter

    @field_validator("columns")
    @classmethod
    def are_in_the_header(cls, columns: Columns, info: ValidationInfo) -> Columns:
        header = info.data.get("header")
        if header and (absent := [name for name in columns.named if name not in header]):
            raise ValueError(f"the header has no {', '.join(dict.fromkeys(absent))}")
        return columns

    def made(self, name: str) -> Format:
        """The format this table is."""
        columns = self.columns
        pattern = columns.occurred_at.pattern
        given = [field for field in get_args(Gives) if getattr(columns, field)]
        return Format(
            name=name,
            source=self.source,
            summary="a CSV table of the mapping's own, one touchpoint a row",
            frames=self._frames,
            parse=self.parse,
            event_id=" and ".join(columns.event_id) or "the whole row, and how many equal came",
            clock=columns.occurred_at.column,
            identifiers=tuple(columns.identifiers),
            attributes=tuple(columns.attributes),
            gives=tuple(given),
            needs_timezone=bool(pattern) and pattern not in EPOCHS and "%z" not in pattern,
            repeats=not columns.event_id,
        )

    def _frames(self, stream: BinaryIO) -> Iterator[bytes]:
        rows = framing.table_rows(self.delimiter)
        if not self.header:
            yield from framing.headed_rows(rows)(stream)
            return
        for row in rows(stream):
            if not self._is_header(row):
                yield row

    def _is_header(self, row: bytes) -> bool:
        try:
            cells = row.decode(self.encoding).split(self.delimiter)
        except UnicodeDecodeError:
            return False
        return tuple(cell.strip(' "') for cell in cells) == self.header

    def parse(self, record: Record, options: FormatOptions) -> Sequence[Event]:
        """One row is one event."""
        cells = named_cells(self._text(record.value), self.header, self.delimiter)
        for name in self._read:
            if name not in cells:
                raise InvalidRecord("wrong_layout", f"{name}: no such column")
        row, columns, clock = _Row(cells, self.decimal), self.columns, self.columns.occurred_at
        event = Event(
            event_id=_id(columns.event_id, cells, record),
            name=row.text(columns.name),
            occurred_at=clock.read(cells[clock.column], options.timezone),
            identifiers=tuple(
                Identifier(kind, cells[column])
                for kind, column in columns.identifiers.items()
                if cells[column]
            ),
            attributes=attributes(
                **{name: row.text(cell) for name, cell in columns.attributes.items()}
            ),
            outcome=row.text(columns.outcome),
            value=row.number(columns.value, "value"),
            currency=row.currency(columns.currency),
            duration_s=row.seconds(columns.duration_s, "duration_s"),
            wait_s=row.seconds(columns.wait_s, "wait_s"),
            comment=row.text(columns.comment)[:MAX_COMMENT],
        )
        if not event.name:
            raise InvalidRecord("missing_field", "name: empty")
        if (score := row.number(columns.score, "score")) is not None:
            event.metric = metric_named(row.text(columns.metric), "metric")
            event.score = on_scale(event.metric, float(score))
        if (changed := columns.revision) and cells[changed.column]:
            event.revision = max(changed.read(cells[changed.column], options.timezone), 0)
        return [event]

    @cached_property
    def _read(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.columns.named))

    def _text(self, value: bytes) -> str:
        try:
            return value.decode(self.encoding)
        except UnicodeDecodeError as error:
            text = f"byte {error.start} is not {self.encoding}"
            raise InvalidRecord("not_utf8", text) from None


def _id(columns: Sequence[str], cells: dict[str, str], record: Record) -> str:
    if not columns:
        return natural_id([*cells.values(), record.headers.get(ORDINAL_HEADER, b"0")])
    for column in columns:
        if not cells[column]:
            raise InvalidRecord("missing_field", f"{column}: empty")
    if len(columns) == 1:
        return event_id(cells[columns[0]], columns[0])
    return natural_id([cells[column] for column in columns])


class _Row(NamedTuple):
    """One row's cells, read as what an event needs them to be."""

    cells: dict[str, str]
    decimal: str

    def text(self, cell: Cell | None) -> str:
        if isinstance(cell, Constant):
            return cell.constant
        return self.cells[cell] if cell else ""

    def number(self, cell: Cell | None, field: str) -> Decimal | None:
        written = self.text(cell)
        if not written:
            return None
        # 12,50 where the table writes 12.50 must not be read as 1250: groups are of three digits.
        marks = re.fullmatch(_NUMBERS[self.decimal], written)
        if marks is None:
            raise InvalidRecord("bad_field", f"{field}: not a number")
        digits = re.sub(r"\D", "", marks["whole"])
        return amount(f"{marks['sign']}{digits}.{marks['part'] or '0'}", field)

    def seconds(self, cell: Cell | None, field: str) -> float | None:
        count = self.number(cell, field)
        if count is None:
            return None
        if not 0 <= count <= MAX_WHOLE:
            raise InvalidRecord("bad_field", f"{field}: no number of seconds")
        return float(count)

    def currency(self, cell: Cell | None) -> str:
        code = self.text(cell).upper()
        if code and not re.fullmatch("[A-Z]{3}", code):
            raise InvalidRecord("bad_field", "currency: not a code of three letters")
        return code
