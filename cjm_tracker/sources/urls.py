"""What a web address says: its host, its path, and the campaign that led to it.

Of a click id only the name is kept, which tells the network that was paid; its value stands for
one click of one person.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

CAMPAIGN = {
    "utm_campaign": "campaign",
    "utm_source": "utm_source",
    "utm_medium": "utm_medium",
    "utm_term": "utm_term",
    "utm_content": "utm_content",
}
# What advertising networks put into the addresses they lead to.
CLICK_IDS = (
    "gclid", "wbraid", "gbraid", "msclkid", "yclid", "fbclid", "ttclid", "li_fat_id", "dclid",
    "irclickid",
)  # fmt: skip
ARRIVAL = (*CAMPAIGN.values(), "click_id")  # the attributes that a query makes
MAX_PARAMETERS = 100

_CLICK_ID = re.compile(rf"(?:^|[?&;])({'|'.join(CLICK_IDS)})=[^&;#]")


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


def click_id_in(written: str | None) -> str | None:
    """The name of the click id in an address or a query."""
    found = _CLICK_ID.search(written) if written and "=" in written else None
    return found[1] if found else None


def campaign_in(query: str) -> dict[str, str]:
    """The campaign as the utm parameters of a query and its click id name it, by the names of our
    attributes."""
    click_id = click_id_in(query)
    found = {"click_id": click_id} if click_id else {}
    if "utm_" not in query:
        return found
    try:
        parameters = parse_qsl(query, max_num_fields=MAX_PARAMETERS)
    except ValueError:
        return found
    return found | {CAMPAIGN[name]: value for name, value in parameters if name in CAMPAIGN}
