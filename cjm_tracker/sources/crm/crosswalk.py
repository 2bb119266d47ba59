"""A crosswalk: who is who, as a CRM or a data team exports it. Links only, no touchpoint.

CSV with the columns kind, value, kind, value, known_since (ISO 8601 with offset). Each line says
that its two identifiers are one customer. Event id: a hash of the line's two identifiers.
"""

from __future__ import annotations

from collections.abc import Sequence

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Identifier, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.payload import csv_rows, instant, natural_id

COLUMNS = ("kind", "value", "other_kind", "other_value", "known_since")


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One line is one link."""
    return [_link(row) for row in csv_rows(record.value, len(COLUMNS))]


def _link(row: list[str]) -> Event:
    kind, value, other_kind, other_value, known_since = (field.strip() for field in row)
    if not (kind and value and other_kind and other_value):
        raise InvalidRecord("missing_field", "value: a link needs two identifiers")
    return Event(
        event_id=natural_id([kind, value, other_kind, other_value]),
        name="crosswalk",
        occurred_at=instant(known_since, "known_since"),
        identifiers=(Identifier(kind, value), Identifier(other_kind, other_value)),
        drop_reason="identity_only",
    )


FORMAT = Format(
    name="crosswalk",
    source="crm",
    summary="who is who, CSV: kind,value,other_kind,other_value,known_since; links only",
    frames=framing.data_lines(b"kind,"),
    parse=parse,
    event_id="a hash of the two identifiers",
    clock="known_since",
    identifiers=("customer_number", "loyalty_card", "user_id", "email", "cookie"),
    attributes=(),
    drops=("identity_only",),
)
