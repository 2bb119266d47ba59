"""What words alone tell of a mood, on the scale of scores: a lexicon's weights, by VADER's rules.

The rules are those of VADER (Hutto and Gilbert, ICWSM 2014), the same for all languages: a negation
within three words before turns a weight over and dampens it, an intensifier adds to it, what comes
after a "but" counts three times what came before, and the sum is brought between -1 and +1.
English words are VADER's own lexicon, with words of customer service over it; Russian and Bulgarian
ones are ours. In contrast to VADER no rule reaches over the end of a clause, and what has no known
word has no mood, rather than a neutral one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from cjm_tracker.emotion.language import languages
from cjm_tracker.emotion.patterns import Patterns, is_pattern, tokens

_HERE = Path(__file__).parent
# VADER's constants.
REACH = 3  # words before, in which a negation or an intensifier counts
NEGATED = -0.74
BOOST = 0.293
FADING = (1.0, 0.95, 0.9)  # of an intensifier, word by word
BEFORE_TURN, AFTER_TURN = 0.5, 1.5
EVENS = 15


class Lexicon(NamedTuple):
    """Weights from -4 to +4, and the small words that change them."""

    weights: Patterns[float]
    negations: frozenset[str]
    boosts: dict[str, float]
    turns: frozenset[str]


def mood(text: str) -> float | None:
    """From -1 to +1; None where no word of it is known, and in languages that are not ours."""
    words = tokens(text)
    # Where two languages are possible, the one that knows more of it.
    read = [_weighed(words, _lexicon(language)) for language in languages(text) or ("",)]
    weights = max(read, key=len)
    if not weights:
        return None
    total = sum(weights)
    return round(total / sqrt(total * total + EVENS), 4)


def _weighed(words: Sequence[str], lexicon: Lexicon) -> list[float]:
    """What each known word weighs, where it stands."""
    found = list(_known(words, lexicon))
    turn = max((place for place, word in enumerate(words) if word in lexicon.turns), default=-1)
    if not any(place < turn for place, _ in found):
        return [weight for _, weight in found]
    return [weight * (AFTER_TURN if place > turn else BEFORE_TURN) for place, weight in found]


def _known(words: Sequence[str], lexicon: Lexicon) -> Iterator[tuple[int, float]]:
    place = 0
    while place < len(words):
        match = next(lexicon.weights.at(words, place), None)
        if match and match.value:
            before = words[max(0, place - REACH) : place]
            yield place, _changed(match.value, words[place], before, lexicon)
        place += match.length if match else 1


def _changed(weight: float, word: str, before: Sequence[str], lexicon: Lexicon) -> float:
    """The weight, by the words of its clause that stand before it."""
    # A face means what it shows. A pattern that says no itself is not said no to once more: in
    # Slavic languages twice is once.
    if not word[0].isalpha():
        return weight
    says_no = word in lexicon.negations
    sign = 1 if weight > 0 else -1
    is_negated = False
    for distance, small in enumerate(reversed(before)):
        if not small[0].isalpha():
            break
        weight += sign * lexicon.boosts.get(small, 0.0) * FADING[distance]
        is_negated |= small in lexicon.negations
    return weight * NEGATED if is_negated and not says_no else weight


@cache
def _lexicon(language: str) -> Lexicon:
    """Of a language; of none: faces, which all of them have."""
    said = _read("faces") | (_read(f"words.{language}") if language else {})
    weights = {**_weights(_read("faces")), **_weights(said)}
    if language == "en":
        weights = {**_vader(), **weights}
    boosts = dict.fromkeys(said.get("boosters", ()), BOOST)
    boosts |= dict.fromkeys(said.get("dampers", ()), -BOOST)
    return Lexicon(
        Patterns(weights.items()),
        frozenset(said.get("negations", ())),
        boosts,
        frozenset(said.get("turns", ())),
    )


def _read(name: str) -> dict[str, Any]:
    text = (_HERE / f"{name}.yaml").read_text(encoding="utf-8")
    said: dict[str, Any] = YAML(typ="safe").load(text)
    return said


def _weights(said: dict[str, Any]) -> dict[str, float]:
    return {word: float(weight) for weight, words in said["weights"].items() for word in words}


def _vader() -> dict[str, float]:
    lexicon = SentimentIntensityAnalyzer().lexicon
    return {word: weight for word, weight in lexicon.items() if is_pattern(word)}
