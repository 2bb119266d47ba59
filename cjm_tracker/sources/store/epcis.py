"""Retail events of GS1 EPCIS: goods sold to a customer, among all that happens to goods.

Source: EPCIS 2.0 and 1.2 and the Core Business Vocabulary of GS1; JSON-LD or XML, a document with
many events or a single event. One touchpoint is one event whose business step has the customer at
the other side: `retail_selling`, or `dispensing` at a pharmacy. All other steps, and events
without one, are of the supply chain and dropped.
Event id: `eventID`, else a hash of what makes the event: type, time, step, place, goods and
business transactions. Clock: `eventTime`, with its offset; without one `eventTimeZoneOffset`.
An error declaration takes the event of the same id back: the event is sent again with it, has the
declaration's time as revision and is dropped. What is put right comes as an event of its own.
The customer, if any, is a GSRN (service relation, as of a loyalty scheme) at the goods'
destination; EPCIS has no money.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, BinaryIO

import orjson

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Identifier, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.payload import (
    Payload,
    attributes,
    checked,
    event_id,
    instant,
    json_object,
    natural_id,
    revision,
    xml_root,
)

CUSTOMER_STEPS = ("retail_selling", "dispensing")
KINDS = (
    "ObjectEvent", "TransactionEvent", "AggregationEvent", "AssociationEvent",
    "TransformationEvent", "QuantityEvent",
)  # fmt: skip
# A vocabulary's word is written bare, as a URN or as a web address.
_WORD = re.compile(r"[:/-]")
_GSRN = re.compile(r"urn:epc:id:gsrnp?:([0-9]+)\.([0-9]+)|https?://.*/801[78]/([0-9]+)")


class Place(Payload):
    id: str | None = None


class Transaction(Payload):
    type: str | None = None
    bizTransaction: str


class Destination(Payload):
    destination: str


class Declaration(Payload):
    declarationTime: str


class Happening(Payload):
    """The fields of an event this tracker reads."""

    type: str
    eventTime: str
    eventTimeZoneOffset: str | None = None
    eventID: str | None = None
    action: str | None = None
    bizStep: str | None = None
    disposition: str | None = None
    readPoint: Place = Place()
    bizLocation: Place = Place()
    epcList: list[str] = []
    bizTransactionList: list[Transaction] = []
    destinationList: list[Destination] = []
    errorDeclaration: Declaration | None = None


def frames(stream: BinaryIO) -> Iterator[bytes]:
    """Each event by itself, of documents in JSON and in XML."""
    # Sender, receiver and vocabularies stand around the events: none of them is lost with them.
    content = stream.read().removeprefix(framing.BOM)
    if content.lstrip().startswith(b"<"):
        yield from framing.xml_elements(f"(?:{'|'.join(KINDS)})")(BytesIO(content))
        return
    for document in framing.json_documents(BytesIO(content)):
        try:
            events = orjson.loads(document)["epcisBody"]["eventList"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            events = None
        if isinstance(events, list):
            yield from map(orjson.dumps, events)
        else:
            yield document


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """Each event of the document is one."""
    is_xml = record.value.removeprefix(framing.BOM).lstrip().startswith(b"<")
    found = list(_of_xml(record.value) if is_xml else _of_json(json_object(record.value)))
    if not found:
        raise InvalidRecord("wrong_layout", "no event of EPCIS")
    return [_event(checked(Happening, one)) for one in found]


def _of_json(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    body = document.get("epcisBody", document)
    inner = body.get("eventList", body.get("event", [body])) if isinstance(body, dict) else []
    for one in inner if isinstance(inner, list) else [inner]:
        if not isinstance(one, dict):
            raise InvalidRecord("wrong_layout", "eventList: objects are expected")
        yield one


def _of_xml(value: bytes) -> Iterator[dict[str, Any]]:
    """Events as JSON would have them; version 1.2 has some fields in extensions."""
    for element in xml_root(value).iter():
        if _local(element) in KINDS:
            yield {"type": _local(element), **dict(_fields(element))}


def _fields(element: Any) -> Iterator[tuple[str, Any]]:
    for child in element:
        name = _local(child)
        if name in ("extension", "baseExtension"):
            yield from _fields(child)
        elif name in ("readPoint", "bizLocation"):
            yield name, {"id": _first(child, "id")}
        elif name == "epcList":
            yield name, [_text(epc) for epc in child]
        elif name == "bizTransactionList":
            yield name, [{"type": one.get("type"), "bizTransaction": _text(one)} for one in child]
        elif name == "destinationList":
            yield name, [{"destination": _text(one)} for one in child]
        elif name == "errorDeclaration":
            yield name, {"declarationTime": _first(child, "declarationTime")}
        elif name in Happening.model_fields:
            yield name, _text(child)


def _event(found: Happening) -> Event:
    if found.type not in KINDS:
        raise InvalidRecord("bad_field", f"type: none of {', '.join(KINDS)}")
    step = _word(found.bizStep)
    declared = found.errorDeclaration
    place = found.bizLocation.id or found.readPoint.id
    sales = [one.bizTransaction for one in found.bizTransactionList]
    return Event(
        event_id=event_id(found.eventID, "eventID") if found.eventID else _natural_id(found),
        name=step or found.type,
        occurred_at=_occurred_at(found),
        identifiers=tuple(_customers(found)),
        attributes=attributes(
            step=step,
            disposition=_word(found.disposition),
            store=place,
            order_id=sales[0] if sales else None,
            lines=len(found.epcList),
        ),
        outcome=_word(found.disposition),
        revision=revision(declared.declarationTime, "declarationTime") if declared else 0,
        drop_reason=("withdrawn" if declared else "" if step in CUSTOMER_STEPS else "supply_chain"),
    )


def _occurred_at(found: Happening) -> int:
    try:
        return instant(found.eventTime, "eventTime")
    except InvalidRecord:
        return instant(found.eventTime + (found.eventTimeZoneOffset or ""), "eventTime")


def _natural_id(found: Happening) -> str:
    """The same of an event in JSON and in XML, which write times and words in their own ways."""
    goods = (*found.epcList, *(one.bizTransaction for one in found.bizTransactionList))
    place = found.readPoint.id or found.bizLocation.id or ""
    return natural_id([found.type, str(_occurred_at(found)), _word(found.bizStep), place, *goods])


def _customers(found: Happening) -> Iterator[Identifier]:
    seen = set()
    for one in found.destinationList:
        if match := _GSRN.fullmatch(one.destination.strip()):
            card = (match[3] or match[1] + match[2])[:17]  # a URN has no check digit
            if card not in seen:
                seen.add(card)
                yield Identifier("loyalty_card", card)


def _word(written: str | None) -> str:
    return _WORD.split((written or "").strip())[-1]


def _local(element: Any) -> str:
    return str(element.tag).rsplit("}", 1)[-1]


def _text(element: Any) -> str:
    return (element.text or "").strip()


def _first(element: Any, name: str) -> str | None:
    return next((_text(child) for child in element if _local(child) == name), None)


FORMAT = Format(
    name="epcis",
    source="store",
    summary="GS1 EPCIS 2.0 JSON-LD and 1.2 XML; retail sales are touchpoints",
    frames=frames,
    parse=parse,
    event_id="eventID, else a hash of what makes the event",
    clock="eventTime",
    identifiers=("loyalty_card",),
    attributes=("step", "disposition", "store", "order_id", "lines"),
    gives=("outcome", "revision"),
    drops=("supply_chain", "withdrawn"),
)
