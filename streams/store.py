"""Store transactions: sales, returns, invoices."""

from __future__ import annotations

from streams.app import app
from streams.processor import Processor


@app.service
class Store(Processor):
    """Reads the topic `PREFIX.raw.store`."""

    source = "store"
