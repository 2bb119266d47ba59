"""A rule for events that have none yet: what they call themselves, and a touchpoint so named."""

from __future__ import annotations

import json
import re


def proposed(
    source: str, format_name: str, name: str, *, touchpoint: str = "", stage: str = ""
) -> str:
    """A rule for events of that name, as a line of YAML; its touchpoint is the name as a slug."""
    when = f"format: {format_name}, event: {json.dumps(name, ensure_ascii=False)}"
    says = f"touchpoint: {touchpoint or touchpoint_named(source, name)}"
    return f"- {{when: {{{when}}}, {says}{f', stage: {stage}' * bool(stage)}}}"


def touchpoint_named(source: str, name: str) -> str:
    """The name as a touchpoint is written; the source's event where nothing of it can be."""
    written = slug(name)
    return (written if written[:1].isalpha() else f"{source}_{written or 'event'}")[:63]


def slug(text: str) -> str:
    """Its Latin letters and digits in lower case, parted by single underscores; maybe none."""
    return re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")
