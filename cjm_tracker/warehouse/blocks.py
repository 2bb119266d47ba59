"""Columns as Arrow arrays: what a batch of facts travels in.

An array is made in one call over a whole column, without an object a value, and ClickHouse takes
it as it is. Every function here takes the column's values, row by row, and raises `RowsRejected`
where one does not fit its column's type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from itertools import chain
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cjm_tracker.errors import RowsRejected

Array: TypeAlias = Any  # pyarrow.Array: the library has no types
Block: TypeAlias = Any  # pyarrow.Table
Column = Callable[[Sequence[Any]], Array]
Integers: TypeAlias = Sequence[int] | NDArray[np.integer[Any]]

MONEY = pa.decimal128(18, 4)
TIME = pa.timestamp("ms", "UTC")


@contextmanager
def fitting(table: str) -> Iterator[None]:
    """A value that does not fit its column, as our error: without the value."""
    try:
        yield
    except (ValueError, TypeError, OverflowError) as error:
        raise RowsRejected(f"{table}: a value does not fit its column ({type(error).__name__})") \
            from error  # fmt: skip


def text(values: Sequence[str]) -> Array:
    """`String`."""
    return pa.array(values, pa.string())


def data(values: Sequence[bytes | None]) -> Array:
    """`String` or `Nullable(String)`, of bytes as they are."""
    return pa.array(values, pa.binary())


def word(values: Sequence[str]) -> Array:
    """`LowCardinality(String)`: each word once."""
    return pa.array(values, pa.string()).dictionary_encode()


def same(value: str, rows: int) -> Array:
    """`LowCardinality(String)`, one word in every row."""
    codes = pa.array(np.zeros(rows, np.int32))
    return pa.DictionaryArray.from_arrays(codes, pa.array([value], pa.string()))


def unsigned(values: Integers) -> Array:
    """`UInt64`."""
    return pa.array(values, pa.uint64())


def signed(values: Sequence[int]) -> Array:
    """`Int64`, and what is narrower."""
    return pa.array(values, pa.int64())


def time(values: Integers) -> Array:
    """`DateTime64(3)`, from ms since 1970."""
    return pa.array(values, TIME)


def real(values: Sequence[float | None]) -> Array:
    """`Nullable(Float64)`."""
    return pa.array(values, pa.float64())


def money(values: Sequence[Decimal | None]) -> Array:
    """`Nullable(Decimal(18, 4))`."""
    return pa.array(values, MONEY)


def numbers(values: Sequence[Integers]) -> Array:
    """`Array(UInt64)`."""
    return pa.ListArray.from_arrays(
        _offsets(values), pa.array(list(chain.from_iterable(values)), pa.uint64())
    )


def dictionary(values: Sequence[Mapping[str, Any]], items: Column = text) -> Array:
    """`Map(String, String)`, its keys of low cardinality."""
    keys = pa.array(list(chain.from_iterable(values)), pa.string()).dictionary_encode()
    items_ = items(list(chain.from_iterable([row.values() for row in values])))
    return pa.MapArray.from_arrays(_offsets(values), keys, items_)


def evidence(values: Sequence[tuple[int, str]]) -> Array:
    """`Tuple(DateTime64(3), String)`."""
    return pa.StructArray.from_arrays(
        [time([at for at, _ in values]), text([event_id for _, event_id in values])], ["1", "2"]
    )


def _offsets(values: Sequence[Any]) -> Array:
    offsets = np.zeros(len(values) + 1, np.int32)
    np.cumsum([len(value) for value in values], out=offsets[1:])
    return pa.array(offsets)


def block(columns: Mapping[str, Array]) -> Block:
    """The table of these columns."""
    return pa.Table.from_arrays(list(columns.values()), list(columns))
