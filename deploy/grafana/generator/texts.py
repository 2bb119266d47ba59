"""The words of the dashboards in one language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

LANGUAGES = ("en", "ru", "bg")
FILE = Path(__file__).with_name("texts.yaml")


class Texts:
    """Looks words up; a key that is missing in a language is an error, not an English word."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._all: dict[str, Any] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))

    def dashboard(self, key: str) -> tuple[str, str]:
        """Title and description."""
        return self._titled("dashboards", key)

    def panel(self, key: str) -> tuple[str, str]:
        """Title and description."""
        return self._titled("panels", key)

    def alert(self, key: str) -> tuple[str, str]:
        """Title and description."""
        return self._titled("alerts", key)

    def runbook(self, key: str) -> str:
        """What to do when the alert fires."""
        return self._said(self._all["alerts"][key]["runbook"])

    def variable(self, name: str) -> str:
        return self._said(self._all["variables"][name])

    def column(self, name: str) -> str:
        return self._said(self._all["columns"][name])

    def word(self, key: str) -> str:
        return self._said(self._all["words"][key])

    def _titled(self, section: str, key: str) -> tuple[str, str]:
        entry = self._all[section][key]
        return self._said(entry["title"]), self._said(entry["description"])

    def _said(self, entry: dict[str, str]) -> str:
        return entry[self._language]
