"""What a map can be written as, by the file's ending."""

from __future__ import annotations

from collections.abc import Callable

from cjm_tracker.errors import InputError
from cjm_tracker.map import browser
from cjm_tracker.map.model import JourneyMap
from cjm_tracker.map.render import render, render_picture
from cjm_tracker.map.spreadsheet import Labels, sheet

FORMATS: dict[str, Callable[[JourneyMap, Labels], bytes]] = {
    ".html": lambda map, _: render(map).encode(),
    ".svg": lambda map, _: render_picture(map).encode(),
    ".png": lambda map, _: browser.png(render(map)),
    ".pdf": lambda map, _: browser.pdf(render(map)),
    ".csv": lambda map, labels: sheet(map, labels).encode(),
}


def check_ending(ending: str) -> None:
    """An `InputError` where nothing can be written so."""
    if ending.lower() not in FORMATS:
        raise InputError(
            f"a map cannot be written as '{ending}': end the file's name in {', '.join(FORMATS)}"
        )


def written(map: JourneyMap, ending: str, labels: Labels) -> bytes:
    """The map as a file of that ending."""
    check_ending(ending)
    return FORMATS[ending.lower()](map, labels)
