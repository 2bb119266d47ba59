"""`cjm --help` lists the commands without importing one."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest
import typer

from cjm_tracker.cli.commands import COMMANDS, implementation
from tests.cli.commands import every_command


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_listed_with_its_own_first_line(name: str) -> None:
    found, (_, line) = implementation(name), COMMANDS[name]
    if isinstance(found, typer.Typer):
        assert found.info.help == line
    else:
        assert inspect.cleandoc(found.__doc__).partition("\n\n")[0].replace("\n", " ") == line
    command = every_command().commands[name]
    assert command.name == name and command.get_short_help_str(200) == line


def test_help_needs_neither_engine_nor_broker() -> None:
    asked = (
        "import sys; sys.argv = ['cjm', '--help']\n"
        "from cjm_tracker.cli import main\n"
        "try: main()\n"
        "except SystemExit: print('imported', *sorted(sys.modules))"
    )
    said = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    ).stdout
    imported = set(said.rpartition("imported")[2].split())
    assert "typer" in imported
    assert not imported & {"chdb", "clickhouse_connect", "numpy", "kafka", "pydantic", "faust"}
    assert all(name in said for name in COMMANDS)
