"""The page in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cjm_tracker.map import render

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.map.conftest import Maps

pytestmark = pytest.mark.browser

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test when the console, a script or the network has anything to say."""
    page = browser.new_page(viewport={"width": 1600, "height": 1000})
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if _is_foreign(request) else None)
    yield page
    page.close()
    assert said == []


def _is_foreign(request: object) -> bool:
    return not str(getattr(request, "url", "")).startswith(("file:", "data:"))


def _show(page: Page, text: str, directory: Path) -> None:
    path = directory / "map.html"
    path.write_text(text, encoding="utf-8")
    page.goto(path.as_uri())


def test_the_map_is_seen(page: Page, maps: Maps, tmp_path: Path) -> None:
    _show(page, render(maps.english), tmp_path)
    assert page.get_by_role("heading", level=1, name="Customer journey map").is_visible()
    assert page.get_by_role("columnheader", name="Consideration").is_visible()
    assert page.get_by_role("img", name="How it feels").is_visible()
    # The hostile comment is there as words.
    assert page.get_by_text("<script>alert('1')</script>").is_visible()


def test_the_russian_map_is_russian(page: Page, maps: Maps, tmp_path: Path) -> None:
    _show(page, render(maps.russian), tmp_path)
    assert page.locator("html").get_attribute("lang") == "ru"
    assert page.get_by_role("heading", level=1, name="Карта пути клиента").is_visible()
    assert page.get_by_role("columnheader", name="Рассмотрение").is_visible()


def test_columns_of_table_and_drawings_stand_in_line(
    page: Page, maps: Maps, tmp_path: Path
) -> None:
    """The curve spans all stages: its spots must stand in the middle of their columns."""
    _show(page, render(maps.english), tmp_path)
    column = page.get_by_role("columnheader", name="Service").bounding_box()
    spot = page.locator(".spot .dot").bounding_box()
    assert column is not None and spot is not None
    middle = column["x"] + column["width"] / 2
    assert spot["x"] + spot["width"] / 2 == pytest.approx(middle, abs=3)


@pytest.mark.parametrize("width", [400, 1280, 1800])
def test_the_page_itself_never_scrolls_sideways(
    page: Page, maps: Maps, tmp_path: Path, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    _show(page, render(maps.russian), tmp_path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_empty_map_says_so(page: Page, maps: Maps, tmp_path: Path) -> None:
    _show(page, render(maps.empty), tmp_path)
    assert page.get_by_role("heading", name="No journeys yet").is_visible()
