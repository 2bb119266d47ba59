"""Survey answers: CSAT, NPS, CES and free text."""

from __future__ import annotations

from streams.processor import Processor


class Survey(Processor):
    """Reads the topic `PREFIX.raw.survey`."""

    source = "survey"
