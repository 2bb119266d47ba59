"""Themes: what comments are about, by patterns that anybody can edit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict
from ruamel.yaml import YAML

from cjm_tracker.emotion.language import Language, languages
from cjm_tracker.emotion.patterns import Patterns, is_pattern, tokens
from cjm_tracker.resources import PRESETS

THEMES = "themes"  # the attribute of an event that names them, with commas between


def _checked(written: str) -> str:
    if not is_pattern(written):
        raise ValueError(
            f"'{written}' is no pattern: a word (late), the beginning of one (delay*), or several "
            "of them with blanks between"
        )
    return written


Pattern = Annotated[str, AfterValidator(_checked)]


class Theme(BaseModel):
    """What names a theme in each language; any pattern will do."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    en: list[Pattern] = []
    ru: list[Pattern] = []
    bg: list[Pattern] = []


class Finder:
    """Themes made ready to be found in texts."""

    def __init__(self, themes: Mapping[str, Theme]) -> None:
        self._order = list(themes)
        self._patterns: dict[Language, Patterns[str]] = {
            "en": Patterns((one, name) for name, theme in themes.items() for one in theme.en),
            "ru": Patterns((one, name) for name, theme in themes.items() for one in theme.ru),
            "bg": Patterns((one, name) for name, theme in themes.items() for one in theme.bg),
        }

    def __call__(self, text: str) -> list[str]:
        """The names of a text's themes, in the order of the mapping."""
        if not self._order:
            return []
        words = tokens(text)
        found = {
            match.value
            for language in languages(text)
            for place in range(len(words))
            for match in self._patterns[language].at(words, place)
        }
        return [name for name in self._order if name in found]


class ThemeSet(NamedTuple):
    """A ready set of themes, with what people see for their names."""

    themes: dict[str, dict[str, list[str]]]  # by name, then by language
    labels: dict[str, dict[str, str]]


@cache
def theme_sets() -> dict[str, ThemeSet]:
    """Every set that ships with us, by name."""
    files = sorted((PRESETS / "themes").glob("*.yaml"))
    read = YAML(typ="safe")
    return {file.stem: _set(read.load(file.read_text(encoding="utf-8")).items()) for file in files}


def _set(said: Iterable[tuple[str, dict[str, dict[str, str]]]]) -> ThemeSet:
    found = ThemeSet({}, {})
    for name, theme in said:
        found.labels[name] = theme["label"]
        found.themes[name] = {key: [*theme[key]] for key in theme if key != "label"}
    return found
