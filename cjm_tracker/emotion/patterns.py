"""Words, beginnings of words and phrases, found in a text.

A pattern is a word (`late`), the beginning of one (`delay*`), or several of them in a row
(`never came`, `hung* up`). Case does not count, nor does ё for е.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

Value = TypeVar("Value")

MAX_READ = 5_000  # characters of a text; the rest does not change what it is about
_TOKEN = re.compile(
    r"[^\W\d_]+(?:'[^\W\d_]+)*"  # a word; don't is one, well-made are two
    r"|[:;]-?[()D]|\){2,}|\({2,}|[☀-➿\U0001f000-\U0001faff]"  # a face
    r"|[.,;:!?…\n()]|\s[-–—]\s"  # the end of a clause
)
_PATTERN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*\*?")
_MEMO = 50_000  # words whose patterns are kept


def tokens(text: str) -> list[str]:
    """Words, faces and ends of clauses, in order."""
    return _TOKEN.findall(_alike(text[:MAX_READ]))


def is_pattern(written: str) -> bool:
    """Whether that is one."""
    return all(_PATTERN.fullmatch(word) for word in _alike(written).split()) and bool(
        written.strip()
    )


def _alike(text: str) -> str:
    return unicodedata.normalize("NFC", text).lower().replace("ё", "е").replace("’", "'")


class Match(NamedTuple, Generic[Value]):
    """A pattern that fits: over how many tokens, and what it stands for."""

    length: int
    value: Value


class _Rule(NamedTuple, Generic[Value]):
    words: tuple[str, ...]
    value: Value

    @property
    def precision(self) -> tuple[int, bool, int]:
        first = self.words[0]
        return len(self.words), not first.endswith("*"), len(first)


class Patterns(Generic[Value]):
    """Patterns with what each stands for, made ready to be found."""

    def __init__(self, written: Iterable[tuple[str, Value]]) -> None:
        self._by_first: dict[str, list[_Rule[Value]]] = {}
        for pattern, value in written:
            words = tuple(_alike(pattern).split())
            self._by_first.setdefault(words[0], []).append(_Rule(words, value))
        self._longest = max((len(first) for first in self._by_first), default=0)
        self._rules = lru_cache(_MEMO)(self._beginning_with)

    def at(self, words: Sequence[str], place: int) -> Iterator[Match[Value]]:
        """Every pattern that fits there, the most precise first: phrases, words, beginnings."""
        for rule in self._rules(words[place]):
            length = len(rule.words)
            rest = words[place + 1 : place + length]
            if len(rest) == length - 1 and all(map(_fits, rule.words[1:], rest)):
                yield Match(length, rule.value)

    def _beginning_with(self, word: str) -> list[_Rule[Value]]:
        known = [*self._by_first.get(word, ())]
        for end in range(1, min(len(word), self._longest) + 1):
            known += self._by_first.get(f"{word[:end]}*", ())
        return sorted(known, key=lambda rule: rule.precision, reverse=True)


def _fits(pattern: str, word: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern
