"""Short comments that fit a score and its cause, in English, Russian and Bulgarian."""

from __future__ import annotations

from random import Random

from cjm_tracker.simulator.phrases import bulgarian, english, russian

PHRASES = {"en": english.PHRASES, "ru": russian.PHRASES, "bg": bulgarian.PHRASES}
CLOSERS = {"en": english.CLOSERS, "ru": russian.CLOSERS, "bg": bulgarian.CLOSERS}
TITLES = {"en": english.TITLES, "ru": russian.TITLES, "bg": bulgarian.TITLES}

# Numbers for which the three languages need one plural form only.
_MINUTES = (15, 20, 25, 30, 40)
_DAYS = (5, 6, 7, 8, 9)


def compose(rng: Random, language: str, tone: str, cause: str) -> str:
    """A comment in a tone (`bad`, `mixed`, `good`) about a cause, sometimes with a closing word."""
    phrases = PHRASES[language]
    choices = phrases[cause].get(tone) or phrases["general"][tone]
    comment = rng.choice(choices)
    closers = CLOSERS[language].get(tone, ())
    if closers and rng.random() < 0.35:
        comment = f"{comment} {rng.choice(closers)}"
    return comment.format(minutes=rng.choice(_MINUTES), days=rng.choice(_DAYS))
