"""The committed schemas: as generated, true to what travels, and kept to by what comes after."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from jsonschema import Draft202012Validator
from msgspec.structs import asdict

from cjm_tracker.broker import Topics
from cjm_tracker.errors import DeadLetterReason, InvalidRecord
from cjm_tracker.events import FORMAT_HEADER, ORDINAL_HEADER, SOURCES, Record
from cjm_tracker.mapping import load_mapping
from cjm_tracker.pipeline import DeadLetter
from cjm_tracker.resources import DEPLOY
from cjm_tracker.schema import breaks, documents
from cjm_tracker.schema.payloads import model_of
from cjm_tracker.settings import SaslMechanism
from cjm_tracker.sources import FormatOptions, formats
from cjm_tracker.testing import payloads
from streams.delivery import dead_letter
from tests.cli.commands import cjm

SCHEMAS = DEPLOY / "schemas"
RELEASED = Path(__file__).parent / "released"
RECORDS = Path(__file__).parents[1] / "records"
DOCUMENTS = documents(formats())
ASYNCAPI = DOCUMENTS["asyncapi.json"]
WITH_SCHEMA = [name for name, one in formats().items() if model_of(one)]


def schema(name: str) -> dict[str, Any]:
    return DOCUMENTS[f"{name}.schema.json"]


def faults(name: str, document: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(schema(name)).iter_errors(document)]


# --- the files


def test_the_committed_ones_are_as_exported(tmp_path: Path) -> None:
    done = cjm(tmp_path, "schema", "export", "-o", str(SCHEMAS), "--check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_export_writes_what_check_finds_right(tmp_path: Path) -> None:
    absent = cjm(tmp_path, "schema", "export", "--check")
    assert absent.returncode == 1 and "is not there" in absent.stdout
    assert not (tmp_path / "schemas").exists()
    assert cjm(tmp_path, "schema", "export").returncode == 0
    assert {path.name for path in (tmp_path / "schemas").iterdir()} == set(DOCUMENTS)
    (tmp_path / "schemas" / "event.schema.json").write_text("{}")
    (tmp_path / "schemas" / "gone.schema.json").write_text("{}")
    stale = cjm(tmp_path, "schema", "export", "--check")
    assert stale.returncode == 1
    assert "event.schema.json: is not as exported" in stale.stdout
    assert "gone.schema.json: is of no format" in stale.stdout
    (tmp_path / "file").touch()
    refused = cjm(tmp_path, "schema", "export", "-o", "file")
    assert refused.returncode == 66 and len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize("path", sorted(RELEASED.glob("*.json")), ids=lambda path: path.stem)
def test_what_was_released_is_kept_to(path: Path) -> None:
    """A break is no accident: say it in the changelog, and freeze the new schema here."""
    assert breaks(json.loads(path.read_text()), DOCUMENTS[path.name]) == []


def test_every_schema_is_frozen() -> None:
    frozen = {path.name for path in RELEASED.iterdir()}
    assert frozen == set(DOCUMENTS) - {"asyncapi.json"}


# --- the schemas


@pytest.mark.parametrize("name", sorted(set(DOCUMENTS) - {"asyncapi.json"}))
def test_they_are_json_schemas(name: str) -> None:
    Draft202012Validator.check_schema(DOCUMENTS[name])


def frames(name: str) -> Iterator[bytes]:
    for path in payloads(RECORDS / name):
        with path.open("rb") as stream:
            yield from formats()[name].frames(stream)


@pytest.mark.parametrize("name", WITH_SCHEMA)
def test_a_payload_that_is_understood_fits_its_schema(name: str) -> None:
    options = FormatOptions(load_mapping().options(name).timezone)
    understood = 0
    for frame in frames(name):
        try:
            formats()[name].parse(Record("t", 0, 0, 0, frame), options)
        except InvalidRecord:
            continue
        assert faults(name, json.loads(frame)) == [], frame
        understood += 1
    assert understood > 3


def test_a_payload_of_the_wrong_shape_does_not_fit() -> None:
    assert faults("typeform", {"event_type": "form_response"})
    assert faults("ga4", {"event_name": 7, "event_timestamp": 1})
    assert faults("segment", {"type": "guess"})


def test_events_fit_the_events_schema() -> None:
    frame = next(frames("segment"))
    for event in formats()["segment"].parse(Record("t", 0, 0, 0, frame), FormatOptions()):
        assert faults("event", json.loads(msgspec.json.encode(event))) == []
        assert set(asdict(event)) == set(schema("event")["$defs"]["Event"]["properties"])
    assert faults("event", {"event_id": "a", "name": "b"})


@pytest.mark.parametrize("reason", get_args(DeadLetterReason))
@pytest.mark.parametrize("key", [None, b"\xff"])
def test_dead_letters_are_as_the_schema_says(reason: DeadLetterReason, key: bytes | None) -> None:
    record = Record("cjm.raw.store", 2, 7, 1_700_000_000_000, b"<\x00", {"h": b"\xfe"}, key)
    letter = DeadLetter(record, "store", "poslog", reason, "field: problem", 1)
    for carried in (1000, 0):
        sent = json.loads(dead_letter(letter, carried))
        assert faults("dead_letter", sent) == []
        assert set(sent) == set(schema("dead_letter")["properties"])
    assert set(schema("dead_letter")["required"]) == set(sent)


def test_commands() -> None:
    assert faults("command", {"command": "stitch"}) == []
    assert faults("command", {"command": "dance"}) and faults("command", {})


# --- the topics


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def test_every_reference_of_the_document_leads_somewhere() -> None:
    found = set(references(ASYNCAPI))
    assert found
    for reference in found:
        if reference.startswith("#/"):
            target: Any = ASYNCAPI
            for name in reference[2:].split("/"):
                target = target[name]
        else:
            assert reference.removeprefix("./") in DOCUMENTS


def test_every_topic_is_a_channel_with_its_messages() -> None:
    addresses = {
        one["address"].replace("{prefix}", "cjm"): set(one["messages"])
        for one in ASYNCAPI["channels"].values()
    }
    assert addresses == {
        **{Topics().raw(source): {one.name for one in formats().values() if one.source == source}
           for source in SOURCES},
        Topics().dead_letters: {"dead_letter"},
        Topics().control: {"command"},
    }  # fmt: skip
    assert set(addresses) == set(Topics().partitions(3))


def test_what_the_workers_do_is_said_once_for_each_channel() -> None:
    done = {
        one["channel"]["$ref"].rsplit("/", 1)[1]: one["action"]
        for one in ASYNCAPI["operations"].values()
    }
    assert done == {
        name: "send" if name == "dead_letters" else "receive" for name in ASYNCAPI["channels"]
    }


def test_headers_name_the_format_where_the_topic_does_not() -> None:
    messages = ASYNCAPI["components"]["messages"]
    assert messages["segment"]["headers"].get("required") is None
    assert messages["ga4"]["headers"]["required"] == [FORMAT_HEADER]
    assert messages["ga4"]["headers"]["properties"][FORMAT_HEADER]["const"] == "ga4"
    assert ORDINAL_HEADER in messages["apache_combined"]["headers"]["properties"]
    assert ORDINAL_HEADER not in messages["segment"]["headers"]["properties"]


def test_payloads_lie_beside_the_document() -> None:
    messages = ASYNCAPI["components"]["messages"]
    assert {name for name, one in messages.items() if "payload" in one} == {
        *WITH_SCHEMA, "dead_letter", "command"
    }  # fmt: skip
    assert {"segment", "typeform", "amazon_connect"} <= set(WITH_SCHEMA)


def test_ways_to_log_in_are_those_of_the_settings() -> None:
    kinds = {one["type"] for one in ASYNCAPI["components"]["securitySchemes"].values()}
    named = {"PLAIN": "plain", "SCRAM-SHA-256": "scramSha256", "SCRAM-SHA-512": "scramSha512"}
    assert kinds == {"X509", *(named[one] for one in get_args(SaslMechanism))}
    assert "servers" not in ASYNCAPI


ALLOWED = {
    "": {"asyncapi", "id", "info", "servers", "defaultContentType", "channels", "operations",
         "components"},
    "info": {"title", "version", "description", "termsOfService", "contact", "license", "tags",
             "externalDocs"},
    "channel": {"address", "messages", "title", "summary", "description", "servers", "parameters",
                "tags", "externalDocs", "bindings"},
    "operation": {"action", "channel", "title", "summary", "description", "security", "tags",
                  "externalDocs", "bindings", "traits", "messages", "reply"},
    "message": {"headers", "payload", "correlationId", "contentType", "name", "title", "summary",
                "description", "tags", "externalDocs", "bindings", "examples", "traits"},
    "parameter": {"enum", "default", "description", "examples", "location"},
    "components": {"schemas", "servers", "channels", "operations", "messages", "securitySchemes",
                   "serverVariables", "parameters", "correlationIds", "replies", "replyAddresses",
                   "externalDocs", "tags", "operationTraits", "messageTraits", "serverBindings",
                   "channelBindings", "operationBindings", "messageBindings"},
}  # fmt: skip


def test_the_document_has_the_fields_of_asyncapi_3_only() -> None:
    """By the specification's tables of fixed fields, for want of its meta-schema on PyPI."""
    parts = ASYNCAPI["components"]
    assert ASYNCAPI["asyncapi"] == "3.0.0" and {"title", "version"} <= set(ASYNCAPI["info"])
    for kind, objects in (
        ("", [ASYNCAPI]),
        ("info", [ASYNCAPI["info"]]),
        ("channel", ASYNCAPI["channels"].values()),
        ("operation", ASYNCAPI["operations"].values()),
        ("components", [parts]),
        ("message", parts["messages"].values()),
        ("parameter", parts["parameters"].values()),
    ):
        for one in objects:
            assert set(one) <= ALLOWED[kind], one
    for one in ASYNCAPI["operations"].values():
        assert one["action"] in ("send", "receive") and set(one["channel"]) == {"$ref"}
