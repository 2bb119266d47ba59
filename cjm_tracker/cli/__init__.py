"""`cjm`: the command line. Each command gathers its options and calls one function below it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cjm_tracker import __version__
from cjm_tracker.cli import (
    admin,
    dead_letters,
    demo,
    dictionary,
    doctor,
    drift,
    fix,
    formats,
    grafana,
    guess,
    identity,
    journey,
    journey_map,
    lag,
    ledger,
    load,
    mapping,
    measure,
    rebuild,
    replay,
    schema,
    send,
    sensitivity,
    sql,
    up,
    validate,
)
from cjm_tracker.errors import CjmError

app = typer.Typer(
    name="cjm",
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


app.command("demo")(demo.demo)
app.command("demo-logs")(demo.demo_logs)
app.command("guess")(guess.guess)
app.command("validate")(validate.validate)
app.command("load")(load.load)
app.command("up")(up.up)
app.command("send")(send.send_)
app.command("sql")(sql.sql)
app.command("journey")(journey.journey)
app.command("measure")(measure.measure)
app.command("sensitivity")(sensitivity.sensitivity)
app.command("dictionary")(dictionary.print_dictionary)
app.command("map")(journey_map.journey_map)
app.command("drift")(drift.drift_of_map)
app.command("formats")(formats.formats)
app.command("new-format")(formats.new_format)
app.command("migrate")(admin.migrate)
app.command("stitch")(admin.stitch)
app.command("rebuild")(rebuild.rebuild)
app.command("replay")(replay.replay)
app.command("lag")(lag.lag)
app.command("doctor")(doctor.doctor)
app.add_typer(admin.topics_app, name="topics")
app.add_typer(ledger.app, name="ledger")
app.add_typer(dead_letters.app, name="dlq")
app.add_typer(mapping.app, name="mapping")
app.add_typer(identity.app, name="identity")
app.add_typer(fix.app, name="fix")
app.add_typer(grafana.app, name="grafana")
app.add_typer(schema.app, name="schema")


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
