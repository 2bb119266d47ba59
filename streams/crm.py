"""Who is who, as the CRM knows it: links between identifiers, no touchpoints."""

from __future__ import annotations

from streams.processor import Processor


class Crm(Processor):
    """Reads the topic `PREFIX.raw.crm`."""

    source = "crm"
