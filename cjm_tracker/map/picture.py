"""The map as one SVG: drawings as on the page, the other lanes as lines of text.

Colours and fonts are written out: programs that are no browsers know no variables.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass

from cjm_tracker.map import geometry
from cjm_tracker.map.cells import Lane, lanes
from cjm_tracker.map.lettering import wrapped
from cjm_tracker.map.model import JourneyMap

MARGIN, HEAD, NAMES = 24.0, 118.0, 150.0
LINE, PAD = 16.0, 14.0
# Text in a cell: its size, and how far from the left edge it begins.
TEXT, INSET = 12.0, 10.0
MOST = 7  # touchpoints a stage
VARIABLE = re.compile(r"--([\w-]+): ([^;]+);")


@dataclass(frozen=True, slots=True)
class Row:
    """A lane at its place; `drawing` names what is drawn in place of text."""

    lane: Lane
    y: float
    height: float
    cells: tuple[list[str], ...]
    drawing: str = ""


def rows(map: JourneyMap, drawings: dict[str, float]) -> list[Row]:
    """Lanes from top to bottom. `drawings` are heights of what is drawn, by lane."""
    found, y = [], HEAD
    for lane in lanes(map):
        cells = tuple(_wrapped(lines, dotted=not lane.is_curated) for lines in lane.cells)
        name = len(textwrap.wrap(lane.name, 15)) * LINE
        height = max(*(len(cell) * LINE for cell in cells), name, LINE) + 2 * PAD
        if lane.key in drawings:
            drawn = drawings[lane.key]
            found.append(Row(lane, y, drawn, (), lane.key))
            y += drawn
            if lane.key != "next":
                continue  # its figures stand in the drawing
            lane = Lane("", "", False, lane.cells)
        found.append(Row(lane, y, height, cells))
        y += height
    return found


def _wrapped(lines: list[str], *, dotted: bool) -> list[str]:
    """Lines as wide as a column; where `dotted`, a dot tells where each of several begins."""
    shown = lines if len(lines) <= MOST + 1 else [*lines[:MOST], f"+{len(lines) - MOST}"]
    if dotted and len(shown) > 1:
        shown = [f"· {line}" for line in shown]
    return [part for line in shown for part in wrapped(line, geometry.COLUMN - INSET - 4, TEXT)]


def width(map: JourneyMap) -> float:
    """Of the whole picture."""
    return NAMES + len(map.stages) * geometry.COLUMN + 2 * MARGIN


def plain_style(style: str) -> str:
    """The page's style in its light colours, without variables and without what is for screens."""
    values = dict(VARIABLE.findall(style[: style.index("}")]))
    rules = re.sub(r"@(media|page)[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", style)
    return re.sub(r"var\(--([\w-]+)\)", lambda name: values.get(name[1], "0"), rules)
