"""`python -m benchmarks rebuild|increment|identity`; every one takes `--help`."""

from __future__ import annotations

import typer

from benchmarks import identity, increment, rebuild

app = typer.Typer(no_args_is_help=True, help=__doc__)
app.command()(rebuild.rebuild)
app.command()(increment.increment)
app.command()(identity.identity)

if __name__ == "__main__":
    app()
