"""The payloads of formats, as their own models state them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import msgspec
from pydantic import BaseModel

from cjm_tracker.events import Event
from cjm_tracker.sources import Format
from cjm_tracker.sources.decoder import Decoder

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def payload_schemas(known: Mapping[str, Format]) -> dict[str, Schema]:
    """The JSON Schema of each format that is read by one model, by its name.

    It holds the fields that are read; all others are allowed. Formats of text, XML or several
    shapes have none.
    """
    return {
        name: of_model(model, f"payload:{name}")
        for name, format_ in known.items()
        if (model := model_of(format_))
    }


def model_of(format_: Format) -> type[BaseModel] | None:
    """What the format's module decodes a record into, where that is one model."""
    module = sys.modules[format_.parse.__module__]
    models = [one.model for one in vars(module).values() if isinstance(one, Decoder)]
    return models[0] if len(models) == 1 else None


def of_model(model: type[BaseModel], name: str) -> Schema:
    """The JSON Schema of a model, under a name of ours."""
    return {**_named(name), **model.model_json_schema()}


def event_schema() -> Schema:
    """What every format's `parse` gives: the event before any rule is applied."""
    return {**_named("event"), **msgspec.json.schema(Event)}


def _named(name: str) -> Schema:
    return {"$schema": DRAFT, "$id": f"urn:cjm-tracker:{name}"}
