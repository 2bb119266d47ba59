"""Survey answers as a plain table: what any survey tool can be made to export.

CSV with the columns response_id, answered_at (ISO 8601; without an offset in the mapping's time
zone), metric (csat 1 to 5, nps 0 to 10, ces 1 to 7), score, comment, kind, value, in this order;
kind and value say who answered (`email`, `ana@shop.example`) and may be empty. For other columns
see csv_table.py.

One touchpoint is one row. Event id: `response_id`. Clock: `answered_at`, when they did.
Dropped is a row with neither score nor comment: a survey that was sent and not answered.
"""

from __future__ import annotations

from collections.abc import Sequence

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Identifier, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.payload import MAX_COMMENT, event_id, instant, named_cells, text
from cjm_tracker.sources.survey.scales import metric_named, on_scale

COLUMNS = ("response_id", "answered_at", "metric", "score", "comment", "kind", "value")


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One row is one event."""
    row = named_cells(text(record.value), COLUMNS)
    if bool(row["kind"]) != bool(row["value"]):
        raise InvalidRecord("missing_field", "value: an identifier is a kind and a value")
    event = Event(
        event_id=event_id(row["response_id"], "response_id"),
        name="answer",
        occurred_at=instant(row["answered_at"], "answered_at", options.timezone),
        identifiers=(Identifier(row["kind"], row["value"]),) if row["value"] else (),
        comment=row["comment"][:MAX_COMMENT],
    )
    if row["score"]:
        event.name = event.metric = metric_named(row["metric"], "metric")
        event.score = on_scale(event.metric, row["score"])
    event.drop_reason = "" if event.metric or event.comment else "no_answer"
    return [event]


FORMAT = Format(
    name="survey_csv",
    source="survey",
    summary=f"survey answers, CSV: {','.join(COLUMNS)}",
    frames=framing.data_lines(b"response_id,", framing.table_rows()),
    parse=parse,
    event_id="response_id",
    clock="answered_at, when the customer answered",
    identifiers=("customer_number", "user_id", "loyalty_card", "email", "phone"),
    attributes=(),
    gives=("score", "comment"),
    drops=("no_answer",),
    needs_timezone=True,
)
