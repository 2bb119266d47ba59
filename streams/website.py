"""Website events: page views, product views, carts, orders."""

from __future__ import annotations

from streams.app import app
from streams.processor import Processor


@app.service
class Website(Processor):
    """Reads the topic `PREFIX.raw.website`."""

    source = "website"
