"""Every document by the name of its file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cjm_tracker.schema.asyncapi import asyncapi
from cjm_tracker.schema.messages import Command, DeadLetter
from cjm_tracker.schema.payloads import event_schema, of_model, payload_schemas
from cjm_tracker.sources import Format

ENDING = ".schema.json"


def documents(known: Mapping[str, Format]) -> dict[str, dict[str, Any]]:
    """The AsyncAPI document and the JSON Schemas it names, of these formats."""
    payloads = payload_schemas(known)
    schemas = {
        "event": event_schema(),
        "dead_letter": of_model(DeadLetter, "dead_letter"),
        "command": of_model(Command, "command"),
        **payloads,
    }
    return {
        "asyncapi.json": asyncapi(known, payloads),
        **{f"{name}{ENDING}": schema for name, schema in schemas.items()},
    }
