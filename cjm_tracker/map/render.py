"""From a journey map to its page or picture: one file with everything in it."""

from __future__ import annotations

import textwrap
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from cjm_tracker.map import figures, geometry, model, picture
from cjm_tracker.map.drawings import emotion_curve, transition_bows
from cjm_tracker.map.flows import flows
from cjm_tracker.map.highlights import highlights
from cjm_tracker.map.key_figures import key_figures
from cjm_tracker.map.layout import (
    BEHIND,
    CHANNEL_ICONS,
    by_channel,
    sentiment,
    spoken_language,
    worth_mending,
)
from cjm_tracker.map.model import JourneyMap
from cjm_tracker.map.words import noun, words

# Scores as people know them: "2 / 5". The scales are those of cjm_tracker.emotion.
TOP_OF_SCALE = {"csat": 5, "nps": 10, "ces": 7}

TEMPLATES = Path(__file__).parent / "templates"
_ENVIRONMENT = Environment(
    loader=PackageLoader("cjm_tracker.map"),
    autoescape=True,  # names, labels and comments come from outside
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(map: JourneyMap) -> str:
    """The page, complete: no script, no network, nothing beside it."""
    return _ENVIRONMENT.get_template("page.html").render(_context(map))


def render_picture(map: JourneyMap) -> str:
    """The map as one SVG."""
    context = _context(map)
    drawings = {} if map.is_empty else {"emotion": context["curve"].height}
    if context["bows"].bows:
        drawings["next"] = context["bows"].height
    if context["flows"].bands:
        drawings["flows"] = context["flows"].height
    rows = picture.rows(map, drawings)
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    return _ENVIRONMENT.get_template("picture.svg").render(
        context,
        rows=rows,
        width=picture.width(map),
        height=rows[-1].y + rows[-1].height + picture.MARGIN,
        margin=picture.MARGIN,
        names=picture.NAMES,
        column=geometry.COLUMN,
        style=Markup(picture.plain_style(style)),
        wrap=textwrap.wrap,
    )


def _context(map: JourneyMap) -> dict[str, Any]:
    """What templates speak of."""
    language = map.language
    return dict(
        map=map,
        t=words(language),
        highlights=highlights(map),
        key_figures=partial(key_figures, map),
        curve=emotion_curve(map.stages),
        bows=transition_bows(map.stages),
        flows=flows(map.stages, map.moves, language),
        most_behind=BEHIND,
        worth_mending=worth_mending,
        icons=CHANNEL_ICONS,
        by_channel=by_channel,
        most_repeated=model.most_repeated,
        sentiment=sentiment,
        shares=geometry.shares,
        spoken_language=spoken_language,
        top_of_scale=TOP_OF_SCALE,
        noun=partial(noun, language=language),
        number=partial(figures.number, language=language),
        percent=partial(figures.percent, language=language),
        decimal=partial(figures.decimal, language=language),
        signed=partial(figures.signed, language=language),
        score=partial(figures.score, language=language),
        duration=partial(figures.duration, language=language),
        day=partial(figures.day, language=language),
        period=partial(figures.period, language=language),
    )
