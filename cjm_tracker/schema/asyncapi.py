"""The topics as an AsyncAPI 3.0 document: addresses, messages, headers, ways to log in.

Servers are left open: every installation has its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from cjm_tracker import __version__
from cjm_tracker.broker import Topics
from cjm_tracker.events import FORMAT_HEADER, ORDINAL_HEADER, SOURCES, Source
from cjm_tracker.settings import Settings
from cjm_tracker.sources import Format
from cjm_tracker.sources.defaults import DEFAULT_FORMATS

Document = dict[str, Any]

PREFIX = "prefix"  # of topics; a parameter of each address
SCHEMA_FORMAT = "application/schema+json;version=draft-2020-12"
KAFKA_BINDING = "0.5.0"
JSON = "application/json"
# What CJM_KAFKA_SECURITY_PROTOCOL and CJM_KAFKA_SASL_MECHANISM can say.
SECURITY = {
    "certificate": ("X509", "ssl: a certificate of our own"),
    "plain": ("plain", "sasl_ssl: PLAIN"),
    "scram_sha_256": ("scramSha256", "sasl_ssl: SCRAM-SHA-256"),
    "scram_sha_512": ("scramSha512", "sasl_ssl: SCRAM-SHA-512"),
}


def asyncapi(known: Mapping[str, Format], schemas: Collection[str]) -> Document:
    """The document. `schemas` are the names of those that lie beside it."""
    topics = Topics(f"{{{PREFIX}}}")
    raw = {f"raw_{source}": source for source in SOURCES}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "cjm-tracker",
            "version": __version__,
            "description": "Raw records of every source go in; records that cannot be understood "
            "come out, with the reason. Times are ms since 1970 UTC.",
            "license": {"name": "Apache-2.0"},
        },
        "channels": {
            **{
                name: _channel(
                    topics.raw(source),
                    "Records as their systems sent them, each in the format its header names.",
                    [one.name for one in known.values() if one.source == source],
                )
                for name, source in raw.items()
            },
            "dead_letters": _channel(
                topics.dead_letters, "Records that could not be understood.", ["dead_letter"]
            ),
            "control": _channel(topics.control, "Commands to the workers.", ["command"], 1),
        },
        "operations": {
            **{f"receive_{source}": _operation("receive", name, source)
               for name, source in raw.items()},
            "send_dead_letters": _operation("send", "dead_letters"),
            "receive_control": _operation("receive", "control"),
        },
        "components": {
            "messages": {
                **{name: _record(one, name in schemas) for name, one in known.items()},
                "dead_letter": _message("a record that could not be understood", "dead_letter"),
                "command": _message("a command to the workers", "command"),
            },
            "parameters": {
                PREFIX: {
                    "description": "CJM_TOPIC_PREFIX",
                    "default": Settings.model_fields["topic_prefix"].default,
                }
            },
            "securitySchemes": {
                name: {"type": kind, "description": text}
                for name, (kind, text) in SECURITY.items()
            },
        },
    }  # fmt: skip


def _channel(
    address: str, description: str, messages: Collection[str], partitions: int = 0
) -> Document:
    channel: Document = {
        "address": address,
        "description": description,
        "parameters": {PREFIX: _ref("parameters", PREFIX)},
        "messages": {name: _ref("messages", name) for name in messages},
    }
    if partitions:
        channel["bindings"] = {"kafka": {"partitions": partitions, "bindingVersion": KAFKA_BINDING}}
    return channel


def _operation(action: str, channel: str, source: Source | None = None) -> Document:
    operation: Document = {"action": action, "channel": {"$ref": f"#/channels/{channel}"}}
    if source:
        group = f"{Settings.model_fields['group'].default}-{source}"
        operation["bindings"] = {
            "kafka": {
                "groupId": {"type": "string", "default": group},
                "bindingVersion": KAFKA_BINDING,
            }
        }
    return operation


def _record(one: Format, has_schema: bool) -> Document:
    """A record of one format. Its key is kept, and means nothing to us."""
    headers: Document = {
        "type": "object",
        "properties": {FORMAT_HEADER: {"type": "string", "const": one.name}},
    }
    # The topic's usual format need not be named.
    if DEFAULT_FORMATS[one.source] != one.name:
        headers["required"] = [FORMAT_HEADER]
    if one.repeats:
        headers["properties"][ORDINAL_HEADER] = {
            "type": "string",
            "pattern": "^[0-9]+$",
            "description": "how many equal records came before it in its file",
        }
    return {**_message(one.summary, one.name if has_schema else ""), "headers": headers}


def _message(summary: str, schema: str) -> Document:
    if not schema:
        return {"summary": summary}
    payload = {"schemaFormat": SCHEMA_FORMAT, "schema": {"$ref": f"./{schema}.schema.json"}}
    return {"summary": summary, "contentType": JSON, "payload": payload}


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}
