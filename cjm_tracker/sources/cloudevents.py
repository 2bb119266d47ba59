"""CloudEvents 1.0 around any other format, as the mapping says which.

    formats:
      crm_events: {format: cloudevents, inside: segment}
      shop_events:
        format: cloudevents
        inside: {"com.shop.order.*": till_export, "com.shop.*": segment}   # by `type`, in order

The envelope is opened and its data given to the format inside, whose rules then hold: its event
id, its clock, its drops, and `format` in the mapping's rules is its name. The envelope's own time
says when something was sent, not when it happened, and is not looked at; its id tells equal records
apart where the format inside has no ids (an access log).

Structured mode is a JSON object with `data` or `data_base64`; binary mode is the data itself with
`ce_` headers. A bad envelope is a dead letter; so is a type that the mapping names no format for
(`unknown_format`).
Source: the CloudEvents specification, its JSON event format and its Kafka protocol binding.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Literal

import orjson

from cjm_tracker.errors import ConfigError, InvalidRecord
from cjm_tracker.events import ORDINAL_HEADER, Event, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.payload import Payload, checked, json_object
from cjm_tracker.sources.settings import Strict, problem_of

REQUIRED = ("specversion", "id", "source", "type")
_ABSENT = object()


class Envelope(Payload):
    """The context attributes that decide, and the data in either of its forms."""

    specversion: str
    id: str
    source: str
    type: str
    datacontenttype: str | None = None
    data: Any = _ABSENT
    data_base64: str | None = None


class CloudEvents(Strict):
    """Which format is inside: one, or one for each pattern of `type`."""

    format: Literal["cloudevents"]
    inside: str | dict[str, str]

    @property
    def by_type(self) -> dict[str, str]:
        """The formats inside by patterns of `type`, the first match decides."""
        return {"*": self.inside} if isinstance(self.inside, str) else self.inside

    def made(self, name: str, known: Mapping[str, Format]) -> Format:
        """The format this envelope is, around those of `known`."""
        for wanted in self.by_type.values():
            if wanted not in known:
                raise ConfigError(problem_of(wanted, known))
        inner = {pattern: known[wanted] for pattern, wanted in self.by_type.items()}

        def opened(record: Record) -> tuple[Format, Record]:
            envelope, data = _binary(record) if _is_binary(record) else _structured(record)
            for pattern, format_ in inner.items():
                if fnmatchcase(envelope.type, pattern):
                    return format_, record._replace(value=data, headers=_headers(envelope, format_))
            raise InvalidRecord("unknown_format", "type: the mapping names no format for it")

        def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
            format_, inside = opened(record)
            return format_.parse(inside, options)

        formats = list(dict.fromkeys(inner.values()))
        return Format(
            name=name,
            source=formats[0].source,
            summary=f"CloudEvents around {', '.join(one.name for one in formats)}",
            frames=framing.json_documents,
            parse=parse,
            event_id="that of the format inside",
            clock="that of the format inside",
            opened=opened,
        )


def _is_binary(record: Record) -> bool:
    return "ce_specversion" in record.headers or "ce_type" in record.headers


def _binary(record: Record) -> tuple[Envelope, bytes]:
    given = {
        name: record.headers[f"ce_{name}"].decode("utf-8", "replace")
        for name in REQUIRED
        if f"ce_{name}" in record.headers
    }
    return _sound(checked(Envelope, given)), record.value


def _structured(record: Record) -> tuple[Envelope, bytes]:
    content = record.headers.get("content-type", b"").decode("utf-8", "replace").casefold()
    if content.startswith("application/cloudevents") and "json" not in content:
        raise InvalidRecord("wrong_layout", "content-type: the event format is not JSON")
    envelope = _sound(checked(Envelope, json_object(record.value)))
    return envelope, _data(envelope)


def _headers(envelope: Envelope, format_: Format) -> dict[str, bytes]:
    """Equal records that are two events are told apart by their envelopes, which are not equal."""
    if not format_.repeats:
        return {}
    return {ORDINAL_HEADER: f"{envelope.source}\n{envelope.id}".encode()}


def _sound(envelope: Envelope) -> Envelope:
    for field in REQUIRED:
        if not getattr(envelope, field).strip():
            raise InvalidRecord("missing_field", f"{field}: empty")
    if not envelope.specversion.startswith("1."):
        raise InvalidRecord("bad_field", "specversion: not 1.x")
    return envelope


def _data(envelope: Envelope) -> bytes:
    if envelope.data_base64 is not None:
        if envelope.data is not _ABSENT:
            raise InvalidRecord("wrong_layout", "data: there is data_base64 as well")
        try:
            return b64decode(envelope.data_base64, validate=True)
        except ValueError:
            raise InvalidRecord("bad_field", "data_base64: not base64") from None
    if envelope.data is _ABSENT or envelope.data is None:
        raise InvalidRecord("missing_field", "data: the envelope is empty")
    if isinstance(envelope.data, str) and not _is_json(envelope.datacontenttype):
        return envelope.data.encode()
    try:
        return orjson.dumps(envelope.data)
    except orjson.JSONEncodeError:  # the parser takes deeper nesting than the writer
        raise InvalidRecord("wrong_layout", "data: nested too deeply") from None


def _is_json(content: str | None) -> bool:
    kind = (content or "application/json").partition(";")[0].strip().casefold()
    return kind.endswith(("/json", "+json"))
