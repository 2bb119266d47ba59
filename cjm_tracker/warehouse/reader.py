"""Reading the embedded warehouse for strangers: one statement, read-only, within limits."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cjm_tracker.errors import ConfigError
from cjm_tracker.warehouse.admission import FORMAT, READONLY, Admission, Refused
from cjm_tracker.warehouse.client import DATABASE

# As a server's reader has them (deploy/clickhouse/users.xml); half the memory, the worker is here.
LIMITS = {
    "max_execution_time": 30,
    "max_result_rows": 1_000_000,
    "max_result_bytes": 256 << 20,
    "max_memory_usage": 2_000_000_000,
    "max_bytes_before_external_group_by": 0,  # nothing is laid out on disk
    "max_bytes_before_external_sort": 0,
}
MODES = {"result_overflow_mode": "throw", "timeout_overflow_mode": "throw", "allow_ddl": "0"}
# What a request may set within them.
SETTABLE = re.compile(r"output_format_\w+|date_time_output_format|session_timezone|max_block_size")
# The driver of Java sends what is for inserts with every statement.
IGNORED = frozenset(("readonly", "async_insert", "wait_for_async_insert"))
# Grafana's data source sends it with every query, more than it needs.
AT_MOST = {"max_execution_time": 120, "max_result_rows": LIMITS["max_result_rows"]}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a statement gave, in the format it asked for."""

    body: bytes
    form: str
    figures: Mapping[str, int]  # as a server's summary names them


class Reader:
    """The warehouse of a directory that this process holds. May be asked by several threads."""

    def __init__(self, directory: Path, database: str = DATABASE) -> None:
        try:
            import chdb
        except ImportError:
            raise ConfigError(
                "the embedded engine is not installed: pip install 'cjm-tracker[demo]'"
            ) from None
        self._connect = chdb.connect
        self._directory, self._database = str(directory), database
        self._opening = threading.Lock()
        self._admission: Admission | None = None
        self.timezone = self.version = ""

    def run(
        self,
        sql: str,
        form: str = "TabSeparated",
        parameters: Mapping[str, str] | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer of one statement. `parameters`: values as the engine writes them in TSV.

        Raises `Refused`: what may not run, and what the engine says of what may.
        """
        bound, given = dict(parameters or {}), settings or {}
        wanted = _within(given)
        handle = self._handle(wanted)
        try:
            for name in given.keys() - wanted.keys() - IGNORED:
                _check_unchanged(handle, name, given[name])
            admission = self._admitting(handle)
            admitted = admission.admitted(sql, bound)
            named = admitted.form or form
            if not FORMAT.fullmatch(named):
                raise Refused(73, "UNKNOWN_FORMAT", f"Unknown format {named}")
            result = handle.query(admitted.sql, named, params=bound)
            return Answer(result.bytes(), named, _figures(result))
        except RuntimeError as error:
            raise _said(error) from None
        finally:
            handle.close()

    def _handle(self, settings: Mapping[str, str]) -> Any:
        """A connection of its own: a setting would outlive the request."""
        with self._opening:
            handle = self._connect(self._directory)
        try:
            handle.query(f"USE {self._database}")
            for name, value in {**LIMITS, **MODES, **settings}.items():
                handle.query(f"SET {name} = {_quoted(str(value))}")
            # Last: from here on no setting changes any more.
            handle.query("SET readonly = 1")
        except RuntimeError as error:
            handle.close()
            raise _said(error) from None
        return handle

    def _admitting(self, handle: Any) -> Admission:
        """By this request's handle; what is known of the engine's functions is read once."""

        def ask(sql: str, bound: Mapping[str, str]) -> list[str]:
            text = handle.query(sql, "TSVRaw", params=dict(bound)).bytes().decode()
            return str(text).rstrip("\n").split("\n") if text else []

        if self._admission is None:
            made = Admission(ask, self._database)
            self.version, self.timezone = ask("SELECT version(), timezone()", {})[0].split("\t")
            self._admission = made
        return self._admission.asking(ask)


def _figures(result: Any) -> dict[str, int]:
    """Of a finished statement; some clients read no row where `result_rows` is 0."""
    return {
        "read_rows": result.storage_rows_read(),
        "read_bytes": result.storage_bytes_read(),
        "result_rows": result.rows_read(),
        "result_bytes": result.bytes_read(),
        "elapsed_ns": int(result.elapsed() * 1e9),
    }


def _within(settings: Mapping[str, str]) -> dict[str, str]:
    """Those settings of a request that it may change."""
    allowed = {}
    for name, value in settings.items():
        if name in AT_MOST:
            if not value.isdecimal():
                raise _locked(name)
            allowed[name] = str(min(int(value) or AT_MOST[name], AT_MOST[name]))
        elif SETTABLE.fullmatch(name):
            allowed[name] = value
    return allowed


def _check_unchanged(handle: Any, name: str, value: str) -> None:
    """As in a server's read-only mode: what it is already, a setting may be set to."""
    question = "SELECT 1 FROM system.settings WHERE name = {name:String} AND value = {value:String}"
    if not handle.query(question, "TSV", params={"name": name, "value": value}).bytes():
        raise _locked(name)


def _locked(name: str) -> Refused:
    text = f"Cannot modify '{name[:60]}' setting in readonly mode"
    return Refused(READONLY, "READONLY", text)


def _said(error: RuntimeError) -> Refused:
    """The engine's own words, its number, and none of its stack."""
    text = str(error).strip()
    found = re.match(r"Code: (\d+)\. DB::Exception: (.*)\. \((\w+)\)$", text, re.DOTALL)
    if found:
        return Refused(int(found[1]), found[3], found[2])
    code = re.search(r"Code: (\d+)", text)
    return Refused(int(code[1]) if code else 1002, "UNKNOWN_EXCEPTION", text[:600])


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
