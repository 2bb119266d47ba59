"""The page in a real browser."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Literal

import pytest

from cjm_tracker.map import render, with_other
from cjm_tracker.map.layout import SHOWN_TOUCHPOINTS
from cjm_tracker.map.lettering import text_width
from cjm_tracker.map.model import Move, Touchpoint, Transition

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


def test_a_click_tells_what_is_behind_a_touchpoint(page: Page, maps: Maps, tmp_path: Path) -> None:
    _show(page, render(maps.english), tmp_path)
    behind = page.get_by_role("dialog")
    assert behind.count() == 0
    page.get_by_role("button", name="Product viewed").click()
    assert behind.get_by_role("heading", name="Product viewed").is_visible()
    # Four times by three customers, of whom one came again.
    text = behind.inner_text()
    assert "Contacts\n4" in text and "Customers\n3" in text
    assert len(re.findall(r"\bc[0-9a-f]{16}\b", text)) == 3
    behind.get_by_role("button", name="Close").click()
    assert behind.count() == 0


def test_the_keyboard_suffices(page: Page, maps: Maps, tmp_path: Path) -> None:
    _show(page, render(maps.russian), tmp_path)
    button = page.get_by_role("button", name="Просмотр товара")
    for _ in range(20):
        page.keyboard.press("Tab")
        if button.evaluate("own => own === document.activeElement"):
            break
    page.keyboard.press("Enter")
    behind = page.get_by_role("dialog")
    assert behind.get_by_role("button", name="Закрыть").evaluate(
        "own => own === document.activeElement"
    )
    page.keyboard.press("Escape")
    assert behind.count() == 0
    assert button.evaluate("own => own === document.activeElement")


# The texts of a drawing that touch, as the browser lays them out.
TOUCHING = """drawing => {
  const texts = [...drawing.querySelectorAll('text')]
    .map(text => [text.textContent.trim(), text.getBoundingClientRect()]);
  return texts.flatMap(([name, one], no) => texts.slice(no + 1)
    .filter(([_, two]) => one.left < two.right - 1 && two.left < one.right - 1
      && one.top < two.bottom - 1 && two.top < one.bottom - 1)
    .map(([other]) => `${name} × ${other}`));
}"""


@pytest.mark.parametrize("seed", range(4))
def test_words_of_a_drawing_do_not_touch(page: Page, maps: Maps, tmp_path: Path, seed: int) -> None:
    """Many touchpoints with long names, and whatever follows whatever."""
    chance, map = Random(seed), maps.russian if seed % 2 else maps.english
    words = ("Заявка", "подтверждена", "ЩУКА", "W", "удовлетворённость", "Service", "rated (NPS)")
    stages = tuple(
        replace(
            stage,
            touchpoints=tuple(
                Touchpoint(
                    f"t{no}", " ".join(chance.choices(words, k=chance.randint(1, 5))),
                    "web", "Web", chance.choice((3, 40, 900, 12_000)), 9, 0,
                )
                for no in range(12)
            ),
            transitions=tuple(
                Transition(to, chance.randint(1, 9), "Чат", 1, to < place)
                for to in range(len(maps.english.stages))
                if to != place
            ),
        )
        for place, stage in enumerate(map.stages)
    )  # fmt: skip
    moves = tuple(
        Move(chance.randrange(6), f"t{chance.randrange(12)}", chance.randrange(6),
             f"t{chance.randrange(12)}", chance.choice((2, 60, 12_000)))
        for _ in range(300)
    )  # fmt: skip
    _show(page, render(replace(map, stages=stages, moves=moves)), tmp_path)
    for drawing in ("flows", "bowed", "curve"):
        assert page.locator(f"svg.{drawing}").evaluate(TOUCHING) == []


def test_letters_are_no_wider_than_they_are_taken_for(page: Page) -> None:
    texts = ["Satisfaction rated (CSAT) 279", "Удовлетворённость оценена", "ЩЖЮ МОЩЬ 96 %", "wmWM"]
    drawn = "".join(f'<text font-size="12.5">{text}</text>' for text in texts)
    page.set_content(f"<svg font-family='system-ui, sans-serif'>{drawn}</svg>")
    wide = page.evaluate(
        "[...document.querySelectorAll('text')].map(t => t.getComputedTextLength())"
    )
    for text, width in zip(texts, wide, strict=True):
        assert 0.7 * text_width(text, 12.5) <= width <= text_width(text, 12.5)


def test_what_is_hovered_stands_out(page: Page, maps: Maps, tmp_path: Path) -> None:
    _show(page, render(maps.english), tmp_path)
    way = page.locator("path.way.onward").first
    before = way.evaluate("own => getComputedStyle(own).opacity")
    way.hover(force=True)
    assert float(way.evaluate("own => getComputedStyle(own).opacity")) > float(before)
    assert " → " in str(way.locator("title").text_content())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    browser: Browser, maps: Maps, tmp_path: Path, scheme: Literal["light", "dark"]
) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed"
    )
    page = browser.new_page(color_scheme=scheme, viewport={"width": 1600, "height": 1000})
    compared = with_other(maps.russian, maps.russian)
    _show(page, render(compared), tmp_path)
    page.get_by_role("button", name="Просмотр товара").click()
    found = axe.Axe().run(page)
    assert [one["id"] for one in found.response["violations"]] == []
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(245, 244, 240)") is (scheme == "light")
    page.close()


def test_it_prints_on_a3(page: Page, maps: Maps, tmp_path: Path) -> None:
    _show(page, render(maps.russian), tmp_path)
    paper = page.pdf(prefer_css_page_size=True)
    assert re.search(rb"/MediaBox \[0 0 119[01][\d.]* 84[12]", paper)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1519, "height": 1000})  # A3 less its margins
    assert page.evaluate("document.documentElement.scrollWidth") <= 1519


def test_a_thousand_touchpoints_are_few_on_the_page(page: Page, maps: Maps, tmp_path: Path) -> None:
    stages = tuple(
        replace(
            stage,
            touchpoints=tuple(
                Touchpoint(f"t{no}", f"Touchpoint {no}", "web", "Website", 300 - no, 200 - no, 0)
                for no in range(170)
            ),
        )
        for stage in maps.english.stages
    )
    began = time.process_time()
    text = render(replace(maps.english, stages=stages))
    assert time.process_time() - began < 3
    assert len(text) < 2_000_000
    _show(page, text, tmp_path)
    seen = page.locator("li.touchpoint:visible").count()
    assert seen == len(stages) * SHOWN_TOUCHPOINTS
