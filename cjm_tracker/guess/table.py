"""A CSV table that nobody has described: what its columns hold, told by their names and cells."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Source
from cjm_tracker.guess.sample import Sample
from cjm_tracker.guess.words import has_any, words
from cjm_tracker.identity import IdentityConfig
from cjm_tracker.identity.forms import in_form
from cjm_tracker.mapping import Mapping
from cjm_tracker.pipeline import EARLIEST, LEEWAY
from cjm_tracker.sources import Format
from cjm_tracker.sources.csv_table import Clock, CsvTable
from cjm_tracker.touchpoints.proposal import slug

UTC = ZoneInfo("UTC")
ROWS = 200
NEARLY_ALL = 0.95  # of cells; the rest are the table's own mistakes
MOST = 0.8
FEW = 30  # different names of events
ATTRIBUTES = 20

DELIMITERS = ",;\t|"
# Of times, in the order they are tried: ISO 8601 first, and the day before the month.
PATTERNS = (
    "", "epoch_s", "epoch_ms",
    *(f"%d{sign}%m{sign}%Y{time}" for sign in "./-" for time in (" %H:%M:%S", " %H:%M", "")),
    *(f"%m/%d/%Y{time}" for time in (" %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", "")),
    *(f"%Y/%m/%d{time}" for time in (" %H:%M:%S", " %H:%M", "")),
    *(f"%d %b %Y{time}" for time in (" %H:%M:%S", " %H:%M", "")),
    "%b %d, %Y",
)  # fmt: skip

# What columns are called, by what stands in them; see words.has_any.
TIME = "time date created occurred timestamp start when at on ordered opened дата време время"
OTHER_TIME = "birth updated modified changed end ended finish closed due deliver ship expir valid"
ID = (
    "id uuid guid number no num nr ref reference receipt order ticket invoice transact code "
    "номер бележка чек"
)
NAME = (
    "event action activity touchpoint type kind operation category status reason subject topic "
    "събитие событие вид тип действие категория"
)
VALUE = "total amount revenue value sum price paid сума сумма стойност стоимость цена"
CURRENCY = "currency ccy curr валута"
COMMENT = "comment feedback remark note message text коментар комментарий бележки отзив отзыв"
PHONE = "phone mobile tel telephone msisdn caller cell телефон gsm"
IDENTIFIERS = {
    "loyalty_card": "loyalty card карта",
    "customer_number": "customer client buyer member kunde клиент",
    "user_id": "user login username потребител пользователь",
    "cookie": "cookie visitor anonymous clientid",
    "device": "device idfa gaid",
    "account": "account company organisation organization фирма компания",
}
# A customer's name or city is no identifier.
DESCRIBES = "name first last city country region segment type status age gender email mail agent"
SOURCES: dict[Source, str] = {
    "call_centre": "call phone queue agent ticket operator wait ivr support caller обажд звон",
    "survey": "survey score nps csat ces rating answer respons feedback question анкета опрос",
    "store": "store shop till receipt pos sku quantity qty total amount price order invoice касов",
    "website": "url page path referrer session browser visit cookie click utm",
}


@dataclass(frozen=True)
class Table:
    """A table as the mapping's section `formats:` describes it, with remarks by its keys."""

    name: str
    settings: dict[str, Any]
    remarks: dict[str, str]
    is_zoned: bool  # its times say which zone they are in

    @property
    def format(self) -> Format:
        """The format it is."""
        return CsvTable.model_validate(self.settings).made(self.name)

    def added_to(self, plan: Mapping) -> Mapping:
        """The mapping with the table among its formats."""
        said = {field: getattr(plan, field) for field in Mapping.model_fields}
        own = {**plan.formats, self.name: CsvTable.model_validate(self.settings)}
        return Mapping.model_validate({**said, "formats": own})


class Column(NamedTuple):
    """A column's name, and its cells of the first rows that are not empty."""

    name: str
    cells: list[str]
    rows: int

    @property
    def words(self) -> list[str]:
        return words(self.name)

    @property
    def is_full(self) -> bool:
        return len(self.cells) == self.rows

    def share(self, holds: Callable[[str], object]) -> float:
        """The share of cells it holds of; 0 of an empty column."""
        return sum(map(bool, map(holds, self.cells))) / len(self.cells) if self.cells else 0


class When(NamedTuple):
    """A column of times, and how they are written."""

    column: Column
    pattern: str
    is_ambiguous: bool
    is_zoned: bool


