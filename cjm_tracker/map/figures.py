"""Numbers, shares, durations and dates as readers of each language write them."""

from __future__ import annotations

from datetime import datetime

from cjm_tracker.map.model import Period
from cjm_tracker.map.words import MONTHS, UNITS
from cjm_tracker.mapping import Language

NBSP = "\u00a0"
MINUS = "\u2212"


def number(value: int, language: Language) -> str:
    """2879 as 2,879 or 2 879; four digits stay together in Bulgarian and Russian."""
    if language == "en":
        return f"{value:,}"
    return f"{value:,}".replace(",", NBSP) if value >= 10_000 else str(value)


def percent(part: float, whole: float, language: Language) -> str:
    """A share in whole percent; never rounded to 0 or 100 when it is not."""
    if not whole:
        return "–"
    share = 100 * part / whole
    sign = "" if language == "en" else NBSP
    if 0 < share < 1:
        return f"<1{sign}%"
    if 99 < share < 100:
        return f">99{sign}%"
    return f"{share:.0f}{sign}%"


def share(value: float, language: Language) -> str:
    """A measured share, in whole percent."""
    return percent(value, 1, language)


def target(share: float, language: Language) -> str:
    """A share that somebody wants, in percent, as exact as it is."""
    written = f"{100 * share:g}"
    return f"{written}%" if language == "en" else f"{written.replace('.', ',')}{NBSP}%"


def signed(value: float, language: Language) -> str:
    """A place on the scale from -1 to +1, with its sign."""
    rounded = round(value, 2)
    sign = MINUS if rounded < 0 else "+" if rounded > 0 else ""
    return sign + decimal(abs(rounded), 2, language)


def decimal(value: float, places: int, language: Language) -> str:
    written = f"{value:.{places}f}"
    return written if language == "en" else written.replace(".", ",")


def score(value: float, language: Language) -> str:
    """A score on its own scale: whole where it is whole."""
    return str(int(value)) if value == int(value) else decimal(value, 1, language)


def duration(seconds: float, language: Language) -> str:
    """In the two largest units that say something: 55 s, 3 min 22 s, 1 h 5 min, 2 d 4 h."""
    units = list(zip((86_400, 3_600, 60, 1), UNITS[language], strict=True))
    left = max(0, round(seconds))
    place = next((place for place, (size, _) in enumerate(units) if left >= size), len(units) - 1)
    size, unit = units[place]
    count, rest = divmod(left, size)
    written = f"{count}{NBSP}{unit}"
    if place + 1 < len(units) and (lesser := rest // units[place + 1][0]):
        written += f" {lesser}{NBSP}{units[place + 1][1]}"
    return written


def day(at: datetime, language: Language, *, year: bool = True) -> str:
    written = f"{at.day}{NBSP}{MONTHS[language][at.month - 1]}"
    suffix = "" if language == "en" else f"{NBSP}г."
    return f"{written} {at.year}{suffix}" if year else written


def period(of: Period, language: Language) -> str:
    """The days from first to last, the year once where it is one."""
    if of.first_at.date() == of.last_at.date():
        return day(of.first_at, language)
    same_year = of.first_at.year == of.last_at.year
    return f"{day(of.first_at, language, year=not same_year)} – {day(of.last_at, language)}"
