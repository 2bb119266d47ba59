"""In which of our languages a text is written: by script, letters and the commonest words."""

from __future__ import annotations

import re
from typing import Literal

Language = Literal["en", "ru", "bg"]

_CYRILLIC = re.compile(r"[а-яё]")
_LATIN = re.compile(r"[a-zß-öø-ÿā-ſ]")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")

# Letters of Ukrainian, Belarusian, Serbian and Macedonian.
_OTHER_CYRILLIC = re.compile(r"[іїєґўјљњђћџѕќѓ]")
# Bulgarian writes the soft sign before о only, and the hard sign as a vowel.
_RUSSIAN = re.compile(r"[ыэё]|ь(?!о)")
_BULGARIAN = re.compile(r"ъ(?![еёюя])")
_RUSSIAN_WORDS = frozenset(
    "что это очень был была было были нет мне меня они вы вас вам нас уже когда если только ничего "
    "спасибо тоже чтобы его ему еще".split()
)
_BULGARIAN_WORDS = frozenset(
    "е се че ще ми ме ви са си беше бяха това няма нямаше моля благодаря добре след ги му той тя "
    "те защото докато само нямах имах имаше бях нещо още".split()
)
_ENGLISH_WORDS = frozenset(
    "the a an and or but i it is was are were to of in on for with my me you your they we he she "
    "not no very this that have had has be been at so as by from all after".split()
)
_OTHER_LATIN_WORDS = frozenset(
    "der das und ist nicht sehr ein eine ich wir mit auf les est pas une je vous avec pour tres el "
    "los las muy es una por con il molto per het een niet zeer nie jest bardzo ve bir nu foarte "
    "que muito".split()
)


def languages(text: str) -> tuple[Language, ...]:
    """The language; both where Russian and Bulgarian write it alike; none where it is another."""
    text = text.lower()
    cyrillic, latin = len(_CYRILLIC.findall(text)), len(_LATIN.findall(text))
    if 2 * max(cyrillic, latin) <= len(_LETTER.findall(text)):  # another script, or no letters
        return ()
    words = _WORD.findall(text)
    if cyrillic > latin:
        return () if _OTHER_CYRILLIC.search(text) else _russian_or_bulgarian(text, words)
    strange = sum(word in _OTHER_LATIN_WORDS or not word.isascii() for word in words)
    return ("en",) if sum(word in _ENGLISH_WORDS for word in words) >= strange else ()


def _russian_or_bulgarian(text: str, words: list[str]) -> tuple[Language, ...]:
    russian = len(_RUSSIAN.findall(text)) + sum(word in _RUSSIAN_WORDS for word in words)
    bulgarian = len(_BULGARIAN.findall(text)) + sum(word in _BULGARIAN_WORDS for word in words)
    if russian == bulgarian:
        return ("ru", "bg")
    return ("ru",) if russian > bulgarian else ("bg",)
