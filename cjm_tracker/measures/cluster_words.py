"""What is said of a cluster of customers, in each language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cjm_tracker.emotion import Language

LANGUAGES: tuple[Language, ...] = ("en", "ru", "bg")
FIGURES = ("journeys", "steps", "value", "converted", "emotion", "waited")
TELLING = 0.4  # standard deviations from the mean of all customers
MOSTLY = 0.5  # of the contacts

# In the order of LANGUAGES: English, Russian, Bulgarian.
_MOSTLY = ("mostly {name} ({share:.0%})", "в основном {name} ({share:.0%})",
           "предимно {name} ({share:.0%})")  # fmt: skip
_MARKS = ("more often than others: {names}", "чаще других: {names}", "по-често от другите: {names}")
_ORDINARY = ("like the others", "как все", "като всички")

# Of each figure: when it is high, and when it is low.
_FIGURES: dict[str, tuple[tuple[str, str, str], tuple[str, str, str]]] = {
    "journeys": (("come back often", "часто возвращаются", "често се връщат"),
                 ("seldom come back", "редко возвращаются", "рядко се връщат")),
    "steps": (("many steps", "много шагов", "много стъпки"),
              ("few steps", "мало шагов", "малко стъпки")),
    "value": (("spend much", "тратят много", "харчат много"),
              ("spend little", "тратят мало", "харчат малко")),
    "converted": (("often reach the goal", "часто доходят до цели", "често стигат до целта"),
                  ("seldom reach the goal", "редко доходят до цели", "рядко стигат до целта")),
    "emotion": (("pleased", "довольны", "доволни"),
                ("displeased", "недовольны", "недоволни")),
    "waited": (("wait long", "долго ждут", "чакат дълго"),
               ("wait little", "мало ждут", "чакат малко")),
}  # fmt: skip


def described(
    channel: tuple[str, float],
    marks: Sequence[tuple[str, float | None]],
    contrasts: Mapping[str, float],
    language: Language,
) -> str:
    """`mostly phone (71%); more often than others: complaint call; wait long, spend little`.

    `channel` is the one used most, with its share; `marks` are touchpoints; `contrasts` are in
    standard deviations, by figure.
    """
    place = LANGUAGES.index(language)
    parts = []
    if channel[1] >= MOSTLY:
        parts.append(_MOSTLY[place].format(name=_plain(channel[0]), share=channel[1]))
    if marks:
        parts.append(_MARKS[place].format(names=", ".join(_plain(name) for name, _ in marks)))
    telling = sorted(
        (name for name in FIGURES if abs(contrasts[name]) >= TELLING),
        key=lambda name: -abs(contrasts[name]),
    )
    if telling:
        said = (_FIGURES[name][contrasts[name] < 0][place] for name in telling)
        parts.append(", ".join(said))
    return "; ".join(parts) or _ORDINARY[place]


def _plain(name: str) -> str:
    return name.replace("_", " ")
