"""What formats share: decoding bytes, checking them against a model, reading clocks and money."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import orjson
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from pydantic import BaseModel, ConfigDict, ValidationError

from cjm_tracker.errors import InvalidRecord

Model = TypeVar("Model", bound=BaseModel)

MAX_ID = 200
MAX_ATTRIBUTE = 1_000
MAX_COMMENT = 4_000
MAX_TEXT = 1_000_000  # of any text in a payload
MAX_AMOUNT = Decimal(10) ** 12
MAX_WHOLE = 10**9
DECIMALS = 4  # of money, in the warehouse

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_FIRST, _LAST = -62_135_596_800_000, 253_402_300_799_999  # the years 1 to 9999, ms


class Payload(BaseModel):
    """Base of every payload model: unknown fields are allowed, NaN and Infinity are not."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False, str_max_length=MAX_TEXT)


def json_object(value: bytes) -> dict[str, Any]:
    """The JSON object in `value`; one parser only, so that two never disagree."""
    try:
        document = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        reason = "not_json" if _is_utf8(value) else "not_utf8"
        raise InvalidRecord(reason, str(error)) from None  # type: ignore[arg-type]
    if not isinstance(document, dict):
        raise InvalidRecord("wrong_layout", f"an object is expected, not {_json_kind(document)}")
    return document


def in_batch(document: dict[str, Any], *shared: str) -> list[dict[str, Any]]:
    """Each of a `batch` that came in one record, with what the batch says for all of them.

    An object is completed key by key: a batch may name the library, and its event the page.
    """
    batch = document.get("batch")
    if not isinstance(batch, list) or not all(isinstance(one, dict) for one in batch):
        raise InvalidRecord("bad_field", "batch: not a list of objects")
    if not batch:
        raise InvalidRecord("missing_field", "batch: empty")
    for_all = {name: document[name] for name in shared if name in document}
    return [{**one, **_completed(one, for_all)} for one in batch]


def _completed(one: dict[str, Any], for_all: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {**given, **own}
        if isinstance(given, dict) and isinstance(own := one.get(name, {}), dict)
        else one.get(name, given)
        for name, given in for_all.items()
    }


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _json_kind(document: object) -> str:
    kinds = {list: "a list", str: "a text", int: "a number", float: "a number"}
    return kinds.get(type(document), "a constant")


def checked(model: type[Model], document: dict[str, Any]) -> Model:
    """`document` as `model`; the dead letter's detail names the field, never its value."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        reason = "missing_field" if first["type"] == "missing" else "bad_field"
        raise InvalidRecord(reason, f"{field}: {first['msg']}") from None  # type: ignore[arg-type]


def text(value: bytes) -> str:
    """`value` as UTF-8 text."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidRecord("not_utf8", f"byte {error.start} is not UTF-8") from None


def csv_rows(value: bytes, columns: int | Collection[int], delimiter: str = ",") -> list[list[str]]:
    """The rows of a record that holds CSV lines, each with `columns` fields, or one of those."""
    allowed = (columns,) if isinstance(columns, int) else columns
    try:
        rows = list(csv.reader(text(value).split("\n"), delimiter=delimiter))
    except csv.Error as error:  # a lone carriage return, or a field beyond the reader's limit
        raise InvalidRecord("wrong_layout", str(error)) from None
    for row in rows:
        if len(row) not in allowed:
            expected = " or ".join(map(str, allowed))
            raise InvalidRecord("wrong_layout", f"{expected} columns expected, {len(row)} found")
    return rows


def named_cells(written: str, header: Sequence[str] = (), delimiter: str = ",") -> dict[str, str]:
    """The cells of one row of a table, by the names of their columns.

    The record is the row alone where `header` names the columns, else a header line and the row.
    """
    table = io.StringIO(written.removeprefix("\ufeff"), newline="")
    try:
        rows = [row for row in csv.reader(table, delimiter=delimiter, strict=True) if row]
    except csv.Error as error:
        raise InvalidRecord("wrong_layout", str(error)) from None
    if not header and rows:
        header = [name.strip() for name in rows.pop(0)]
        if len(set(header)) < len(header):
            raise InvalidRecord("wrong_layout", "two columns have one name")
    if len(rows) != 1:
        raise InvalidRecord("wrong_layout", f"one row is expected, not {len(rows)}")
    if len(rows[0]) != len(header):
        text = f"{len(header)} columns expected, {len(rows[0])} found"
        raise InvalidRecord("wrong_layout", text)
    return dict(zip(header, (cell.strip() for cell in rows[0]), strict=True))


