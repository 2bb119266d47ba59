"""The data dictionary, in Markdown: views by their comments, measures by their heads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from cjm_tracker.contract.promise import Column
from cjm_tracker.measures import Measure

HEAD = """\
# Data dictionary

Contract {version}. Made by `cjm dictionary` from the comments of `views/` and the heads of
`measures/`: change those, not this file.

A column that stands here keeps its name, type and meaning within a major version; new ones may
come. Tables that end in `_log` are no part of the contract. Times are UTC.
"""


def dictionary(version: str, columns: Iterable[Column], measures: Iterable[Measure]) -> str:
    """The whole text; columns in the order of their views."""
    parts = [HEAD.format(version=version), "## Views\n", *_views(columns)]
    parts += [
        "## Measures\n\n`cjm measure NAME` asks one; `--sql` prints its statement. Each takes\n"
        "`--where`, `--since` and `--until`, and looks at the journeys of one definition;\n"
        "`--against` sets side by side what is named so.\n",
        *map(_measure, measures),
    ]
    return "\n".join(parts)


def _views(columns: Iterable[Column]) -> Iterator[str]:
    for (view, words), theirs in groupby(columns, key=lambda one: (one.view, one.view_words)):
        rows = ((f"`{one.name}`", f"`{one.type}`", one.words) for one in theirs)
        yield f"### `{view}`\n\n{words}\n\n{markdown_table(('column', 'type', 'meaning'), rows)}"


def _measure(measure: Measure) -> str:
    said = [
        f"- **{heading}**: {' '.join(text.split())}"
        for heading, text in (
            ("formula", measure.formula),
            ("source", measure.source),
            ("unit", measure.unit),
            ("small samples", measure.small_samples),
            ("notes", measure.notes),
            ("side by side", ", ".join(measure.figures)),
        )
        if text.strip()
    ]
    parts = [f"### `{measure.name}`: {measure.title}", " ".join(measure.words.split())]
    parts.append("\n".join(said))
    if measure.parameters:
        rows = (
            (
                f"`{name}`",
                f"`{one.default}`" if one.default else "",
                one.words,
                ", ".join(one.choices),
            )
            for name, one in measure.parameters.items()
        )
        parts.append(markdown_table(("parameter", "default", "meaning", "choices"), rows).rstrip())
    columns = ((f"`{name}`", words) for name, words in measure.columns.items())
    return "\n\n".join([*parts, markdown_table(("column", "meaning"), columns)])


def markdown_table(headings: tuple[str, ...], rows: Iterable[Iterable[str]]) -> str:
    """Rows of text as a table; a bar within a cell does not end it."""
    lines = [headings, ("---",) * len(headings), *rows]
    cells = ((cell.replace("|", "\\|").replace("\n", " ") for cell in line) for line in lines)
    return "".join(f"| {' | '.join(line)} |\n" for line in cells)
