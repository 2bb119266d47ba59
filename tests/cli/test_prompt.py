"""The prompt of cjm sql: what is completed, where a statement ends; and cjm sql from a pipe."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cjm_tracker.cli.measure import completed
from cjm_tracker.cli.prompt import Names, completions, statements, typed
from tests.cli.commands import CJM, cjm

NAMES = Names(
    {"journeys": ["path", "path_text", "started_at"], "steps": ["position", "stage"]},
    ["pathOf", "positionUTF8"],
)


@pytest.mark.parametrize(
    ("written", "offered"),
    [
        ("SELECT * FROM j", ["journeys"]),
        ("SELECT * FROM ", ["journeys", "steps"]),
        ("select 1 from steps join jo", ["journeys"]),
        ("SELECT pa", ["path", "path_text", "PARTITION", "pathOf("]),
        ("SELECT po| FROM journeys", ["positionUTF8("]),
        ("SELECT po| FROM steps", ["position", "positionUTF8("]),
        ("SELECT journeys.", ["path", "path_text", "started_at"]),
        ("SELECT j.pa| FROM journeys AS j", ["path", "path_text"]),
        ("SELECT s.| FROM journeys j JOIN steps s", ["position", "stage"]),
        ("SELECT x.pa| FROM journeys", []),
        ("SELECT ", []),
        ("SELECT 1 wher", ["WHERE"]),
    ],
)
def test_names_are_completed_by_where_they_stand(written: str, offered: list[str]) -> None:
    cursor = written.index("|") if "|" in written else len(written)
    assert completions(written.replace("|", ""), cursor, NAMES) == offered


def test_a_semicolon_or_an_empty_line_ends_a_statement() -> None:
    lines = ["SELECT 1", "FROM x;", "", ";", "SELECT 2", "", "SELECT", "3"]
    assert list(statements(iter(lines))) == ["SELECT 1\nFROM x", "SELECT 2", "SELECT\n3"]


def test_typing_ends_with_exit_and_ctrl_c_drops_a_line() -> None:
    answers: Iterator[str | BaseException] = iter(["a;", KeyboardInterrupt(), "b;", "quit;", "c"])

    def ask(_: str) -> str:
        answer = next(answers)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    assert list(typed(ask)) == ["a;", "b;"]


def test_the_shell_completes_measures() -> None:
    assert ("funnel", "Funnel") in completed("fu")
    assert completed("nothing of the kind") == []


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("prompt")
    assert cjm(directory, "migrate", "--warehouse", f"chdb://{directory}/w").returncode == 0
    return directory


def test_statements_may_come_through_a_pipe(place: Path) -> None:
    given = b"SELECT 1 AS one;\nSELECT count() AS two FROM journeys\n"
    done = cjm(place, "sql", "--warehouse", f"chdb://{place}/w", "--format", "csv", stdin=given)
    assert (done.returncode, done.stdout) == (0, "one\n1\ntwo\n0\n")


def test_a_person_is_offered_names_and_may_err(place: Path) -> None:
    """On a real terminal: a tabulator, a mistake, a refused write, and the end."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [CJM, "sql", "--warehouse", f"chdb://{place}/w", "--format", "csv"],
        stdin=theirs, stdout=theirs, stderr=theirs, cwd=place,
        env={**os.environ, "XDG_STATE_HOME": str(place), "TERM": "dumb", "HOME": str(place)},
    )  # fmt: skip
    os.close(theirs)
    said = _until(ours, "cjm> ")  # typed ahead, a tabulator would be echoed only
    lines = b"SELECT count() + 41 AS found FROM journ\t;\nSELECT nothing;\nDROP VIEW steps;\n"
    os.write(ours, lines + b"SELECT count() + 6 AS steps_there FROM steps;\nexit\n")
    said += _until(ours)
    os.close(ours)
    process.wait(60)
    assert process.returncode == 0, said
    assert "\nfound\n41\n" in said and "\nsteps_there\n6\n" in said
    assert "nothing" in said and "readonly" in said
    history = place / "cjm" / "sql_history"
    assert "FROM journeys" in history.read_text() and history.stat().st_mode & 0o077 == 0


def _until(terminal: int, end: str = "") -> str:
    """What comes on a terminal, until that text or until it is closed."""
    said = b""
    try:
        while not (end and end.encode() in said) and (more := os.read(terminal, 4096)):
            said += more
    except OSError:  # closed
        pass
    return said.decode().replace("\r\n", "\n")
