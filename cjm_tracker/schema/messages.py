"""What we ourselves put on topics, or are told by them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from cjm_tracker.errors import DeadLetterReason
from cjm_tracker.events import Source


class DeadLetter(BaseModel):
    """A record that could not be understood, with its address and the reason."""

    reason: DeadLetterReason = Field(description="what is wrong, as a word")
    detail: str = Field(description="field and problem; never a value")
    source: Source
    format: str = Field(description="format it was read as")
    topic: str = Field(description="address of the record: topic")
    partition: int = Field(description="address of the record: partition")
    offset: int = Field(description="address of the record: offset")
    received_at: int = Field(description="when the broker had it, ms since 1970 UTC")
    headers: dict[str, str] = Field(description="its headers by name, each in base64")
    key: str | None = Field(description="its key in base64; null when it had none")
    value: str = Field(description="its bytes in base64, 600 KiB of them at most")
    size: int = Field(ge=0, description="length of the record in bytes, whatever is carried here")


class Command(BaseModel):
    """A command to the workers."""

    command: Literal["stitch"] = Field(description="stitch: take in at once what was stored")
