"""Every form a map is written in."""

from __future__ import annotations

import struct
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from cjm_tracker.errors import InputError
from cjm_tracker.map import FORMATS, written
from cjm_tracker.map.browser import BROWSERS
from cjm_tracker.map.model import Touchpoint
from cjm_tracker.map.render import render_picture

from .conftest import HOSTILE
from .test_browser import CHROMIUM

if TYPE_CHECKING:
    from tests.map.conftest import Maps

SVG = "{http://www.w3.org/2000/svg}"


def test_the_picture_is_one_for_any_program(maps: Maps) -> None:
    text = render_picture(maps.russian)
    root = ElementTree.fromstring(text)
    assert root.tag == f"{SVG}svg"
    assert "var(" not in text and "@media" not in text and "<script" not in text
    assert text.count("http") == text.count("http://www.w3.org/2000/svg") == 1
    words = " ".join("".join(found.itertext()) for found in root.iter(f"{SVG}text"))
    assert "Обслуживание" in words and "Пути между точками" in words
    ids = [found.get("id") for found in root.iter() if found.get("id")]
    assert len(ids) == len(set(ids))


def test_lanes_of_the_picture_lie_below_each_other(maps: Maps) -> None:
    root = ElementTree.fromstring(render_picture(maps.english))
    rules = [float(line.get("y1", "")) for line in root.findall(f"{SVG}line")]
    assert rules == sorted(rules) and len(set(rules)) == len(rules)
    assert rules[-1] < float(root.get("height", ""))


def test_hostile_words_stay_words(maps: Maps) -> None:
    bad = Touchpoint("bad", HOSTILE, "web", HOSTILE, 9, 9, 0)
    stages = tuple(
        replace(stage, name=HOSTILE, touchpoints=(bad,)) for stage in maps.english.stages
    )
    root = ElementTree.fromstring(
        render_picture(replace(maps.english, title=HOSTILE, stages=stages, moves=()))
    )
    assert not [found for found in root.iter() if found.tag == f"{SVG}script"]
    assert root.findtext(f"{SVG}title") == HOSTILE


def test_an_empty_map_is_a_picture_too(maps: Maps) -> None:
    assert "No journeys yet" in render_picture(maps.empty)


def test_another_ending_is_refused_in_one_line(maps: Maps) -> None:
    with pytest.raises(InputError, match=r"'\.doc'.*\.html, \.svg, \.png, \.pdf, \.csv"):
        written(maps.empty, ".doc", {})


def test_without_a_browser_it_says_what_to_install(
    maps: Maps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    for ending in (".png", ".pdf"):
        with pytest.raises(InputError, match=r"^pdf and png need Chromium .* html or svg$"):
            written(maps.empty, ending, {})
    assert {*FORMATS} == {".html", ".svg", ".png", ".pdf", ".csv"}


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}")
def test_paper_and_pictures_are_made_by_chromium(maps: Maps) -> None:
    assert CHROMIUM.name in BROWSERS
    paper = written(maps.russian, ".pdf", {})
    assert paper.startswith(b"%PDF-")
    # A3, lying: 420 × 297 mm, in points.
    assert b"/MediaBox [0 0 1190.5" in paper or b"/MediaBox [0 0 1191" in paper
    picture = written(maps.russian, ".png", {})
    width, height = struct.unpack(">II", picture[16:24])
    assert width == 2 * 1587 and height > width
