"""From a journey map to its page: one HTML file with everything in it."""

from __future__ import annotations

from functools import partial

from jinja2 import Environment, PackageLoader, StrictUndefined

from cjm_tracker.map import figures, geometry, model
from cjm_tracker.map.drawings import emotion_curve, transition_bows
from cjm_tracker.map.highlights import highlights
from cjm_tracker.map.layout import CHANNEL_ICONS, by_channel, sentiment, spoken_language
from cjm_tracker.map.model import JourneyMap
from cjm_tracker.map.words import noun, words

# Scores as people know them: "2 / 5". The scales are those of cjm_tracker.emotion.
TOP_OF_SCALE = {"csat": 5, "nps": 10, "ces": 7}

_ENVIRONMENT = Environment(
    loader=PackageLoader("cjm_tracker.map"),
    autoescape=True,  # names, labels and comments come from outside
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(map: JourneyMap) -> str:
    """The page, complete: no script, no network, nothing beside it."""
    language = map.language
    template = _ENVIRONMENT.get_template("page.html")
    return template.render(
        map=map,
        t=words(language),
        highlights=highlights(map),
        curve=emotion_curve(map.stages),
        bows=transition_bows(map.stages),
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
