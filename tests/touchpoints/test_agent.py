from __future__ import annotations

import pytest

from cjm_tracker.touchpoints.agent import Agent, agent

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1"
)
IPAD = IPHONE.replace("iPhone; CPU iPhone OS", "iPad; CPU OS")
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Mobile Safari/537.36"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Agent(False, "", "", "")),
        (f"{WINDOWS} Chrome/126.0.0.0 Safari/537.36", Agent(False, "desktop", "Chrome", "Windows")),
        (IPHONE, Agent(False, "phone", "Mobile Safari", "iOS")),
        (IPAD, Agent(False, "tablet", "Mobile Safari", "iOS")),
        (ANDROID, Agent(False, "phone", "Chrome Mobile", "Android")),
        (ANDROID.replace("Mobile ", ""), Agent(False, "tablet", "Chrome", "Android")),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
         Agent(True, "", "Googlebot", "")),
        ("curl/8.5.0", Agent(True, "", "curl", "")),
    ],
)  # fmt: skip
def test_what_an_agent_says_of_itself(text: str, expected: Agent) -> None:
    assert agent(text) == expected
