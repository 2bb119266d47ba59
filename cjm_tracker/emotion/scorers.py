"""Who reads a mood from words: our lexicon, or a better one that another package brings.

A scorer is a function of a text that gives -1 to +1, or None where it cannot tell. It is found by
its entry point in the group `cjm_tracker.emotion`, and named in the mapping: `scorer: mine`. It
must give the same for the same text, as records may be read again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from cjm_tracker.emotion.text import mood
from cjm_tracker.errors import ConfigError

Scorer = Callable[[str], float | None]

LEXICON = "lexicon"


@cache
def scorers() -> Mapping[str, EntryPoint | None]:
    """All of them by name; None is our own."""
    outside = {entry.name: entry for entry in entry_points(group="cjm_tracker.emotion")}
    return {LEXICON: None, **outside}


def scorer_named(name: str) -> Scorer:
    """The scorer of that name; a `ConfigError` where there is none, or it is no function."""
    if name not in scorers():
        raise ConfigError(f"scorer '{name}' is not installed: there is {', '.join(scorers())}")
    entry = scorers()[name]
    if entry is None:
        return mood
    loaded = entry.load()
    if not callable(loaded):
        raise ConfigError(f"entry point {entry.name} ({entry.value}) is not a function")

    def on_scale(text: str) -> float | None:
        score = loaded(text)
        # Not a number is nothing known.
        return None if score is None or score != score else max(-1.0, min(1.0, float(score)))

    return on_scale
