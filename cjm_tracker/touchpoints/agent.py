"""Browsers and robots by their user agent. The lists are those of two kept libraries."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

# Agents are few and repeat; a producer may invent them.
KEPT = 8_192


class Agent(NamedTuple):
    """What an agent says of itself; empty where it says nothing."""

    is_bot: bool
    device: str  # phone, tablet, desktop
    browser: str
    os: str


@lru_cache(KEPT)
def agent(text: str) -> Agent:
    """The user agent, understood. Costs milliseconds the first time."""
    if not text:
        return Agent(False, "", "", "")
    # Both load lists of patterns: only those who ask pay for them.
    import ua_parser
    from crawleruseragents import is_crawler

    found = ua_parser.parse(text)
    browser = found.user_agent.family if found.user_agent else ""
    os = found.os.family if found.os else ""
    family = found.device.family if found.device else ""
    if is_crawler(text) or family == "Spider":
        return Agent(True, "", browser, os)
    return Agent(False, _device(text, family, os), browser, os)


def _device(text: str, family: str, os: str) -> str:
    if "iPad" in family or "Tablet" in text or (os == "Android" and "Mobile" not in text):
        return "tablet"
    if os in ("iOS", "Android", "Windows Phone") or "Mobile" in text:
        return "phone"
    return "desktop" if os else ""
