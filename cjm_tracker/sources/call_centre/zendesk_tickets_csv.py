"""Tickets and users of Zendesk Support as Fivetran keeps them: an export of its tables, CSV.

Source: the schema of Fivetran's Zendesk Support connector. One touchpoint is one ticket, as in
`zendesk_tickets`, with the same event id, clock and revision; a ticket that came by both ways is
one. The table has neither ratings nor tags: those are tables of their own. The table `user` says
who is who. A record is the header line and one row.
"""

from __future__ import annotations

from collections.abc import Sequence

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Record
from cjm_tracker.sources import Format, FormatOptions, fivetran
from cjm_tracker.sources.call_centre import zendesk_tickets
from cjm_tracker.sources.call_centre.zendesk_tickets import Ticket, User
from cjm_tracker.sources.payload import checked

# By which columns the tables are known.
TICKET = {"id", "created_at", "requester_id", "via_channel"}
USER = {"id", "created_at", "email", "role"}


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One row is one ticket or one user."""
    columns, cells = fivetran.row(record.value)
    if columns >= USER:
        return [zendesk_tickets.user_of(checked(User, {**cells}))]
    if columns >= TICKET:
        source = {"from": {"address": cells.get("via_source_from_address")}}
        via = {"channel": cells.get("via_channel"), "source": source}
        return [zendesk_tickets.event_of(checked(Ticket, {**cells, "via": via}))]
    raise InvalidRecord("wrong_layout", "the columns of neither tickets nor users")


FORMAT = Format(
    name="zendesk_tickets_csv",
    source="call_centre",
    summary="Zendesk Support tickets and users, exports of Fivetran's tables, CSV with a header",
    frames=fivetran.frames,
    parse=parse,
    event_id="kind and id, as in zendesk_tickets",
    clock="created_at: when the customer turned to us",
    identifiers=("customer_number", "user_id", "email", "phone"),
    attributes=("via", "status", "priority", "queue", "ticket_id"),
    gives=("outcome", "comment", "revision"),
    drops=("withdrawn", "identity_only", "not_a_contact"),
)
