"""Every error of ours, in one tree, split by what the operator must do.

CjmError
├─ ConfigError             refuse to start; the text names file, line and field
├─ InvalidRecord           to the dead letters; carries a typed reason
├─ InputError              a log file cannot be read; names the file
├─ BrokerError             the broker cannot be reached, or refuses
├─ WarehouseError          our side is ill: do not commit
│  ├─ WarehouseUnavailable   try the same batch again
│  ├─ WarehouseRejected      the request is refused: stop
│  │  └─ RowsRejected          its rows are: find the bad ones
│  └─ MigrationError         stop: the schema is not the one this version knows
├─ WorkerError             the stream worker ended before its work was done
└─ DashboardError          Grafana refused, or cannot be reached
"""

from __future__ import annotations

from typing import Literal

DeadLetterReason = Literal[
    "unknown_format",  # the record names a format this installation does not have
    "too_large",  # longer than the record limit
    "not_utf8",  # the bytes are no UTF-8 text, nor in the encoding that the mapping names
    "not_json",  # no JSON document, or one with NaN, Infinity, or trailing text
    "not_xml",  # no well-formed XML, or XML with a DTD or entities
    "wrong_layout",  # the columns or the outer shape are not this format's
    "missing_field",  # a field without which the event means nothing is absent
    "bad_field",  # a field is there, with a value of the wrong type or range
    "does_not_fit",  # the warehouse refuses a value of the event, by its size or type
    "time_out_of_range",  # the event's time is before 1990 or more than a day ahead
]


class CjmError(Exception):
    """The root: the command line shows its text as one line and exits with `exit_code`."""

    exit_code = 1


class ConfigError(CjmError):
    """A setting, mapping or argument is wrong: nothing was read yet."""

    exit_code = 78  # EX_CONFIG of sysexits.h


class InputError(CjmError):
    """A file the user named cannot be read."""

    exit_code = 66  # EX_NOINPUT


class InvalidRecord(CjmError):
    """A record cannot be understood: it becomes a dead letter, its neighbours do not."""

    def __init__(self, reason: DeadLetterReason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason: DeadLetterReason = reason
        self.detail = detail


class BrokerError(CjmError):
    """The Kafka broker cannot be reached or refused a request."""

    exit_code = 69  # EX_UNAVAILABLE


class WarehouseError(CjmError):
    """ClickHouse did not do what was asked."""

    exit_code = 69


class WarehouseUnavailable(WarehouseError):
    """ClickHouse is away, full or overloaded: the same batch may be sent again."""


class WarehouseRejected(WarehouseError):
    """ClickHouse understood the request and refused it: sending it again will not help."""

    exit_code = 65  # EX_DATAERR


class RowsRejected(WarehouseRejected):
    """A value does not fit its column: some rows of the batch are bad, the others may be good."""


class MigrationError(WarehouseError):
    """The schema found is not one this version can work with."""

    exit_code = 78


class WorkerError(CjmError):
    """The stream worker ended, or stands still, before the work was done."""

    exit_code = 70  # EX_SOFTWARE


class DashboardError(CjmError):
    """Grafana cannot be reached or refused a request."""

    exit_code = 69
