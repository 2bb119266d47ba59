"""Paper and pictures: the page through Chromium, where it is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from cjm_tracker.errors import InputError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# As wide as A3 at 96 dots an inch, and twice as fine.
WIDTH, SCALE, PATIENCE_S = 1587, 2, 60
# The page as it is has no script; only this copy tells how high it is.
ASK = "<script>document.title=document.documentElement.scrollHeight</script></body>"


def pdf(page: str) -> bytes:
    """The page on A3."""
    with tempfile.TemporaryDirectory() as place:
        source = _put(place, page)
        made = Path(place) / "map.pdf"
        _run(place, f"--print-to-pdf={made}", "--no-pdf-header-footer", source)
        return made.read_bytes()


def png(page: str) -> bytes:
    """The whole page as one picture."""
    with tempfile.TemporaryDirectory() as place:
        asking = re.sub(r"<meta http-equiv=[^>]*>", "", page).replace("</body>", ASK)
        told = _run(place, "--dump-dom", f"--window-size={WIDTH},1000", _put(place, asking))
        height = re.search(r"<title>(\d+)</title>", told)
        if not height:
            raise InputError("the browser does not say how high the map is: write html or svg")
        made = Path(place) / "map.png"
        size = f"--window-size={WIDTH},{min(int(height[1]), 16_000 // SCALE)}"
        scale = f"--force-device-scale-factor={SCALE}"
        _run(place, f"--screenshot={made}", size, scale, _put(place, page))
        return made.read_bytes()


def _put(place: str, page: str) -> str:
    path = Path(place) / "map.html"
    path.write_text(page, encoding="utf-8")
    return path.as_uri()


def _run(place: str, *arguments: str) -> str:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise InputError("pdf and png need Chromium on the PATH: install it, or write html or svg")
    command = [browser, "--headless", "--disable-gpu", "--hide-scrollbars"]
    command += [f"--user-data-dir={place}/profile", "--no-first-run", "--disable-extensions"]
    if os.geteuid() == 0:
        command.append("--no-sandbox")  # for root there is none
    try:
        done = subprocess.run(
            [*command, *arguments], capture_output=True, timeout=PATIENCE_S, check=True
        )
    except subprocess.TimeoutExpired:
        raise InputError(f"{browser} was not done after {PATIENCE_S} s") from None
    except (OSError, subprocess.CalledProcessError) as error:
        raise InputError(f"{browser} cannot draw the map: {error}") from None
    return done.stdout.decode("utf-8", "replace")
