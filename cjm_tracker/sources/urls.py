"""What a web address says: its host, its path, and the campaign that led to it."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

CAMPAIGN = {
    "utm_campaign": "campaign",
    "utm_source": "utm_source",
    "utm_medium": "utm_medium",
    "utm_term": "utm_term",
    "utm_content": "utm_content",
}
MAX_PARAMETERS = 100


@lru_cache(10_000)
def host_of(url: str) -> str | None:
    """The host of a whole address; None where it is none, or only a path."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def path_of(url: object) -> str | None:
    """The path, without the query: that one may hold anything, also names and addresses."""
    try:
        return urlsplit(str(url)).path if url else None
    except ValueError:
        return None


def campaign_in(query: str) -> dict[str, str]:
    """The campaign as the utm parameters of a query name it, by the names of our attributes."""
    if "utm_" not in query:
        return {}
    try:
        parameters = parse_qsl(query, max_num_fields=MAX_PARAMETERS)
    except ValueError:
        return {}
    return {CAMPAIGN[name]: value for name, value in parameters if name in CAMPAIGN}
