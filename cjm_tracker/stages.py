"""Stage vocabularies of the field, for a mapping to name instead of listing its own."""

from __future__ import annotations

from functools import cache

from ruamel.yaml import YAML

from cjm_tracker.resources import PRESETS

# The labels of each stage by language, in the order of the stages.
Vocabulary = dict[str, dict[str, str]]


@cache
def vocabularies() -> dict[str, Vocabulary]:
    """Every vocabulary by name; whose it is stands in its file under presets/stages."""
    files = sorted((PRESETS / "stages").glob("*.yaml"))
    read = YAML(typ="safe")
    return {file.stem: read.load(file.read_text(encoding="utf-8")) for file in files}
