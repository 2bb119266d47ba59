"""Small writing helpers which the four formats share."""

from __future__ import annotations

import json
from datetime import datetime

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def json_bytes(value: object) -> bytes:
    return _encode(value).encode()


def milliseconds(moment: datetime) -> str:
    """2026-03-01T09:15:02.125Z, as Segment writes it."""
    return f"{moment.isoformat(timespec='milliseconds')[:23]}Z"


def seconds(moment: datetime) -> str:
    """2026-03-01T09:15:02Z, as Amazon Connect and Typeform write it."""
    return f"{moment.isoformat(timespec='seconds')[:19]}Z"
