"""What no pair of files can show: the pairs are read with a mapping that names a time zone."""

from __future__ import annotations

from pathlib import Path

import pytest

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Record
from cjm_tracker.sources import FormatOptions, format_named

RECORDS = Path(__file__).parents[1] / "records"


@pytest.mark.parametrize(
    "payload", ["haproxy/behind_a_syslog_prefix.log", "w3c_extended/local_time_of_iis.log"]
)
def test_local_times_without_a_zone_are_refused_and_never_guessed(payload: str) -> None:
    format_ = format_named(payload.partition("/")[0])
    with (RECORDS / payload).open("rb") as stream:
        (line,) = format_.frames(stream)
    with pytest.raises(InvalidRecord, match="^bad_field: time.*: the time has no zone"):
        format_.parse(Record("t", 0, 0, 0, line), FormatOptions())
