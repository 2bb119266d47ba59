"""Browsers people use, as their user agents say it.

One of them is broken on purpose: since the checkout release, card payments in `BROKEN_BROWSER`
often fail. It is the planted cause an analyst should be able to find: more failed payments, more
calls, lower satisfaction, in one browser, from one day on.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

BROKEN_BROWSER = "Samsung Internet"

_CHROMIUM = (("Chromium", "130"), ("Not?A_Brand", "99"))


@dataclass(frozen=True, slots=True)
class Browser:
    name: str
    user_agent: str
    platform: str
    mobile: bool
    share: int
    brands: tuple[tuple[str, str], ...] = ()


BROWSERS = (
    Browser(
        "Chrome",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/130.0.0.0 Safari/537.36",
        "Windows",
        False,
        26,
        (*_CHROMIUM, ("Google Chrome", "130")),
    ),
    Browser(
        "Edge",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0",
        "Windows",
        False,
        7,
        (*_CHROMIUM, ("Microsoft Edge", "130")),
    ),
    Browser(
        "Firefox",
        "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
        "Linux",
        False,
        6,
    ),
    Browser(
        "Safari",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/18.0 Safari/605.1.15",
        "macOS",
        False,
        8,
    ),
    Browser(
        "Mobile Safari",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
        "iOS",
        True,
        19,
    ),
    Browser(
        "Chrome Mobile",
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/130.0.0.0 Mobile Safari/537.36",
        "Android",
        True,
        18,
        (*_CHROMIUM, ("Google Chrome", "130")),
    ),
    Browser(
        BROKEN_BROWSER,
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
        "SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36",
        "Android",
        True,
        19,
        (("Chromium", "122"), ("Not(A:Brand", "24"), ("Samsung Internet", "26.0")),
    ),
)

KIOSK_BROWSER = Browser(
    "Chrome",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0.0.0 Safari/537.36",
    "Linux",
    False,
    0,
    (*_CHROMIUM, ("Google Chrome", "130")),
)

_SHARES = [browser.share for browser in BROWSERS]


def any_browser(rng: Random) -> Browser:
    return rng.choices(BROWSERS, _SHARES)[0]
