"""Answers in ClickHouse's own protocol, read back by a driver that has its own reader of it.

The drivers of Go and Java themselves ask in tests/drivers.
"""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import chdb
import pytest
from clickhouse_driver.bufferedreader import BufferedSocketReader
from clickhouse_driver.streams.compressed import CompressedBlockInputStream
from clickhouse_driver.streams.native import BlockInputStream

from cjm_tracker.warehouse.admission import Refused
from cjm_tracker.warehouse.wire import CUSTOM_SERIALIZATION, FRAME_BYTES, compressed, native

# A column of every kind that a view or a measure has, and of those that a reader may make.
COLUMNS = (
    "number", "toString(number)", "repeat('я', number % 90)", "now64(3, 'UTC') + number",
    "[number, 1]", "(number, 'x')", "map('a', toString(number))", "number % 2 = 0 ? NULL : 'q'",
    "toLowCardinality(toString(number % 10))", "toLowCardinality(toNullable(toString(number)))",
    "[toLowCardinality('u')]", "map('a', [toLowCardinality('v')])", "[[], [1]]", "[NULL]",
    "NULL", "emptyArrayString()", "toDecimal64(1.5, 4)", "toDecimal128(-1.5, 4)", "true",
    "toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0')", "toDate('2020-01-01')", "now('UTC')",
    "toNullable(toDate32('2020-01-01'))", "toIPv4('1.2.3.4')", "toIPv6('::1')",
    "toFixedString('ab', 4)", "[('a', 1), ('b', 2)]", "CAST('a' AS Enum8('a' = 1))",
    "toInt128(-5)", "1.5", "toFloat32(0.5)", "tuple(1)", "(NULL, toLowCardinality('w'))",
    "CAST(number AS SimpleAggregateFunction(sum, UInt64))", "toIntervalDay(3)",
)  # fmt: skip


class Socket:
    """What the other driver reads from."""

    def __init__(self, body: bytes) -> None:
        self._body = io.BytesIO(body)

    def recv_into(self, buffer: bytearray) -> int:
        return self._body.readinto(buffer)


def read(stream: type[BlockInputStream], body: bytes, rows: int) -> list[tuple[Any, ...]]:
    """All rows, block by block until there are so many."""
    settings = {"strings_as_bytes": False, "use_numpy": False, "server_side_params": False}
    context = SimpleNamespace(
        server_info=SimpleNamespace(used_revision=CUSTOM_SERIALIZATION, get_timezone=lambda: "UTC"),
        client_settings={**settings, "namedtuple_as_json": False, "strings_encoding": "utf-8"},
        settings={},
    )
    source = stream(BufferedSocketReader(Socket(body), 1 << 16), context)
    found: list[tuple[Any, ...]] = []
    while len(found) < rows:
        found += source.read().get_rows()
    return found


def asked(sql: str) -> bytes:
    return bytes(chdb.query(sql, "Native").bytes())


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_ends_where_its_reader_ends(column: str) -> None:
    """Several blocks, and a column after it, which a wrong end would garble."""
    sql = f"SELECT {column} AS one, number AS after FROM numbers(100) SETTINGS max_block_size = 33"
    rows = read(BlockInputStream, native(asked(sql), CUSTOM_SERIALIZATION), 100)
    assert [row[1] for row in rows] == list(range(100))


def test_values_stay_what_they_are() -> None:
    sql = "SELECT repeat('я', number) AS a, [toString(number), NULL] AS b FROM numbers(300)"
    rows = read(BlockInputStream, native(asked(sql), CUSTOM_SERIALIZATION), 300)
    assert rows == [("я" * number, [str(number), None]) for number in range(300)]


def test_older_clients_get_it_as_the_engine_writes_it() -> None:
    body = asked("SELECT 1")
    assert native(body, CUSTOM_SERIALIZATION - 1) == native(body, 0) == body


def test_nothing_stays_nothing() -> None:
    nothing = asked("SELECT number FROM numbers(3) WHERE number > 5")
    assert native(nothing, CUSTOM_SERIALIZATION) == compressed(nothing) == nothing == b""


@pytest.mark.parametrize(
    "column", ["quantileState(number)", "any(number)::Dynamic", "any('{}')::JSON"]
)
def test_what_has_no_known_end_is_refused(column: str) -> None:
    with pytest.raises(Refused, match="ask for another format"):
        native(asked(f"SELECT {column} FROM numbers(3)"), CUSTOM_SERIALIZATION)


@pytest.mark.parametrize("rows", [1, 3 * FRAME_BYTES // 8])
def test_frames_carry_their_checksum(rows: int) -> None:
    body = compressed(native(asked(f"SELECT number FROM numbers({rows})"), CUSTOM_SERIALIZATION))
    assert read(CompressedBlockInputStream, body, rows)[-1] == (rows - 1,)
