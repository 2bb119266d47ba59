"""The seam to ClickHouse: one client, whether the engine is in this process or a server.

The only module that imports clickhouse_connect. Errors of the engine become ours, split by
what the caller must do: try again, or look for the bad rows.
"""

from __future__ import annotations

import logging
import re
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import clickhouse_connect
import numpy as np
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, DataError, ProgrammingError
from numpy.typing import NDArray

from cjm_tracker.errors import (
    ConfigError,
    InputError,
    RowsRejected,
    WarehouseError,
    WarehouseRejected,
    WarehouseUnavailable,
)
from cjm_tracker.warehouse.blocks import Block

DATABASE = "cjm"

Columns = dict[str, Any]  # lists, or numpy arrays
Rows = Columns | Block
# chDB's own marker: a directory with anything else in it is not ours to write into.
CHDB_MARKERS = ("store", "metadata", "uuid", "status")

# Codes after which the same request may succeed: time-outs, lost connections, bodies cut short,
# too many queries or parts, memory or disk exhausted, table read-only. Source: ClickHouse's
# ErrorCodes.cpp.
RETRYABLE = frozenset(
    {3, 32, 33, 159, 202, 209, 210, 236, 241, 242, 243, 252, 285, 319, 394, 439, 999}
)
# Codes that speak of values, not of the request: other rows of the same insert may be good.
OF_ROWS = frozenset({6, 26, 27, 38, 41, 53, 69, 70, 72, 117, 131, 321, 349, 407, 469, 691})
AUTHENTICATION_FAILED = 516

# The driver logs what it then raises, with host, query and values; ours is the one line that
# counts. A handler alone would not do: Faust's own hangs on the root logger.
logging.getLogger("clickhouse_connect").addHandler(logging.NullHandler())
logging.getLogger("clickhouse_connect").propagate = False
# Its warnings of a lost connection show the URL, and with it the bound parameters.
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)

# Inserts that the driver sends again must not count twice, and are on disk when the call returns.
INSERT_SETTINGS = {
    "async_insert": 0,
    "insert_deduplicate": 1,
    "deduplicate_blocks_in_dependent_materialized_views": 1,
    # Merges remove what replaces each other; to look for it in every insert costs half of it.
    "optimize_on_insert": 0,
    # One batch may span many months: a backfill, or a file of years.
    "max_partitions_per_insert_block": 0,
}

# Of INSERT … SELECT the engine would note the rows' hash as a name: see Warehouse.insert.
ALL_IS_NEW = {"insert_deduplicate": 0}


@dataclass(frozen=True, slots=True)
class Address:
    """A warehouse's DSN, taken apart."""

    directory: Path | None
    host: str = ""
    port: int = 8123
    user: str = "default"
    password: str = field(default="", repr=False)
    database: str = DATABASE
    secure: bool = False

    def __str__(self) -> str:
        """As it may be shown: without user and password."""
        if self.directory:
            return f"chdb:///{self.directory}"
        scheme = "clickhouses" if self.secure else "clickhouse"
        return f"{scheme}://{self.host}:{self.port}/{self.database}"


def parse_dsn(dsn: str) -> Address:
    """`chdb:///dir` (relative; four slashes make it absolute) or `clickhouse[s]://…`."""
    try:
        parts = urlsplit(dsn)
        port = parts.port
    except ValueError:
        raise ConfigError("warehouse: not a DSN such as chdb:///dir") from None
    if parts.query or parts.fragment:
        raise ConfigError("warehouse: a DSN takes no ?options; a # in a password is written %23")
    if parts.scheme == "chdb":
        path = parts.netloc + parts.path if parts.netloc else parts.path.removeprefix("/")
        if not path:
            raise ConfigError("warehouse: chdb:/// needs a directory, as in chdb:///cjm-data")
        return Address(directory=Path(path))
    if parts.scheme not in ("clickhouse", "clickhouses") or not parts.hostname:
        raise ConfigError(
            "warehouse: a DSN is chdb:///dir or clickhouse://user:password@host:port/database"
        )
    database = parts.path.strip("/") or DATABASE
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,62}", database):
        raise ConfigError(f"warehouse: '{database}' is no database name")
    secure = parts.scheme == "clickhouses"
    return Address(
        directory=None,
        host=parts.hostname,
        port=port or (8443 if secure else 8123),
        user=unquote(parts.username or "default"),
        password=unquote(parts.password or ""),
        database=database,
        secure=secure,
    )


def connect(dsn: str, *, create: bool = True, timeout_s: float = 600.0) -> Warehouse:
    """Open the warehouse; with `create`, it is made where there is none.

    Without, nothing is written: an account that may only read will do. `timeout_s`: a server that
    says nothing for so long is taken to be away.
    """
    address = parse_dsn(dsn)
    if address.directory and not create and not address.directory.exists():
        raise InputError(
            f"there is no warehouse at {address}: cjm demo makes one, and so does cjm load"
        )
    with _translated(address):
        client = _embedded(address) if address.directory else _server(address, timeout_s)
        try:
            if create:
                client.command(f"CREATE DATABASE IF NOT EXISTS {address.database}")
            client.database = address.database
        except ClickHouseError:
            client.close()
            raise
    return Warehouse(client, address)


