"""Website events: page views, product views, carts, orders."""

from __future__ import annotations

from streams.processor import Processor


class Website(Processor):
    """Reads the topic `PREFIX.raw.website`."""

    source = "website"
