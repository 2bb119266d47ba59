"""A handful of customers whose journeys are known by heart, sent through the real pipeline.

anna   reads an ad, looks at a product twice, buys, calls, and rates the call
carl   buys, complains on the phone, and would not recommend us
dora   came lately and is still on her way
b1     a cookie that looked around once and never came back
erik, fay   share a kiosk: its cookie belongs to neither
Besides: an event no rule knows, a broken record, and a rating by nobody we know; and something was
changed at the calls.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from cjm_tracker.events import Record
from cjm_tracker.mapping import load_mapping
from cjm_tracker.personas import Persona
from cjm_tracker.pipeline import Pipeline
from cjm_tracker.sources import format_named
from cjm_tracker.warehouse import Lag, Warehouse, register_mapping, stitch, store, store_lags
from cjm_tracker.warehouse.fixes import Fix, register

# Dead letters are kept for 90 days: the story ends with the present hour.
END = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
START = END - timedelta(days=60)
COMMENT = "It's \\ <b>fine</b> {now}, 100% $sure"

CALLER = Persona(name="caller", channel="phone", channel_share=0.1)
BUYER = Persona(name="buyer", value=1, attributes={"device": "none"})

Payload = tuple[datetime, dict[str, Any] | bytes]


def fill(warehouse: Warehouse) -> None:
    """Store and stitch everything."""
    mapping = load_mapping().model_copy(update={"personas": [CALLER, BUYER]})
    pipeline = Pipeline(mapping, b"k" * 32)
    for name, payloads in sources().items():
        format_ = format_named(name)
        records = [
            Record(
                f"file:{name}@1.{format_.source}",
                0,
                offset,
                _ms(at + timedelta(seconds=5)),
                _bytes(payload),
            )
            for offset, (at, payload) in enumerate(payloads)
        ]
        batch = pipeline.process(records, format_)
        store(warehouse, batch, records, pipeline.version, _ms(END))
    register_mapping(warehouse, mapping, pipeline.version, _ms(END))
    stitch(warehouse, mapping, _ms(END))
    fix = Fix("delivery_call", START + timedelta(days=3), "logistics", "Couriers call ahead")
    register(warehouse, fix, END)
    waiting = [Lag("website", "raw.website", partition, 40) for partition in range(2)]
    store_lags(warehouse, waiting, _ms(END))


def sources() -> dict[str, list[Payload]]:
    return {
        "segment": list(_website()),
        "amazon_connect": list(_calls()),
        "typeform": list(_answers()),
    }


def _website() -> Iterator[Payload]:
    ad = {"context": {"campaign": {"medium": "cpc", "name": "june"}}}
    revenue = {"properties": {"revenue": 49.90, "currency": "EUR"}}
    yield _page(0, "a1", **ad)
    yield _track(1, "a1", "Products Searched")
    yield _track(2, "a1", "Product Viewed")
    yield _track(3, "a1", "Product Viewed")
    yield _track(4, "a1", "Product Added")
    yield _track(60, "a1", "Checkout Started", userId="anna")
    yield _track(65, "a1", "Order Completed", userId="anna", **revenue)
    yield _message(66, "identify", "a1", userId="anna", traits={"phone": "+359881234567"})
    yield _page(600, "b1", context={"locale": "ru-RU"})
    yield _track(605, "b1", "Product Viewed")
    yield _track(1440, "c1", "Product Viewed", userId="carl")
    yield _track(1500, "c1", "Order Completed", userId="carl", **revenue)
    yield _message(1501, "identify", "c1", userId="carl", traits={"phone": "+359887654321"})
    yield _track(3000, "kiosk", "Product Viewed", userId="erik")
    yield _track(3060, "kiosk", "Product Viewed", userId="fay")
    yield _track(3090, "b1", "Wishlist Opened")
    yield START, b'{"type": "track", '
    yield _page(60 * 24 * 59, "d1", name="Blog")
    yield _track(60 * 24 * 59 + 30, "d1", "Product Viewed")


def _calls() -> Iterator[Payload]:
    yield _call(60 * 24 * 3, "+359881234567", "delivery", wait=95)
    yield _call(60 * 24 * 2, "+359887654321", "complaint", wait=640)


def _answers() -> Iterator[Payload]:
    yield _answer(60 * 24 * 3 + 40, "csat", 4, {"user_id": "anna"}, COMMENT)
    yield _answer(60 * 24 * 5, "nps", 1, {"user_id": "carl"}, "Never again.")
    yield _answer(60 * 24 * 6, "csat", 2, {}, "Nobody we know.")


def _page(minute: int, cookie: str, name: str = "Home", **more: Any) -> Payload:
    return _message(minute, "page", cookie, name=name, **more)


def _track(minute: int, cookie: str, event: str, **more: Any) -> Payload:
    return _message(minute, "track", cookie, event=event, **more)


def _message(minute: int, call: str, cookie: str, **more: Any) -> Payload:
    at = START + timedelta(minutes=minute)
    return at, {
        "type": call,
        "messageId": f"{call}-{minute}-{cookie}",
        "timestamp": at.isoformat(),
        "anonymousId": cookie,
        **more,
    }


def _call(minute: int, phone: str, topic: str, wait: float) -> Payload:
    at = START + timedelta(minutes=minute)
    return at, {
        "ContactId": f"call-{minute}",
        "InitiationTimestamp": at.isoformat(),
        "DisconnectTimestamp": (at + timedelta(minutes=9)).isoformat(),
        "LastUpdateTimestamp": (at + timedelta(minutes=10)).isoformat(),
        "CustomerEndpoint": {"Address": phone, "Type": "TELEPHONE_NUMBER"},
        "Queue": {"Name": "service", "Duration": wait},
        "Agent": {"AgentInteractionDuration": 300},
        "Attributes": {"topic": topic},
    }


def _answer(
    minute: int, metric: str, score: float, hidden: dict[str, str], comment: str
) -> Payload:
    at = START + timedelta(minutes=minute)
    return at, {
        "event_type": "form_response",
        "form_response": {
            "token": f"answer-{minute}",
            "submitted_at": at.isoformat(),
            "hidden": hidden,
            "answers": [
                {"field": {"ref": metric, "type": "opinion_scale"}, "number": score},
                {"field": {"ref": "comment", "type": "long_text"}, "text": comment},
            ],
        },
    }


def _bytes(payload: dict[str, Any] | bytes) -> bytes:
    return payload if isinstance(payload, bytes) else json.dumps(payload).encode()


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