def table_in(sample: Sample, name: str, identity: IdentityConfig, now: int) -> Table | None:
    """The table, or None where it is none or has no column of times. `now` in ms since 1970.

    `name` is what the format is to be called; the `identity` section says where national telephone
    numbers are from.
    """
    encoding = _encoding(sample.content)
    delimiter, rows = _cut(sample.content.decode(encoding, "replace").removeprefix("\ufeff"))
    if len(rows) < 2:
        return None
    header = [] if _is_data(rows[0]) else [cell.strip() for cell in rows.pop(0)]
    names = header or [f"column_{number}" for number, _ in enumerate(rows[0], start=1)]
    if len(set(names)) < len(names) or "" in names:
        return None
    columns = [
        Column(name, [cell for row in rows if (cell := row[place].strip())], len(rows))
        for place, name in enumerate(names)
    ]
    clock = _clock(columns, now)
    if clock is None:
        return None
    described, remarks = _columns(columns, clock, name, identity.region)
    settings: dict[str, Any] = {"format": "csv", "source": _source(name, columns)}
    remarks["source"] = "website, call_centre, store, survey or crm?"
    if not clock.is_zoned:
        settings["timezone"] = "UTC"
        remarks["timezone"] = "the times carry no zone: which one are they of?"
    if encoding != "utf-8":
        settings["encoding"] = encoding
        remarks["encoding"] = "it is no UTF-8: do the letters look right?"
    if delimiter != ",":
        settings["delimiter"] = delimiter
    value = next((one for one in columns if one.name == described.get("value")), None)
    if value and _decimal(value) == ",":
        settings["decimal"] = ","
    if not header:
        settings["header"] = names
        remarks["header"] = "the table has no header line: name the columns"
    return Table(name, {**settings, "columns": described}, remarks, clock.is_zoned)


def _encoding(content: bytes) -> str:
    try:
        # A sample may end within a letter.
        content[: content.rfind(b"\n") + 1 or None].decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        beyond = [sign for sign in content.decode("cp1251", "replace") if not sign.isascii()]
        letters = sum("А" <= sign <= "я" for sign in beyond)
        return "cp1251" if letters * 2 > len(beyond) else "cp1252"


def _cut(text: str) -> tuple[str, list[list[str]]]:
    """The delimiter and the rows, all of one length, of the reading that has most columns."""
    if text.lstrip()[:1] in ("{", "[", "<"):
        return "", []
    best: tuple[str, list[list[str]]] = "", []
    for delimiter in DELIMITERS:
        rows = list(_rows(text, delimiter))
        width = len(rows[0]) if rows else 0
        good = [row for row in rows if len(row) == width]
        if width > max(1, len(best[1][0]) if best[1] else 0) and len(good) > NEARLY_ALL * len(rows):
            best = delimiter, good
    return best


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            if row:
                yield row
            if reader.line_num > ROWS:
                return
    except csv.Error:
        return


def _is_data(row: Sequence[str]) -> bool:
    """Whether a row holds numbers, times or addresses, so that it is no header."""
    return any(re.search(r"^[-+]?[\d.,:/ -]+$|\S@\S+\.\S", cell.strip()) for cell in row if cell)


def _clock(columns: Sequence[Column], now: int) -> When | None:
    """The column that says most likely when a row happened."""
    found = [when for column in columns if (when := _when(column, now))]
    return max(found, key=_likelihood, default=None)


def _likelihood(when: When) -> tuple[bool, bool, bool, bool]:
    named = when.column.words
    has_time = any(":" in cell for cell in when.column.cells) or when.pattern.startswith("epoch")
    return when.column.is_full, not has_any(named, OTHER_TIME), has_any(named, TIME), has_time


def _when(column: Column, now: int) -> When | None:
    fits = [pattern for pattern in PATTERNS if _are_times(column, pattern, now)]
    if not fits:
        return None
    pattern = fits[0]
    is_zoned = _are_times(column, pattern, now, None)
    both = {pattern, pattern.replace("%d/%m", "%m/%d")}
    return When(column, pattern, len(both & set(fits)) > 1, is_zoned)


def _are_times(column: Column, pattern: str, now: int, zone: ZoneInfo | None = UTC) -> bool:
    clock = Clock(column=column.name, pattern=pattern)

    def is_time(cell: str) -> bool:
        try:
            at = clock.read(cell, zone)
        except InvalidRecord:
            return False
        return EARLIEST <= at <= now + LEEWAY

    return column.share(is_time) >= NEARLY_ALL


