"""Survey answers: CSAT, NPS, CES and free text."""

from __future__ import annotations

from streams.app import app
from streams.processor import Processor


@app.service
class Survey(Processor):
    """Reads the topic `PREFIX.raw.survey`."""

    source = "survey"
