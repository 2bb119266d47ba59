"""Call-centre contacts: calls and chats, answered or abandoned."""

from __future__ import annotations

from streams.processor import Processor


class CallCentre(Processor):
    """Reads the topic `PREFIX.raw.call_centre`."""

    source = "call_centre"
