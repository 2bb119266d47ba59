"""`cjm schema`: what travels on the topics, for those who produce or read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from cjm_tracker.cli.common import out
from cjm_tracker.errors import InputError
from cjm_tracker.schema import documents
from cjm_tracker.schema.export import ENDING
from cjm_tracker.sources import formats

app = typer.Typer(help="Schemas of what travels on the topics.", no_args_is_help=True)


@app.callback()
def _app() -> None:
    """Schemas of what travels on the topics."""


@app.command()
def export(
    directory: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="Where to write.")
    ] = Path("schemas"),
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 where DIR is not as exported.")
    ] = False,
) -> None:
    """Write JSON Schemas (draft 2020-12) of payloads, dead letters and commands, and an AsyncAPI
    3.0 document of the topics.

    A format has a schema where one model describes its payload; it says which
    fields are read and lets in all others. cjm mapping schema is the one for
    mappings.
    """
    texts = {
        directory / name: json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        for name, document in documents(formats()).items()
    }
    try:
        if check:
            _compare(directory, texts)
            return
        directory.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{error.filename}: {error.strerror}") from None
    out.print(f"wrote {len(texts)} files to {directory}", markup=False, soft_wrap=True)


def _compare(directory: Path, texts: dict[Path, str]) -> None:
    differ = [
        f"{path}: {'is not as exported' if path.exists() else 'is not there'}"
        for path, text in texts.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    strange = sorted(set(directory.glob(f"*{ENDING}")) - texts.keys())
    differ += [f"{path}: is of no format installed here" for path in strange]
    for line in differ:
        out.print(line, markup=False, soft_wrap=True)
    if differ:
        out.print(f"cjm schema export -o {directory} writes them", markup=False, soft_wrap=True)
        raise typer.Exit(1)
    out.print(f"{directory} is as exported", markup=False, soft_wrap=True)