def xml_root(value: bytes) -> Any:
    """The root element; DTDs, entities and external references are refused."""
    try:
        return ElementTree.fromstring(value, forbid_dtd=True)
    except ElementTree.ParseError as error:
        reason = "not_xml" if _is_utf8(value) else "not_utf8"
        raise InvalidRecord(reason, str(error)) from None  # type: ignore[arg-type]
    except DefusedXmlException as error:
        raise InvalidRecord("not_xml", f"{type(error).__name__}: not allowed here") from None
    except (ValueError, LookupError) as error:  # an encoding the parser does not know
        raise InvalidRecord("not_xml", str(error)) from None


def instant(written: str, field: str, zone: tzinfo | None = None) -> int:
    """An ISO 8601 time as ms since 1970 UTC; one without offset is read in `zone`."""
    try:
        moment = datetime.fromisoformat(written)
        if moment.tzinfo is None:
            if zone is None:
                raise InvalidRecord(
                    "bad_field", f"{field}: the time has no zone, nor has the mapping"
                )
            # fold=0: in the hour that the autumn change repeats, the first one is meant
            moment = moment.replace(tzinfo=zone)
        # An offset may carry it out of the years that clocks have.
        if _FIRST <= (found := milliseconds(moment)) <= _LAST:
            return found
        raise ValueError
    except (ValueError, OverflowError):
        raise InvalidRecord("bad_field", f"{field}: not a time") from None


def instant_by(pattern: str, written: str, field: str, zone: ZoneInfo | None = None) -> int:
    """A time written by a pattern of strptime, as `instant` reads it."""
    try:
        moment = datetime.strptime(written, pattern)
    except ValueError:
        raise InvalidRecord("bad_field", f"{field}: not a time of the pattern") from None
    return instant(moment.isoformat(), field, zone)


def revision(written: str | None, field: str, zone: tzinfo | None = None) -> int:
    """The revision of a state that was written then: of several states the newest stands."""
    return max(instant(written, field, zone), 0) if written else 0


def since_1970(written: str | float, field: str, per_second: int = 1) -> int:
    """A time counted from 1970 UTC, in seconds or as many parts `per_second`, as whole ms."""
    try:
        found = Decimal(str(written)) * 1_000 / per_second
    except ArithmeticError:
        raise InvalidRecord("bad_field", f"{field}: not a time") from None
    if not (found.is_finite() and _FIRST <= found <= _LAST):
        raise InvalidRecord("bad_field", f"{field}: not a time")
    return int(found)


def milliseconds(moment: datetime) -> int:
    """An aware time as whole ms since 1970 UTC, without going through a float."""
    return (moment - _EPOCH) // _MILLISECOND


def amount(written: str | float | Decimal, field: str) -> Decimal:
    """An amount of money, exactly; NaN, Infinity and astronomic sums are refused.

    Beyond four decimals it is rounded: 434.99999999999994 is how a computer writes 435.
    """
    try:
        value = Decimal(str(written))
    except InvalidOperation:
        raise InvalidRecord("bad_field", f"{field}: not an amount") from None
    # Compared, not abs(): that one would raise for an exponent beyond the context's.
    if not value.is_finite() or not -MAX_AMOUNT < value < MAX_AMOUNT:
        raise InvalidRecord("bad_field", f"{field}: not an amount")
    return round(value, DECIMALS) if value != round(value, DECIMALS) else value


def whole(written: str, field: str) -> int:
    """A whole number written as text; one no count or duration reaches is refused."""
    try:
        value = int(written)
    except ValueError:
        raise InvalidRecord("bad_field", f"{field}: not a whole number") from None
    if abs(value) > MAX_WHOLE:
        raise InvalidRecord("bad_field", f"{field}: beyond {MAX_WHOLE}")
    return value


def plain(value: object) -> str:
    """A text, number or constant as text; nothing where the payload has a list or an object."""
    return str(value) if isinstance(value, (str, int, float, Decimal)) else ""


def attributes(**fields: object) -> dict[str, str]:
    """The given fields as text, without those that are absent; overlong ones are cut."""
    kept = {}
    for name, value in fields.items():
        if value is None:
            continue
        text = value if type(value) is str else plain(value)
        if text:
            kept[name] = text if len(text) <= MAX_ATTRIBUTE else text[:MAX_ATTRIBUTE]
    return kept


def event_id(given: str, field: str) -> str:
    """A producer's own id, refused when it is empty or absurdly long."""
    if not given.strip():
        raise InvalidRecord("missing_field", f"{field}: empty")
    if len(given) > MAX_ID:
        raise InvalidRecord("bad_field", f"{field}: longer than {MAX_ID} characters")
    return given


def natural_id(parts: Sequence[str | bytes]) -> str:
    """An event id from the source's own natural key, for formats that carry no id."""
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode() if isinstance(part, str) else part
        digest.update(len(encoded).to_bytes(4, "big") + encoded)
    return digest.hexdigest()[:32]
