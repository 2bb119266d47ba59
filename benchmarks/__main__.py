"""`python -m benchmarks COMMAND`; every one takes `--help`."""

from __future__ import annotations

import sys

import typer

from benchmarks import formats, identity, increment, measures, panels, rebuild, rules, text
from benchmarks.ingest import compare, freshness, memory, scale
from cjm_tracker.errors import CjmError

app = typer.Typer(no_args_is_help=True, help=__doc__)
app.command()(compare.ingest)
app.command()(scale.scale)
app.command()(freshness.freshness)
app.command()(memory.memory)
app.command()(rebuild.rebuild)
app.command()(measures.measures)
app.command()(panels.panels)
app.command()(rules.rules)
app.command()(formats.formats)
app.command()(text.text)
app.command()(increment.increment)
app.command()(identity.identity)

if __name__ == "__main__":
    try:
        app()
    except CjmError as error:
        sys.exit(f"benchmarks: {error}")
