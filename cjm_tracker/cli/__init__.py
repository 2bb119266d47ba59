"""`cjm`: the command line. Each command gathers its options and calls one function below it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cjm_tracker import __version__
from cjm_tracker.cli.commands import Commands
from cjm_tracker.errors import CjmError

app = typer.Typer(
    name="cjm",
    cls=Commands,
    help="Customer journeys from real touchpoint logs: Kafka, Faust, ClickHouse, Grafana.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"cjm-tracker {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Customer journeys from real touchpoint logs: Kafka, Faust, ClickHouse, Grafana.

    Every setting can also come from the environment, as CJM_WAREHOUSE, CJM_BROKER, CJM_MAPPING.
    """


def main() -> None:
    """Run; an error of ours is one clear text and an exit status, never a traceback."""
    try:
        app()
    except CjmError as error:
        for line in str(error).splitlines():
            print(f"cjm: {line}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("cjm: interrupted", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # The reader of a pipe has seen enough (`cjm sql … | head`).
        sys.stderr.close()
        sys.exit(0)
