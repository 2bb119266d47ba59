"""What an answer tells of mood and themes, by what a mapping says."""

from __future__ import annotations

from collections.abc import Mapping

from cjm_tracker.emotion.score import emotion
from cjm_tracker.emotion.scorers import scorer_named
from cjm_tracker.emotion.themes import THEMES, Finder, Theme
from cjm_tracker.events import Metric


class Reader:
    """A scorer and themes, made ready. Hold one per mapping: what has no comment costs nothing."""

    def __init__(self, scorer: str, themes: Mapping[str, Theme]) -> None:
        self._mood = scorer_named(scorer)
        self._themes = Finder(themes)

    def emotion(self, metric: Metric, score: float | None, comment: str) -> float | None:
        """From -1 to +1; a given score wins, its comment is read where there is none."""
        felt = emotion(metric, score)
        return self._mood(comment) if felt is None and comment else felt

    def note(self, comment: str, attributes: dict[str, str]) -> None:
        """Put the comment's themes among the attributes of its event."""
        attributes.pop(THEMES, None)
        if comment and (found := self._themes(comment)):
            attributes[THEMES] = ",".join(found)
