"""Running `cjm` as a person does: a process of its own, in a directory of its own."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import cast

import typer

from cjm_tracker.cli import app
from cjm_tracker.cli.commands import COMMANDS, Commands

CJM = Path(sys.executable).parent / "cjm"

# Each command is forked off a process that has imported all of them and done nothing else: that
# saves the second an import takes, some 200 times.
# This module first: a width of the screen (readline sets one where pytest runs) would hold for all.
for _name in ("COLUMNS", "LINES"):
    os.environ.pop(_name, None)
_FORKS = multiprocessing.get_context("forkserver")
_PLACES = {f"cjm_tracker.cli.{place.partition(':')[0]}" for place, _ in COMMANDS.values()}
_FORKS.set_forkserver_preload([__name__, *sorted(_PLACES)])


def every_command() -> Commands:
    """The whole of `cjm`, imported."""
    group = cast(Commands, typer.main.get_command(app))
    group.load(*COMMANDS)
    return group


def cjm(
    directory: Path, *arguments: str, stdin: bytes = b"", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `cjm` in `directory`; settings of the surrounding shell do not reach it."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("CJM_")}
    with tempfile.TemporaryDirectory() as streams:
        given, out, err = (Path(streams) / name for name in ("in", "out", "err"))
        given.write_bytes(stdin)
        process = _FORKS.Process(
            target=_main,
            args=(directory, arguments, {**bare, "COLUMNS": "100", **environment}, given, out, err),
        )
        process.start()
        process.join(180)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(f"cjm {' '.join(arguments)}")
        return subprocess.CompletedProcess(
            arguments, process.exitcode, out.read_text("utf-8"), err.read_text("utf-8")
        )


def _main(
    directory: Path,
    arguments: tuple[str, ...],
    environment: dict[str, str],
    given: Path,
    out: Path,
    err: Path,
) -> None:
    from cjm_tracker.cli import main

    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environment)
    writing = os.O_WRONLY | os.O_CREAT
    for number, opened in enumerate(
        (os.open(given, os.O_RDONLY), os.open(out, writing), os.open(err, writing))
    ):
        os.dup2(opened, number)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")
    sys.argv = [str(CJM), *arguments]
    main()
