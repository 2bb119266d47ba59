"""A strict little reader of the four formats, written apart from the tracker's own parsers.

What it cannot understand it calls malformed (`None`), as the simulator's noise is meant to be.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from cjm_tracker.simulator import SampleLogs

SOURCES = ("website", "call_centre", "store", "survey")
NS = "{http://www.nrf-arts.org/IXRetail/namespace/}"
ACS = "{http://www.ncr.com/rsd/acs/tlog/markup/poslog/2.1}"
SOFIA = ZoneInfo("Europe/Sofia")
_SANE_YEARS = range(2000, 2100)


@dataclass(frozen=True, slots=True)
class Seen:
    """One record that could be understood."""

    event_id: str
    occurred_at: datetime
    written_at: datetime
    content: Any
    raw: bytes


def records(logs: SampleLogs, source: str) -> list[bytes]:
    """The raw records of a log, in file order."""
    return _records(getattr(logs, source), source)


@cache
def _records(path: Path, source: str) -> list[bytes]:
    if source != "store":
        return path.read_bytes().splitlines()
    return re.findall(rb"<Transaction>.*?</Transaction>", path.read_bytes(), re.DOTALL)


def read(logs: SampleLogs, source: str) -> list[Seen | None]:
    return _read(getattr(logs, source), source)


@cache
def _read(path: Path, source: str) -> list[Seen | None]:
    return [understand(source, raw) for raw in _records(path, source)]


def understood(logs: SampleLogs, source: str) -> list[Seen]:
    return [seen for seen in read(logs, source) if seen]


def sales(logs: SampleLogs) -> list[Seen]:
    """Till transactions without the cashiers' signing on and off."""
    return [
        seen
        for seen in understood(logs, "store")
        if seen.content.find(f"{NS}RetailTransaction") is not None
    ]


def understand(source: str, raw: bytes) -> Seen | None:
    try:
        seen = _READERS[source](raw)
    except (ValueError, KeyError, TypeError, AttributeError, ElementTree.ParseError):
        return None
    return seen if seen.occurred_at.year in _SANE_YEARS else None


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _loads(raw: bytes) -> Any:
    def refuse(constant: str) -> None:
        raise ValueError(constant)

    return json.loads(raw.decode(), parse_constant=refuse)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=SOFIA)


def _website(raw: bytes) -> Seen:
    message = _loads(raw)
    if message["type"] not in ("identify", "track", "page"):
        raise ValueError("type")
    return Seen(
        message["messageId"],
        _moment(message["timestamp"]),
        _moment(message["receivedAt"]),
        message,
        raw,
    )


def _call_centre(raw: bytes) -> Seen:
    contact = _loads(raw)
    began, updated = contact["InitiationTimestamp"], contact["LastUpdateTimestamp"]
    return Seen(contact["ContactId"], _moment(began), _moment(updated), contact, raw)


def _survey(raw: bytes) -> Seen:
    response = _loads(raw)["form_response"]
    submitted_at = _moment(response["submitted_at"])
    return Seen(response["token"], submitted_at, submitted_at, response, raw)


def _store(raw: bytes) -> Seen:
    namespaces = f'xmlns="{NS[1:-1]}" xmlns:acs="{ACS[1:-1]}"'
    document = ElementTree.fromstring(f"<POSLog {namespaces}>{raw.decode()}</POSLog>")
    transaction = document[0]
    names = ("RetailStoreID", "WorkstationID", "BusinessDayDate", "SequenceNumber")
    key = "/".join(str(transaction.findtext(NS + name)) for name in names)
    ended_at = _moment(str(transaction.findtext(f"{NS}EndDateTime"))).astimezone(UTC)
    return Seen(key, ended_at, ended_at, transaction, raw)


_READERS = {
    "website": _website,
    "call_centre": _call_centre,
    "store": _store,
    "survey": _survey,
}


def descents(seen: list[Seen]) -> int:
    """How often a record was written before the one in front of it."""
    return sum(later.written_at < earlier.written_at for earlier, later in _pairs(seen))


def _pairs(seen: list[Seen]) -> Iterator[tuple[Seen, Seen]]:
    return zip(seen, seen[1:], strict=False)
