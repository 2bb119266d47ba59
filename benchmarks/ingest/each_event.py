"""What a program that takes events one by one does with one: the same for Faust's agent and Quix.

It is spared what ours does besides: dead letters, links, keys, the ledger, cleaning of identifiers.
What it cannot validate it leaves out, and rows not inserted yet are lost when it dies.
"""

from __future__ import annotations

import hashlib
import time
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

from benchmarks.ingest.rules import Rule, web_rules
from cjm_tracker.sources.website.segment import Message
from cjm_tracker.warehouse import Warehouse

ROWS = 2_000
SECONDS = 1.0
KINDS = {"loyaltyCard": "loyalty_card", "email": "email", "phone": "phone"}
IDENTITY_CALLS = ("identify", "alias", "group")


class Row(NamedTuple):
    """A row of `event_log`, as far as a web event fills it. Times are ms since 1970 UTC."""

    identifier: int
    occurred_at: int
    source: str
    event_id: str
    fingerprint: int
    format: str
    name: str
    touchpoint: str
    channel: str
    stage: str
    drop_reason: str
    identifiers: list[int]
    value: float | None
    currency: str
    comment: str
    attributes: dict[str, str]
    received_at: int
    stored_at: int
    mapping_version: str
    topic: str


def decoded(value: bytes) -> Message | None:
    """The event, validated by our own model."""
    try:
        return Message.model_validate_json(value)
    except ValidationError:
        return None


class Mapper:
    """Asks the rules one by one."""

    def __init__(self) -> None:
        self._rules = web_rules()

    def row(self, message: Message) -> Row | None:
        """The event as a row; None when its time is none."""
        try:
            occurred = datetime.fromisoformat(message.timestamp or "")
        except ValueError:
            return None
        now = time.time_ns() // 1_000_000
        fields = _fields(message)
        dropped = message.type in IDENTITY_CALLS
        rule = None if dropped else self._first(fields)
        numbers = [_number(known) for known in _identifiers(message)]
        properties = message.properties
        value = properties.revenue if properties.revenue is not None else properties.total
        return Row(
            numbers[0] if numbers else 0,
            int(occurred.timestamp() * 1000),
            "website",
            message.messageId,
            _number(repr(message)),
            "segment",
            fields["event"],
            rule.touchpoint if rule else "",
            rule.channel if rule else "web",
            rule.stage if rule else "",
            "identity_only" if dropped else "",
            numbers,
            float(value) if isinstance(value, (int, float)) else None,
            str(properties.currency or ""),
            str(properties.review_body or ""),
            {name: text for name, text in fields.items() if text and name != "event"},
            now,
            now,
            "peer",
            "peer",
        )

    def _first(self, fields: dict[str, str]) -> Rule | None:
        for rule in self._rules:
            if all(fields.get(field) in values for field, values in rule.wanted):
                return rule
        return None


def _fields(message: Message) -> dict[str, str]:
    page, campaign = message.context.page, message.context.campaign
    properties = message.properties
    own = message.event if message.type == "track" else message.name or message.category
    given = {
        "event": own or message.type,
        "call": message.type,
        "category": message.category or properties.category,
        "path": page.path,
        "referrer_host": (page.referrer or "").removeprefix("https://").partition("/")[0],
        "campaign": campaign.name,
        "utm_source": campaign.source,
        "utm_medium": campaign.medium,
        "user_agent": message.context.userAgent,
        "locale": message.context.locale,
        "region": message.traits.country,
        "order_id": properties.order_id,
        "product": properties.name if message.type == "track" else None,
        "coupon": properties.coupon,
        "reason": properties.reason,
        "topic": properties.topic,
    }
    return {name: str(value) if value else "" for name, value in given.items()}


def _identifiers(message: Message) -> list[str]:
    own, context = message.traits, message.context.traits
    given = [("user_id", message.userId)]
    given += [(kind, getattr(own, name) or getattr(context, name)) for name, kind in KINDS.items()]
    given += [("cookie", message.anonymousId)]
    return [f"{kind}:{value}" for kind, value in given if value]


def _number(text: str) -> int:
    digest = hashlib.md5(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
    return int.from_bytes(digest[:8], "big")


class Rows:
    """Rows kept until there are enough for an insert; `insert_old` is for a timer."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._rows: list[Row] = []
        self._since = time.monotonic()

    def add(self, row: Row) -> None:
        self._rows.append(row)
        if len(self._rows) >= ROWS:
            self.insert()

    def insert_old(self) -> None:
        """Insert what has waited long enough."""
        if time.monotonic() - self._since > SECONDS:
            self.insert()

    def insert(self) -> None:
        """Insert what there is, by column: by row the driver takes longer."""
        if self._rows:
            columns: dict[str, Any] = dict(
                zip(Row._fields, map(list, zip(*self._rows, strict=True)), strict=True)
            )
            self._warehouse.insert("event_log", columns)
        self._rows.clear()
        self._since = time.monotonic()


class Work:
    """One event's way up to a stage; what comes after it is left out."""

    def __init__(self, warehouse: Warehouse, stage: str) -> None:
        self._stage = stage
        self._mapper = Mapper()
        self.rows = Rows(warehouse)

    def take(self, value: bytes) -> None:
        if self._stage == "consume":
            return
        message = decoded(value)
        if self._stage == "decode" or message is None:
            return
        row = self._mapper.row(message)
        if self._stage == "map" or row is None:
            return
        self.rows.add(row)
