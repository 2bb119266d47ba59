"""How wide text is, and how it breaks into lines, where no browser does it: within drawings."""

from __future__ import annotations

import unicodedata

NARROW = frozenset("fijlrtI.,:;!|'’()[]/- \u00a0")
BROAD = frozenset("wдмфцъыюљ×+=<>")
WIDE = frozenset("mMWжшщЖМШЩФЮЫ@%…—→")
MORE = "…"


def text_width(text: str, size: float) -> float:
    """At most so wide in any of the page's fonts at that size; DejaVu's are the widest letters."""
    return size * sum(map(_ems, text))


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Lines at most so wide, broken at spaces, and within a word where it is wider alone."""
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}".lstrip(" ")
        if text_width(joined, size) <= width:
            lines[-1] = joined
            continue
        *full, rest = _pieces(word, width, size)
        lines += [*full, rest]
    return [line for line in lines if line]


def shortened(text: str, width: float, size: float) -> str:
    """The text, cut where it is wider than that."""
    if text_width(text, size) <= width:
        return text
    return _pieces(text, width - text_width(MORE, size), size)[0].rstrip() + MORE


def _pieces(word: str, width: float, size: float) -> list[str]:
    """Each as long as fits, of a letter at least."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and text_width(pieces[-1] + letter, size) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _ems(letter: str) -> float:
    if letter in NARROW:
        return 0.42
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.3
    if letter in WIDE:
        return 1.1
    return 0.86 if letter in BROAD or letter.isupper() else 0.66
