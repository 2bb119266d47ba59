"""Comments fit their score and cause, in correct enough language to be read by strangers."""

from __future__ import annotations

import re
from random import Random

import pytest

from cjm_tracker.simulator.phrases import CLOSERS, PHRASES, TITLES, compose

LANGUAGES = ("en", "ru", "bg")


def _phrases(language: str) -> list[str]:
    causes = PHRASES[language].values()
    return [phrase for tones in causes for phrases in tones.values() for phrase in phrases]


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_enough_different_phrases(language: str) -> None:
    phrases = _phrases(language)
    assert len(phrases) == len(set(phrases)) >= 25


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_know_the_same_causes_and_tones(language: str) -> None:
    for cause, tones in PHRASES["en"].items():
        assert PHRASES[language][cause].keys() == tones.keys()
    assert CLOSERS[language].keys() == CLOSERS["en"].keys()
    assert TITLES[language].keys() == TITLES["en"].keys()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tone", ["bad", "mixed", "good"])
def test_every_cause_has_words_in_every_tone(language: str, tone: str) -> None:
    rng = Random(1)
    for cause in PHRASES[language]:
        comment = compose(rng, language, tone, cause)
        assert comment[-1] in ".!"
        assert "{" not in comment


def test_alphabets_are_not_mixed() -> None:
    assert all(phrase.isascii() for phrase in _phrases("en"))
    for language in ("ru", "bg"):
        bare = [re.sub(r"\{\w+\}", "", phrase) for phrase in _phrases(language)]
        assert not any(re.search(r"[a-z]", phrase, re.IGNORECASE) for phrase in bare)
    assert not any(re.search(r"[ыэё]", phrase) for phrase in _phrases("bg"))
