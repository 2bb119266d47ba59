"""The commands by name, each imported when it is called: all of them together take seconds."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

import typer

# (typer brings its own copy of click: there is no public name for the two)
from typer.core import TyperGroup

# name → where it is: "module:function" or "module:app" of this package, and its first line of help
COMMANDS: Final = {
    "demo": (
        "demo:demo",
        "Try it: sample logs through a broker and a worker to journeys and a map, in two minutes.",
    ),
    "demo-logs": (
        "demo:demo_logs",
        "Write the demo's sample logs only: Segment, Amazon Connect, POSLog and Typeform files.",
    ),
    "guess": (
        "guess:guess",
        "Say which format a log is in, and propose a mapping for what is in it.",
    ),
    "validate": (
        "validate:validate",
        "Say what would become of a log's records, and store nothing.",
    ),
    "load": ("load:load", "Load log files. Loading the same file again changes nothing."),
    "up": (
        "up:up",
        "Run everything on this machine until Ctrl-C: broker, worker, SQL, a live page.",
    ),
    "send": (
        "send:send_",
        "Post records to the broker of cjm up, or to your Kafka, and say where they went.",
    ),
    "sql": (
        "sql:sql",
        "Query the warehouse: journeys, steps, touchpoints, customers, stage_funnel, …",
    ),
    "journey": (
        "journey:journey",
        "Print one customer's path across all sources, journey by journey.",
    ),
    "measure": (
        "measure:measure",
        "Funnel, paths, times, attribution and more, all from the same journeys.",
    ),
    "sensitivity": (
        "sensitivity:sensitivity",
        "A funnel under strict, default and loose identity, as a band.",
    ),
    "dictionary": (
        "dictionary:print_dictionary",
        "Every view, column and measure and what it means, as a data dictionary in Markdown.",
    ),
    "map": (
        "journey_map:journey_map",
        "Draw the journey map: a page that needs no network, a picture, paper or a table.",
    ),
    "drift": (
        "drift:drift_of_map",
        "How far a drawn map is from the log: what it leaves out, adds, and feels otherwise.",
    ),
    "formats": (
        "formats:formats",
        "List the wire formats that can be read, or tell all of one: cjm formats segment.",
    ),
    "new-format": (
        "formats:new_format",
        "Write the skeleton of a new format, with a payload, its expected row and a test that"
        " passes.",
    ),
    "migrate": (
        "admin:migrate",
        "Bring the warehouse's schema to this version. Running it twice changes nothing.",
    ),
    "stitch": (
        "admin:stitch",
        "Turn what was stored since the last time into journeys. Workers do this by themselves.",
    ),
    "rebuild": (
        "rebuild:rebuild",
        "Apply the mapping to all that is stored: rules, stages, identity rules, journeys.",
    ),
    "replay": (
        "replay:replay",
        "Read a range of a topic again and store it with the mapping in force.",
    ),
    "lag": (
        "lag:lag",
        "Show how many records of each partition wait to be read, and how long.",
    ),
    "doctor": (
        "doctor:doctor",
        "Look at the whole installation: what is well, what is not, and what to type.",
    ),
    "topics": ("admin:topics_app", "The Kafka topics."),
    "ledger": ("ledger:app", "The ledger of what was read."),
    "dlq": ("dead_letters:app", "Dead letters: look at them, send them again."),
    "mapping": ("mapping:app", "Write rules, test them, and see what they would do."),
    "identity": (
        "identity:app",
        "Who is who and why; what people decide about it, and take back.",
    ),
    "fix": ("fix:app", "What was changed at touchpoints, to see what it did."),
    "grafana": ("grafana:app", "Grafana's dashboards and alerts."),
    "schema": ("schema:app", "Schemas of what travels on the topics."),
}


def implementation(name: str) -> Any:
    """What a command's name stands for, imported: a function, or a `typer.Typer` of its own."""
    module, _, attribute = COMMANDS[name][0].partition(":")
    return getattr(import_module(f"{__package__}.{module}"), attribute)


class Commands(TyperGroup):
    """Of a command nobody called, what `--help` and completion show: its name and first line."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        for name, (_, line) in COMMANDS.items():
            self.add_command(TyperGroup(name=name, help=line))

    def load(self, *names: str) -> None:
        """Put the commands themselves in the place of their first lines."""
        for name in names:
            found = implementation(name)
            alone = typer.Typer(rich_markup_mode="rich")
            if isinstance(found, typer.Typer):
                alone.add_typer(found, name=name)
            else:
                alone.command(name, short_help=COMMANDS[name][1])(found)
            self.add_command(typer.main.get_group(alone).commands[name])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command a line names, imported."""
        self.load(*(name for name in args[:1] if name in COMMANDS))
        return super().resolve_command(ctx, args)
