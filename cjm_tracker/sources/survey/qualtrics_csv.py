"""Survey responses as Qualtrics exports them in CSV, and as Fivetran copies its table of responses.

Everything is as in qualtrics.py, but for this: a record is the table's header line and one row; the
questions' texts and import ids, which stand in the second and third line of Qualtrics' own file,
are left out; times carry no zone (Qualtrics writes them in that of the account, Fivetran in UTC),
so the mapping names it.
Source: Qualtrics' support pages on the response data set; Fivetran's table `survey_response`, to
which a query may add the columns of the answers: nps, csat, ces, comment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import BinaryIO

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Event, Record
from cjm_tracker.sources import Format, FormatOptions, framing
from cjm_tracker.sources.payload import named_cells, text
from cjm_tracker.sources.survey import qualtrics

IDS = ("ResponseId", "Response ID", "id")
_rows = framing.table_rows()


def frames(stream: BinaryIO) -> Iterator[bytes]:
    """Each response under the header line."""
    return framing.headed_rows(_data)(stream)


def _data(stream: BinaryIO) -> Iterator[bytes]:
    rows = _rows(stream)
    top = list(islice(rows, 3))
    return chain(top[:1] if len(top) == 3 and b"ImportId" in top[2] else top, rows)


def parse(record: Record, options: FormatOptions) -> Sequence[Event]:
    """One row is one event."""
    row = named_cells(text(record.value))
    for name in IDS:
        if name in row:
            return [qualtrics.response_event(row[name], row, options)]
    raise InvalidRecord("wrong_layout", "ResponseId: no such column")


FORMAT = Format(
    name="qualtrics_csv",
    source="survey",
    summary="Qualtrics responses, CSV export; also Fivetran's table survey_response",
    frames=frames,
    parse=parse,
    event_id="ResponseId, the same for a partial response and for the finished one",
    clock="EndDate, the respondent's last act",
    identifiers=qualtrics.FORMAT.identifiers,
    attributes=qualtrics.FORMAT.attributes,
    gives=qualtrics.FORMAT.gives,
    drops=qualtrics.FORMAT.drops,
    needs_timezone=True,
)
