"""`cjm mapping presets|preset`: mappings to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from cjm_tracker.cli.common import JsonOption, out
from cjm_tracker.cli.delivery import plain
from cjm_tracker.cli.sql import as_json
from cjm_tracker.errors import ConfigError, InputError
from cjm_tracker.mapping import LANGUAGES, Mapping, load_mapping
from cjm_tracker.mapping import presets as known_presets
from cjm_tracker.sources.settings import nearest
from cjm_tracker.stages import vocabularies


def presets(json: JsonOption = False) -> None:
    """List the mappings that ship with us, and the stage vocabularies a mapping may name.

    A preset's name is good wherever a mapping is asked for: --mapping bank, CJM_MAPPING=bank.
    """
    mappings = {name: _said(load_mapping(file)) for name, file in known_presets().items()}
    stages = {name: list(one) for name, one in vocabularies().items()}
    if json:
        print(as_json({"presets": mappings, "vocabularies": stages}))
        return
    grid = _table("preset", "stages", "sources", "touchpoints", "languages")
    for name, said in mappings.items():
        lists = (", ".join(said[field]) for field in ("stages", "sources"))
        grid.add_row(name, *lists, str(said["touchpoints"]), " ".join(said["languages"]))
    out.print(grid)
    words = _table("vocabulary", "stages")
    for name, listed in stages.items():
        words.add_row(name, ", ".join(listed))
    out.print(words)
    out.print("To start from a preset: cjm mapping preset NAME -o mine.yaml")
    out.print("A mapping may name a vocabulary instead of listing its stages: stages: five_stages")


def _said(mapping: Mapping) -> dict[str, Any]:
    shown = {*mapping.stages, *mapping.touchpoints}
    return {
        "version": mapping.version,
        "stages": mapping.stages,
        "sources": list(mapping.sources),
        "touchpoints": len(mapping.touchpoints),
        "journeys": [journey.name for journey in mapping.journeys],
        "examples": len(mapping.examples),
        "languages": [
            language
            for language in LANGUAGES
            if all(language in mapping.labels.get(name, {}) for name in shown)
        ],
    }


def _table(*titles: str) -> Table:
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in titles:
        grid.add_column(title, no_wrap=title == titles[0], overflow="fold",
                        justify="right" if title == "touchpoints" else "left")  # fmt: skip
    return grid


def preset(
    name: Annotated[str, typer.Argument(help="See cjm mapping presets.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write it there.")
    ] = None,
) -> None:
    """Print a preset, or copy it into a file: to read, to change, to name with --mapping."""
    known = known_presets()
    if name not in known:
        raise ConfigError(f"preset '{name}'{nearest(name, list(known))}")
    text = known[name].read_text(encoding="utf-8")
    if output is None:
        print(text, end="")
        return
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(f"{output}: is there already; nothing was written") from None
    except OSError as error:
        raise InputError(f"{output}: cannot be written: {error.strerror}") from None
    out.print(f"wrote {plain(str(output))}", soft_wrap=True)
