"""How a visitor came to the website, by campaign tags, click ids and the page before.

The words are those of Google Analytics' default channel group, in our spelling. Sites are known by
their names' last parts, `www.google.bg` by `google`: the lists hold what is common in the
countries of our users, and a rule can ask for `referrer_host` itself.
"""

from __future__ import annotations

from collections.abc import Mapping

# What each click id was paid for; of an address only its name is kept.
CLICK_IDS = {
    "gclid": "paid_search", "wbraid": "paid_search", "gbraid": "paid_search",
    "msclkid": "paid_search", "yclid": "paid_search", "fbclid": "social", "ttclid": "paid_social",
    "li_fat_id": "paid_social", "dclid": "display", "irclickid": "affiliate",
}  # fmt: skip
# Attributes that it is found out from.
ASKED = ("utm_source", "utm_medium", "click_id", "referrer_host", "host")

MEDIA = {
    "cpc": "paid_search", "ppc": "paid_search", "paidsearch": "paid_search",
    "paid_search": "paid_search", "sem": "paid_search", "paid": "paid_search",
    "paid_social": "paid_social", "paidsocial": "paid_social", "social_paid": "paid_social",
    "social": "social", "social-network": "social", "social-media": "social", "sm": "social",
    "display": "display", "banner": "display", "cpm": "display", "interstitial": "display",
    "email": "email", "e-mail": "email", "newsletter": "email", "mail": "email",
    "affiliate": "affiliate", "affiliates": "affiliate", "partner": "affiliate",
    "organic": "organic_search", "referral": "referral", "link": "referral",
    "sms": "sms", "push": "push", "mobile": "push", "notification": "push",
    "video": "video", "audio": "audio", "offline": "offline", "qr": "offline",
}  # fmt: skip
SEARCH = frozenset(
    "google bing yahoo duckduckgo yandex ya baidu ecosia qwant startpage seznam naver brave".split()
)
SOCIAL = frozenset(
    "facebook fb instagram linkedin lnkd twitter t x vk ok pinterest reddit tiktok youtube youtu"
    " telegram viber whatsapp threads quora snapchat tumblr bsky mastodon".split()
)
MAIL = ("mail.", "outlook.", "webmail.", "gmail.", "com.google.android.gm")
# A site of those names by any other ending is another one.
SHORT = frozenset("t.co x.com t.me ya.ru ok.ru vk.com vk.ru fb.com fb.me youtu.be".split())


def arrival(attributes: Mapping[str, str]) -> str:
    """The kind of way in; `direct` without any trace, '' from a page of the same site."""
    source = attributes.get("utm_source", "").casefold()
    medium = attributes.get("utm_medium", "").casefold()
    if found := MEDIA.get(medium, ""):
        is_social = found == "paid_search" and _is_among(source, SOCIAL)
        return "paid_social" if is_social else found
    if way := CLICK_IDS.get(attributes.get("click_id", "")):
        return way
    before = source or attributes.get("referrer_host", "").casefold().removeprefix("www.")
    if not before:
        return "direct"
    if before == attributes.get("host", "").casefold().removeprefix("www."):
        return ""
    if before.startswith(MAIL):
        return "email"
    if _is_among(before, SEARCH):
        return "organic_search"
    return "social" if _is_among(before, SOCIAL) else "referral"


def _is_among(site: str, names: frozenset[str]) -> bool:
    """Whether a host, or a source's bare name, is one of those sites."""
    parts = site.split(".")
    if len(parts) == 1:
        return site in names and len(site) > 2
    if ".".join(parts[-2:]) in SHORT:
        return parts[-2] in names
    # google.bg, www.google.co.uk, l.facebook.com: the name before the ending, of one or two parts.
    ending = 2 if len(parts) > 2 and len(parts[-2]) <= 3 and len(parts[-1]) == 2 else 1
    name = parts[-1 - ending]
    return name in names and len(name) > 2