def _embedded(address: Address) -> Client:
    directory = address.directory
    assert directory is not None
    if directory.exists() and not directory.is_dir():
        raise ConfigError(f"warehouse: {directory} is a file, a directory is needed")
    if directory.is_dir() and any(directory.iterdir()):
        if not any((directory / marker).exists() for marker in CHDB_MARKERS):
            raise ConfigError(
                f"warehouse: {directory} holds other files; name an empty or new directory"
            )
    try:
        import chdb  # noqa: F401 - an extra: clickhouse_connect's own error would be cryptic
    except ImportError:
        raise ConfigError(
            "warehouse: chdb:/// needs the embedded engine: pip install 'cjm-tracker[demo]'"
        ) from None
    try:
        directory.mkdir(parents=True, exist_ok=True)
        return clickhouse_connect.get_client(interface="chdb", path=str(directory))
    except OSError as error:
        raise ConfigError(f"warehouse: {directory}: {error.strerror}") from None
    except ClickHouseError as error:
        raise WarehouseUnavailable(
            f"warehouse: {directory} cannot be opened: another process holds it, or it was "
            "written by a newer engine. Stop that process (a worker, another cjm) and try again"
        ) from error


def _server(address: Address, timeout_s: float) -> Client:
    return clickhouse_connect.get_client(
        host=address.host,
        port=address.port,
        username=address.user,
        password=address.password,
        secure=address.secure,
        connect_timeout=10,
        send_receive_timeout=timeout_s,
        # Names of our own sessions would serialise parallel inserts.
        autogenerate_session_id=False,
    )


class Warehouse:
    """An open warehouse. Not for several threads at once: the embedded engine has one lock."""

    def __init__(self, client: Client, address: Address) -> None:
        self._client = client
        self.address = address

    @property
    def server_version(self) -> str:
        return str(self._client.server_version)

    def insert(self, table: str, rows: Rows, *, once: str = "") -> None:
        """Insert a block, or columns of equal length, at once.

        Of several inserts that are named `once`, whoever's, the first one counts. Any other has a
        name of its own, for the driver sends again silently what it has no answer to. A name that
        outlived this call would lose rows: the engine notes it before it has them, and one that
        is killed in between takes them for known ever after. What is read again is written again,
        and it is the tables that count it once.
        """
        settings = {**INSERT_SETTINGS, "insert_deduplication_token": once or uuid4().hex}
        if not isinstance(rows, dict):
            if rows.num_rows:
                with _translated(self.address):
                    self._client.insert_arrow(table, rows, settings=settings)
            return
        if not rows or not len(next(iter(rows.values()))):
            return
        with _translated(self.address):
            try:
                self._client.insert(
                    table,
                    list(rows.values()),
                    column_names=list(rows),
                    column_oriented=True,
                    settings=settings,
                )
            except (ValueError, TypeError, OverflowError, struct.error) as error:
                # The driver's own text holds the value.
                detail = f"{table}: a value does not fit its column ({type(error).__name__})"
                raise RowsRejected(detail) from error

    def query(
        self, sql: str, parameters: Mapping[str, Any] | None = None, *, readonly: bool = False
    ) -> Table:
        """Run a SELECT; `readonly` also refuses writing, files and the network, from then on."""
        settings = {"readonly": 1} if readonly else {}
        with _translated(self.address):
            if readonly and self.address.directory:
                # The embedded engine runs several statements at once and would heed the setting
                # in one of them only; a server takes one statement a request.
                self._client.command("SET readonly = 1")
                settings = {}
            result = self._client.query(sql, parameters=dict(parameters or {}), settings=settings)
        return Table(tuple(result.column_names), [tuple(row) for row in result.result_rows])

    def numbers(
        self, sql: str, parameters: Mapping[str, Any], *types: type[np.integer[Any]]
    ) -> tuple[NDArray[Any], ...]:
        """Run a SELECT of integers; its columns as arrays of these types."""
        with _translated(self.address):
            found = self._client.query_np(sql, parameters=dict(parameters))
        if not len(found):
            return tuple(np.zeros(0, kind) for kind in types)
        columns = (
            [found[name] for name in found.dtype.names] if found.dtype.names else list(found.T)
        )
        return tuple(column.astype(kind) for column, kind in zip(columns, types, strict=True))

    def command(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Run a statement that returns nothing."""
        with _translated(self.address):
            self._client.command(sql, parameters=dict(parameters or {}), settings=ALL_IS_NEW)

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> Warehouse:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Table:
    """A query's answer: column names and rows."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def dicts(self) -> list[dict[str, Any]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def one(self) -> dict[str, Any]:
        """The only row."""
        return self.dicts()[0]


@contextmanager
def _translated(address: Address) -> Iterator[None]:
    try:
        yield
    except WarehouseError:
        raise
    except DataError as error:
        raise RowsRejected(_first_line(error)) from error
    except ProgrammingError as error:
        raise WarehouseRejected(_first_line(error)) from error
    except ClickHouseError as error:
        # Not read from the text: a proxy before an absent server says "error code: 502".
        code = getattr(error, "code", None)
        if code == AUTHENTICATION_FAILED:
            raise ConfigError(f"warehouse {address}: user or password is refused") from error
        if code in OF_ROWS:
            raise RowsRejected(_first_line(error)) from error
        if code and code not in RETRYABLE:
            raise WarehouseRejected(_first_line(error)) from error
        raise WarehouseUnavailable(f"warehouse {address}: {_first_line(error)}") from error
    except (OSError, TimeoutError) as error:
        raise WarehouseUnavailable(f"warehouse {address}: {error}") from error


def _first_line(error: Exception) -> str:
    """What the engine said, without its stack and without the query (it may hold values)."""
    said = str(error).splitlines()[0] if str(error) else type(error).__name__
    # Of a failed connection only the innermost cause says anything.
    cause = re.search(r"(\[Errno -?\d+\] [^\")]+|\[SSL: [^(]+|timed out)", said)
    if cause and re.search("HTTPS?Connection", said):
        return cause[1].strip()
    # The URL of a request holds its bound parameters.
    return re.sub(r" with url: \S+", "", said)[:600]