def _columns(
    columns: Sequence[Column], clock: When, name: str, region: str
) -> tuple[dict[str, Any], dict[str, str]]:
    """The section `columns:` and remarks on it; each column is used once."""
    remarks: dict[str, str] = {}
    left = [column for column in columns if column.name != clock.column.name]
    identifiers = _identifiers(left, region)
    left = [column for column in left if column.name not in identifiers.values()]
    described: dict[str, Any] = {}

    def take(field: str, chosen: Column | None) -> None:
        if chosen:
            described[field] = chosen.name
            left.remove(chosen)

    take("event_id", _named(left, ID, _is_key))
    if "event_id" not in described:
        remarks["columns"] = "no event_id: a row is known by all its cells"
    pattern = {"pattern": clock.pattern} if clock.pattern else {}
    described["occurred_at"] = {"column": clock.column.name, **pattern}
    if clock.is_ambiguous:
        remarks["occurred_at"] = "the day first, or the month?"
    take("name", _named(left, NAME, _is_name))
    if "name" not in described:
        described["name"] = {"constant": name}
        remarks["name"] = "no column names what happened: all rows are called so"
    take("value", _named(left, VALUE, lambda column: column.share(_is_number) == 1))
    take("currency", _named(left, CURRENCY, lambda column: column.share(_is_currency) == 1))
    take("comment", _named(left, COMMENT, lambda column: True))
    if identifiers:
        described["identifiers"] = identifiers
    else:
        remarks["identifiers"] = "none found"
    if kept := _attributes(left, region):
        described["attributes"] = kept
    return described, remarks


def _named(columns: Sequence[Column], meant: str, fits: Callable[[Column], bool]) -> Column | None:
    """The column called by the first of the words, among those that fit."""
    good = [column for column in columns if column.cells and fits(column)]
    by_word = (one for word in meant.split() for one in good if has_any(one.words, word))
    return next(by_word, None)


def _identifiers(columns: Sequence[Column], region: str) -> dict[str, str]:
    """Kinds with their columns: by what the cells are, else by the column's name."""
    found: dict[str, str] = {}
    for column in columns:
        if kind := _kind(column, region):
            found.setdefault(kind, column.name)
    return found


def _kind(column: Column, region: str) -> str:
    if column.share(lambda cell: "@" in cell and in_form("email", cell, region)) >= MOST:
        return "email"
    if _may_be_phones(column) and column.share(lambda cell: in_form("phone", cell, region)) >= MOST:
        return "phone"
    if column.share(_is_address) >= MOST:
        return "ip"
    if not column.cells or has_any(column.words, DESCRIBES):
        return ""
    kinds = (kind for kind, meant in IDENTIFIERS.items() if has_any(column.words, meant))
    return next(kinds, "")


def _may_be_phones(column: Column) -> bool:
    return has_any(column.words, PHONE) or column.share(lambda cell: cell.startswith("+")) >= MOST


def _is_address(cell: str) -> bool:
    try:
        return bool(ip_address(cell))
    except ValueError:
        return False


def _is_key(column: Column) -> bool:
    return column.is_full and len(set(column.cells)) == column.rows


def _is_name(column: Column) -> bool:
    different = len(set(column.cells))
    return column.is_full and different <= FEW and (different * 2 <= column.rows or column.rows < 5)


def _is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"[-+]?[0-9][0-9.,' \u00a0\u202f’]*", cell))


def _decimal(column: Column) -> str:
    """The decimal mark of the cells: one that one or two digits end behind."""
    ends = [cell[-3:] for cell in column.cells]
    with_comma = sum(bool(re.search(r",\d{1,2}$", end)) for end in ends)
    return "," if with_comma > sum(bool(re.search(r"\.\d{1,2}$", end)) for end in ends) else "."


def _is_currency(cell: str) -> bool:
    return bool(re.fullmatch("[A-Za-z]{3}", cell))


def _attributes(columns: Sequence[Column], region: str) -> dict[str, str]:
    """What else rules may ask about, under names that rules can use; nothing of a person."""
    kept: dict[str, str] = {}
    for number, column in enumerate(columns, start=1):
        if column.cells and not _kind(column, region) and len(kept) < ATTRIBUTES:
            name = slug(column.name)
            kept.setdefault(name if name[:1].isalpha() else f"column_{name or number}", column.name)
    return kept


def _source(name: str, columns: Sequence[Column]) -> Source:
    """The source whose words the table's name and columns have most of; a website's if none."""
    named = [words(name), *(column.words for column in columns)]
    counts = {
        source: sum(has_any(words, meant) for words in named) for source, meant in SOURCES.items()
    }
    best = max(counts, key=lambda source: counts[source])
    return best if counts[best] else "website"
