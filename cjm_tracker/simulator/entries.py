"""How visitors come by: campaigns, referrers, or straight to the site.

The choice depends on the habit of the visit: somebody new comes through search and paid media, a
known customer more often directly or from the newsletter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Entry:
    """One way in: Segment's `context.campaign` and `context.referrer` of the landing page."""

    name: str
    referrer: str = ""
    referrer_type: str = ""
    campaign: Mapping[str, str] = field(default_factory=dict)

    @property
    def search(self) -> str:
        if not self.campaign:
            return ""
        return "?" + urlencode({f"utm_{_utm(key)}": value for key, value in self.campaign.items()})


def _utm(key: str) -> str:
    return "campaign" if key == "name" else key


def _paid(source: str, medium: str, name: str, **more: str) -> dict[str, str]:
    return {"source": source, "medium": medium, "name": name, **more}


DIRECT = Entry("direct")
REMINDER = Entry("reminder", campaign=_paid("newsletter", "email", "cart-reminder"))
NEWSLETTER = Entry(
    "newsletter", campaign=_paid("newsletter", "email", "weekly-picks", content="hero")
)

_GOOGLE = "https://www.google.com/"
_WAYS_IN: dict[str, tuple[Entry, ...]] = {
    "direct": (DIRECT,),
    "organic_search": (
        Entry("organic", _GOOGLE, "search"),
        Entry("organic", _GOOGLE, "search"),
        Entry("organic", "https://www.bing.com/", "search"),
        Entry("organic", "https://duckduckgo.com/", "search"),
    ),
    "paid_search": (
        Entry("cpc", _GOOGLE, "search", _paid("google", "cpc", "brand", term="larch lumen")),
        Entry("cpc", _GOOGLE, "search", _paid("google", "cpc", "mowers", term="robot mower")),
        Entry("cpc", _GOOGLE, "search", _paid("google", "cpc", "lighting", term="garden lights")),
    ),
    "paid_social": (
        Entry(
            "paid_social",
            "https://www.facebook.com/",
            "social",
            _paid("facebook", "paid_social", "terrace-stories", content="video"),
        ),
        Entry(
            "paid_social",
            "https://www.instagram.com/",
            "social",
            _paid("instagram", "paid_social", "balcony-ideas", content="carousel"),
        ),
    ),
    "organic_social": (
        Entry("social", "https://www.instagram.com/", "social"),
        Entry("social", "https://www.facebook.com/", "social"),
    ),
    "referral": (Entry("referral", "https://www.gardenpages.example/best-lights", "referral"),),
    "email": (NEWSLETTER,),
}

_HABITS: dict[str, dict[str, int]] = {
    "new": {
        "direct": 12,
        "organic_search": 34,
        "paid_search": 24,
        "paid_social": 15,
        "organic_social": 8,
        "referral": 7,
    },
    "returning": {"direct": 60, "organic_search": 26, "paid_search": 14},
    "subscriber": {"direct": 46, "organic_search": 22, "paid_search": 12, "email": 20},
    "service": {"direct": 70, "organic_search": 30},
}


def any_entry(rng: Random, habit: str) -> Entry:
    ways = _HABITS[habit]
    name = rng.choices(list(ways), list(ways.values()))[0]
    return rng.choice(_WAYS_IN[name])
