"""The vocabulary every room shares: records, events, identifiers. Imports nothing of ours.

Times are integers, milliseconds since 1970 UTC: a batch holds tens of thousands of them and
ClickHouse takes them as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple, get_args

import msgspec
from pydantic import StringConstraints

Source = Literal["website", "call_centre", "store", "survey", "crm"]
SOURCES: tuple[Source, ...] = get_args(Source)

DropReason = Literal[
    "identity_only",  # says who is who (identify, alias, a CRM crosswalk): its links are kept
    "phantom_call",  # the telephone system's own bookkeeping, no customer on the line
    "control_transaction",  # a till's sign-on, sign-off or cash count
    "outbound_call",  # a call we made ourselves and nobody took
    "internal_call",  # between two extensions of our own, no customer on the line
    "voided_sale",  # rung up and cancelled before payment
    "not_a_contact",  # a shop system's own resource or test: a location, a parcel, a test order
    "supply_chain",  # goods on their way between businesses, no customer yet
    "withdrawn",  # declared an error by whoever sent it
    "no_request",  # a connection to the web server that asked for nothing
    "heartbeat",  # a page only says that it is still open, or was left
    "order_line",  # a line of an order that has a record of its own
    "no_answer",  # a survey opened and sent without any answer
]

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]

Metric = Literal["", "csat", "nps", "ces"]

FORMAT_HEADER = "cjm-format"
ORDINAL_HEADER = "cjm-ordinal"


class Record(NamedTuple):
    """Bytes as the broker gave them, with their address."""

    topic: str
    partition: int
    offset: int
    received_at: int  # ms since 1970 UTC
    value: bytes
    headers: Mapping[str, bytes] = {}
    key: bytes | None = None


class Identifier(NamedTuple):
    """A `(kind, value)` seen on an event: cookie, login, phone, e-mail, loyalty card."""

    kind: str
    value: str


class Event(msgspec.Struct, omit_defaults=True):
    """A parsed fact from one source: what happened, when, to whom, before any rule is applied.

    `name` is the source's own word for it (`Order Completed`, `AGENT`); rules turn it into a
    touchpoint. `attributes` are the parsed fields rules may ask about; all values are text.
    `revision` orders several states of one contact: the highest wins.
    """

    event_id: str
    name: str
    occurred_at: int  # ms since 1970 UTC, at the customer
    identifiers: tuple[Identifier, ...] = ()
    attributes: dict[str, str] = msgspec.field(default_factory=dict)
    outcome: str = ""
    value: Decimal | None = None
    currency: str = ""
    duration_s: float | None = None
    wait_s: float | None = None
    metric: Metric = ""
    score: float | None = None
    comment: str = ""
    revision: int = 0
    drop_reason: str = ""
