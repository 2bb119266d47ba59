"""Records nobody can understand: cut off, mis-encoded, of the wrong type or from no real time.

Each takes a well-formed act with an id of its own, so that no good record is lost by it.
"""

from __future__ import annotations

from math import nan

from cjm_tracker.simulator import amazon_connect, poslog, segment, typeform
from cjm_tracker.simulator.acts import Act, Answer, Contact, Json, Sale, WebAct
from cjm_tracker.simulator.wire import json_bytes

# Kinds in the order in which each source is given them, the most telling first.
KINDS: dict[str, tuple[str, ...]] = {
    "website": ("truncated", "1970", "encoding", "type", "timestamp", "9999", "nan"),
    "call_centre": ("nan", "timestamp", "truncated", "type", "1970", "encoding", "9999"),
    "store": ("xml", "encoding", "1970", "9999"),
    "survey": ("type", "truncated", "nan", "timestamp", "9999", "encoding", "1970"),
}

_YEARS = {"1970": "1970-01-01", "9999": "9999-12-31"}
_NOT_UTF8 = b"\xc3\x28\xff"

# Where a format keeps its times, in the part of the record that `_part` finds.
_TIMES: dict[str, tuple[str, ...]] = {
    "website": ("timestamp", "originalTimestamp", "sentAt", "receivedAt"),
    "call_centre": (
        "InitiationTimestamp",
        "ConnectedToSystemTimestamp",
        "DisconnectTimestamp",
        "LastUpdateTimestamp",
    ),
    "survey": ("submitted_at", "landed_at"),
}
_HAPPENED = 2  # so many of these times say when it happened; the others when it was written


def damaged(kind: str, act: Act) -> bytes:
    """The record of an act with one kind of damage."""
    if isinstance(act, Sale):
        return _damaged_transaction(kind, act)
    record = _record(act)
    if kind == "type":
        _confuse_types(record, act.source)
    elif kind == "nan":
        _put_nan(record, act.source)
    elif kind == "timestamp" or kind in _YEARS:
        _spoil_times(_part(record, act.source), act.source, kind)
    data = json_bytes(record)
    if kind == "truncated":
        return data[: len(data) * 2 // 3]
    if kind == "encoding":
        return data.replace(act.event_id.encode(), act.event_id.encode() + _NOT_UTF8, 1)
    return data


def _record(act: Act) -> Json:
    if isinstance(act, WebAct):
        return segment.message(act)
    if isinstance(act, Contact):
        return amazon_connect.record(act)
    if isinstance(act, Answer):
        return typeform.webhook(act)
    raise TypeError(f"no record of a {type(act).__name__}")


def _part(record: Json, source: str) -> Json:
    inner = record["form_response"] if source == "survey" else record
    if not isinstance(inner, dict):
        raise TypeError("form_response must be an object")
    return inner


def _confuse_types(record: Json, source: str) -> None:
    if source == "website":
        record.update(messageId={"id": record["messageId"]}, type=42, timestamp=True)
    elif source == "call_centre":
        record.update(ContactId={"id": record["ContactId"]}, InitiationTimestamp=True)
    else:
        record["form_response"] = "[object Object]"


def _put_nan(record: Json, source: str) -> None:
    if source == "website":
        record.update(type="track", event="Product Viewed", properties={"price": nan})
    elif source == "call_centre":
        record["Queue"] = {"Name": "Orders", "Duration": nan}
    else:
        field = {"id": "f1CsatScore7", "type": "rating", "ref": "csat"}
        _part(record, source)["answers"] = [{"type": "number", "number": nan, "field": field}]


def _spoil_times(part: Json, source: str, kind: str) -> None:
    if kind == "timestamp":
        for name in _TIMES[source]:
            del part[name]
        return
    for name in _TIMES[source][:_HAPPENED]:
        part[name] = f"{_YEARS[kind]}{str(part[name])[10:]}"


def _damaged_transaction(kind: str, sale: Sale) -> bytes:
    text = poslog.transaction(sale)
    if kind == "encoding":
        return text.encode().replace(b"<Description>", b"<Description>" + _NOT_UTF8, 1)
    if kind in _YEARS:
        return text.replace(poslog.local(sale.at)[:10], _YEARS[kind]).encode()
    if sale.sequence % 2:
        return text.replace("</Amount>", "", 1).encode()
    return text.replace("<Description>", "<Description>NUTS & BOLTS ", 1).encode()
