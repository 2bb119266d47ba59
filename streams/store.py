"""Store transactions: sales, returns, invoices."""

from __future__ import annotations

from streams.processor import Processor


class Store(Processor):
    """Reads the topic `PREFIX.raw.store`."""

    source = "store"
