"""The way of a record, as one list of steps: parse, check the clock, identify, classify.

Pure: records in, facts and dead letters out. What is stored, committed or sent is the business
of the rooms above.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from cjm_tracker.emotion import Reader
from cjm_tracker.errors import DeadLetterReason, InvalidRecord
from cjm_tracker.events import FORMAT_HEADER, ORDINAL_HEADER, Event, Record, Source
from cjm_tracker.identity import Known, Normaliser
from cjm_tracker.mapping import Mapping, stamp
from cjm_tracker.sources import Format
from cjm_tracker.touchpoints import Touchpoint, compile_rules

MAX_RECORD = 1 << 20  # bytes; Kafka's own default limit of a message
EARLIEST = 631_152_000_000  # 1990-01-01, ms: before it no log of ours was written
LEEWAY = 86_400_000  # ms a customer's clock may run ahead

_written = msgspec.msgpack.Encoder(order="deterministic").encode


class Fact(NamedTuple):
    """One event with everything the rules and identity say about it."""

    record: Record
    source: Source
    format: str
    event: Event
    touchpoint: Touchpoint
    identifiers: tuple[Known, ...]
    emotion: float | None
    fingerprint: int  # of what the event says: the same id with another one is a conflict
    account: Known | None = None  # that the customer belongs to; joins nobody


class DeadLetter(NamedTuple):
    """A record that cannot be understood, with the reason an engineer can act on."""

    record: Record
    source: Source
    format: str
    reason: DeadLetterReason
    detail: str
    fingerprint: int  # of the bytes, and of their ordinal where equal records are two


@dataclass(slots=True)
class Batch:
    """What a run of records came to. records = stored + dropped + dead letters."""

    facts: list[Fact] = field(default_factory=list)
    dead_letters: list[DeadLetter] = field(default_factory=list)
    records: int = 0
    stored: int = 0
    dropped: int = 0


@dataclass(slots=True)
class Tally:
    """What many batches came to, in records."""

    records: int = 0
    stored: int = 0
    dropped: int = 0
    dead_letters: int = 0

    def add(self, batch: Batch) -> None:
        """Count a batch in."""
        self.records += batch.records
        self.stored += batch.stored
        self.dropped += batch.dropped
        self.dead_letters += len(batch.dead_letters)


class Pipeline:
    """A mapping made ready to run. Hold one per mapping: it caches."""

    def __init__(self, mapping: Mapping, key: bytes) -> None:
        self.mapping = mapping
        self.version = stamp(mapping)
        self._classify = compile_rules(mapping.sources, mapping.groups)
        self._normalise = Normaliser(mapping.identity, key)
        self._read = Reader(mapping.scorer, mapping.themes)
        self._formats = mapping.known_formats
        self._options = {name: mapping.options(name) for name in self._formats}

    def process(self, records: Sequence[Record], default: Format) -> Batch:
        """Each record's outcome; a bad one leaves its neighbours unharmed.

        `default` is the format of records that do not name theirs in a header.
        """
        batch = Batch(records=len(records))
        for record in records:
            name = _format_name(record, default)
            format_ = self._formats.get(name)
            try:
                if format_ is None:
                    raise InvalidRecord("unknown_format", f"'{name[:60]}' is not installed")
                if len(record.value) > MAX_RECORD:
                    text = f"{len(record.value)} bytes, {MAX_RECORD} at most"
                    raise InvalidRecord("too_large", text)
                read, inside = format_.inside(record)
                events = read.parse(inside, self._options[read.name])
                facts = [self._fact(record, read, event) for event in events]
            except InvalidRecord as bad:
                source = format_.source if format_ else default.source
                letter = DeadLetter(
                    record, source, name[:60], bad.reason, bad.detail[:500], _of_bytes(record)
                )
                batch.dead_letters.append(letter)
                continue
            batch.facts += facts
            for fact in facts:
                if not fact.touchpoint.drop_reason:
                    batch.stored += 1
                    break
            else:
                batch.dropped += 1
        return batch

    def refuse(self, record: Record, default: Format, detail: str) -> Batch:
        """A record that could be read, but whose event the warehouse does not take."""
        name = _format_name(record, default)
        source = self._formats.get(name, default).source
        letter = DeadLetter(
            record, source, name[:60], "does_not_fit", detail[:500], _of_bytes(record)
        )
        return Batch(dead_letters=[letter], records=1)

    def _fact(self, record: Record, format_: Format, event: Event) -> Fact:
        if not EARLIEST <= event.occurred_at <= record.received_at + LEEWAY:
            raise InvalidRecord("time_out_of_range", "before 1990 or over a day ahead of arrival")
        fingerprint = _fingerprint(event)
        who = self._normalise(event.identifiers, event.attributes.get("region", "").upper())
        if who.agent:  # before the rules, which may ask about it
            event.attributes.setdefault("agent", who.agent)
        if event.comment:
            self._read.note(event.comment, event.attributes)
        touchpoint = self._classify(format_.source, format_.name, event)
        if event.drop_reason:
            touchpoint = Touchpoint("", touchpoint.channel, "", event.drop_reason)
        return Fact(
            record,
            format_.source,
            format_.name,
            event,
            touchpoint,
            who.identifiers,
            self._read.emotion(event.metric, event.score, event.comment),
            fingerprint,
            who.account,
        )


def _format_name(record: Record, default: Format) -> str:
    named = record.headers.get(FORMAT_HEADER)
    return named.decode("utf-8", "replace") if named else default.name


def _fingerprint(event: Event) -> int:
    """Of the parsed event, not of the bytes: a producer's retry differs in when it was sent.

    Fields at their default are left out, so that a field added later changes no fingerprint.
    """
    return _hash(_written(event))


def _of_bytes(record: Record) -> int:
    return _hash(record.headers.get(ORDINAL_HEADER, b"") + b":" + record.value)


def _hash(data: bytes) -> int:
    return int.from_bytes(hashlib.md5(data, usedforsecurity=False).digest()[:8], "big")
