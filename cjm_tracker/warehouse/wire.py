"""Answers as the drivers of Go and Java ask for them over HTTP.

The embedded engine writes its format Native as for a client that names no protocol version, and
never compresses. A server does more: it heeds `client_protocol_version`, and puts an answer into
its own compressed frames at `compress=1`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import lz4.block
from clickhouse_cityhash.cityhash import CityHash128
from clickhouse_connect.datatypes.base import ClickHouseType
from clickhouse_connect.datatypes.container import Array, Map, Tuple
from clickhouse_connect.datatypes.registry import get_from_name
from clickhouse_connect.datatypes.special import SimpleAggregateFunction
from clickhouse_connect.datatypes.string import String

from cjm_tracker.warehouse.admission import not_implemented

# Of ClickHouse's src/Core/ProtocolDefines.h: from here on a column says whether it is written in
# another way than its type's. Older clients read what the engine writes.
CUSTOM_SERIALIZATION = 54454
# Field 1: not of the rows that overflowed; field 2: of no bucket; 0: no more fields.
BLOCK_INFO = b"\x01\x00\x02\xff\xff\xff\xff\x00"
AS_ITS_TYPE = b"\x00"

LZ4 = 0x82
FRAME = struct.Struct("<BII")  # the method, the size with this header, the size of what is in it
FRAME_BYTES = 1 << 20

COUNT = struct.Struct("<Q")
INDEX_BYTES = (1, 2, 4, 8)  # of a LowCardinality, by the lowest byte of its flags


def native(body: bytes, revision: int) -> bytes:
    """`body`, in the format Native, as for a client of that protocol version.

    Raises Refused where a column has a type whose end cannot be told (JSON, Variant, states).
    """
    return b"".join(_blocks(body)) if revision >= CUSTOM_SERIALIZATION else body


def compressed(body: bytes) -> bytes:
    """`body` in ClickHouse's frames: checksum, header, LZ4."""
    return b"".join(
        _frame(body[start : start + FRAME_BYTES]) for start in range(0, len(body), FRAME_BYTES)
    )


def _frame(piece: bytes) -> bytes:
    packed: bytes = lz4.block.compress(piece, store_size=False)
    framed = FRAME.pack(LZ4, FRAME.size + len(packed), len(piece)) + packed
    first, second = divmod(int(CityHash128(framed)), 1 << 64)
    return COUNT.pack(first) + COUNT.pack(second) + framed


def _blocks(body: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(body):
        start = at
        columns, at = _number(body, at)
        rows, at = _number(body, at)
        yield BLOCK_INFO
        yield body[start:at]
        for _ in range(columns):
            start = at
            _, at = _text(body, at)
            kind, at = _text(body, at)
            yield body[start:at]
            yield AS_ITS_TYPE
            start = at
            if rows:
                column = get_from_name(kind)
                at = _past(body, _past_prefix(at, column), column, rows)
            yield body[start:at]


def _number(body: bytes, at: int) -> tuple[int, int]:
    """A LEB128, and where it ends."""
    value = shift = 0
    while (byte := body[at]) & 0x80:
        value |= (byte & 0x7F) << shift
        shift += 7
        at += 1
    return value | byte << shift, at + 1


def _text(body: bytes, at: int) -> tuple[str, int]:
    size, at = _number(body, at)
    return body[at : at + size].decode(), at + size


def _past_prefix(at: int, kind: ClickHouseType) -> int:
    """Past what is written once, before a column's values: the version of each dictionary."""
    for part in _parts(kind):
        at = _past_prefix(at, part)
    return at + COUNT.size * kind.low_card


def _parts(kind: ClickHouseType) -> tuple[ClickHouseType, ...]:
    if isinstance(kind, (Array, SimpleAggregateFunction)):
        return (kind.element_type,)
    if isinstance(kind, Map):
        return kind.key_type, kind.value_type
    if isinstance(kind, Tuple):
        return tuple(kind.element_types)
    return ()


def _past(body: bytes, at: int, kind: ClickHouseType, rows: int) -> int:
    """Where the values of a column end."""
    if not rows:
        return at
    if kind.low_card:
        flags, keys = COUNT.unpack_from(body, at)[0], COUNT.unpack_from(body, at + COUNT.size)[0]
        at = _past_values(body, at + 2 * COUNT.size, kind, keys)
        return at + COUNT.size + rows * INDEX_BYTES[flags & 0xFF]
    return _past_values(body, at + rows * kind.nullable, kind, rows)


def _past_values(body: bytes, at: int, kind: ClickHouseType, rows: int) -> int:
    if isinstance(kind, String):
        for _ in range(rows):
            size = body[at]
            if size & 0x80:
                size, at = _number(body, at)
                at += size
            else:
                at += size + 1
        return at
    if isinstance(kind, (Array, Map)):
        rows, at = COUNT.unpack_from(body, at + (rows - 1) * COUNT.size)[0], at + rows * COUNT.size
    if parts := _parts(kind):
        for part in parts:
            at = _past(body, at, part, rows)
        return at
    if not kind.byte_size:
        text = f"{kind.name} in the format Native of this protocol version: ask for another format"
        raise not_implemented(text)
    return at + rows * kind.byte_size
