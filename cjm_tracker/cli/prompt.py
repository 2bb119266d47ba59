"""The prompt of `cjm sql`: statements line by line, with names completed by the tabulator.

By readline of the standard library; where there is none (Windows), without completion and history.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

try:
    import readline
except ImportError:  # pragma: no cover
    readline = None  # type: ignore[assignment]

WORDS = (
    "SELECT DISTINCT FROM WHERE GROUP ORDER BY HAVING LIMIT JOIN LEFT INNER ON AS AND OR NOT IN "
    "LIKE BETWEEN IS NULL UNION ALL WITH CASE WHEN THEN ELSE END DESC OVER PARTITION FORMAT ARRAY"
).split()
AFTER_FROM = re.compile(r"\b(from|join)\s+\w*$", re.IGNORECASE)
OF_VIEW = re.compile(r"\b(\w+)\.\w*$")
NAMED = re.compile(r"\b(?:from|join)\s+(\w+)(?:\s+(?:as\s+)?(\w+))?", re.IGNORECASE)
KEPT_LINES = 1_000


class Names(NamedTuple):
    """What there is to name."""

    views: dict[str, list[str]]  # columns by view
    functions: list[str] = []


def completions(statement: str, cursor: int, names: Names) -> list[str]:
    """What the word before the cursor may become, the likeliest first.

    After FROM a view, after `view.` or `alias.` one of its columns; else columns of the views that
    the statement names (of all, while it names none), then words of SQL, then functions.
    """
    before = statement[:cursor]
    found = re.search(r"\w*$", before)
    begun = found[0] if found else ""
    named: dict[str, str] = {
        alias: view
        for view, given in NAMED.findall(statement)
        if view in names.views
        for alias in (view, given or view)
    }
    if AFTER_FROM.search(before):
        return _beginning(begun, names.views)
    if view := OF_VIEW.search(before):
        return _beginning(begun, names.views.get(named.get(view[1], view[1]), []))
    columns = (
        column
        for view in dict.fromkeys(named.values() or names.views)
        for column in names.views[view]
    )
    calls = (f"{name}(" for name in names.functions)
    return _beginning(begun, dict.fromkeys([*columns, *WORDS, *calls])) if begun else []


def _beginning(begun: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word.lower().startswith(begun.lower())]


def statements(lines: Iterator[str]) -> Iterator[str]:
    """Lines joined into statements: a semicolon or an empty line ends one."""
    held: list[str] = []
    for line in lines:
        held.append(line)
        if line.rstrip().endswith(";") or not line.strip():
            if statement := "\n".join(held).strip().rstrip(";").strip():
                yield statement
            held.clear()
    if statement := "\n".join(held).strip():
        yield statement


def typed(ask: Callable[[str], str] = input) -> Iterator[str]:
    """Lines as they are typed, until the end of input or `exit`; Ctrl-C drops a line."""
    while True:
        try:
            line = ask("cjm> ")
        except EOFError:
            return
        except KeyboardInterrupt:
            print()
            continue
        if line.strip().rstrip(";").lower() in ("exit", "quit", r"\q"):
            return
        yield line


def history_file() -> Path:
    """Where a person's statements are kept; for their eyes only."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "cjm" / "sql_history"


@contextmanager
def completing(names: Names, history: Path) -> Iterator[None]:
    """Completion and history while the block runs; a history that cannot be kept is left out."""
    if readline is None:  # pragma: no cover
        yield
        return
    found: list[str] = []

    def complete(_: str, state: int) -> str | None:
        if state == 0:
            found[:] = completions(readline.get_line_buffer(), readline.get_endidx(), names)
        return found[state] if state < len(found) else None

    readline.set_completer(complete)
    readline.set_completer_delims(" \t\n,()=<>+-*/.;'\"`[]{}")
    is_libedit = "libedit" in (readline.__doc__ or "")
    readline.parse_and_bind("bind ^I rl_complete" if is_libedit else "tab: complete")
    try:
        history.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        history.touch(mode=0o600)
        readline.read_history_file(history)
    except OSError:
        pass
    try:
        yield
    finally:
        readline.set_history_length(KEPT_LINES)
        readline.set_completer(None)
        try:
            readline.write_history_file(history)
        except OSError:
            pass
