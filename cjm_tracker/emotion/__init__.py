"""What customers feel: -1 (angry) to +1 (delighted), None where nothing is known.

A given score is put on the scale; words alone are read by a scorer, offline, in English, Russian
and Bulgarian. What comments are about, their themes, is found by the same kind of patterns.
"""

from cjm_tracker.emotion.language import Language, languages
from cjm_tracker.emotion.reader import Reader
from cjm_tracker.emotion.score import emotion
from cjm_tracker.emotion.scorers import Scorer, scorer_named, scorers
from cjm_tracker.emotion.text import mood
from cjm_tracker.emotion.themes import THEMES, Theme, theme_sets

__all__ = [
    "THEMES",
    "Language",
    "Reader",
    "Scorer",
    "Theme",
    "emotion",
    "languages",
    "mood",
    "scorer_named",
    "scorers",
    "theme_sets",
]
