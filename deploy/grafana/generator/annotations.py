"""What happened meanwhile, marked on the time axis: new mappings and definitions, and fixes."""

from __future__ import annotations

from grafana_foundation_sdk.models.dashboard import AnnotationQuery

from generator.columns import BAD, GOOD
from generator.queries import DATASOURCE, target
from generator.rendering import query
from generator.texts import Texts

COLORS = {"releases": GOOD, "fixes": BAD}


def events(texts: Texts) -> list[AnnotationQuery]:
    """Each is a row with a time and a text."""
    return [
        AnnotationQuery(
            name=texts.word(name),
            datasource=DATASOURCE,
            enable=True,
            icon_color=color,
            target=target(query(name), name),  # type: ignore[arg-type]
        )
        for name, color in COLORS.items()
    ]
