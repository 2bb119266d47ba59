"""The page: nothing foreign gets in, nothing is told that was not measured."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from cjm_tracker.map import render
from cjm_tracker.map.highlights import highlights
from cjm_tracker.map.layout import SHOWN_TOUCHPOINTS, by_channel, spoken_language
from cjm_tracker.map.model import (
    Comment,
    Curated,
    Emotion,
    Flow,
    JourneyMap,
    Kpi,
    Move,
    Pain,
    Period,
    Stage,
    Totals,
    Touchpoint,
    Transition,
    Waiting,
    Way,
    most_repeated,
)

if TYPE_CHECKING:
    from tests.map.conftest import Maps

AT = datetime(2026, 9, 9)
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=y>"
# Elements that have no end tag in HTML.
VOID = {"meta", "link", "col"}


class _Page(HTMLParser):
    """Elements and attributes of a page; every element must be closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def _touchpoints(count: int) -> tuple[Touchpoint, ...]:
    return tuple(
        Touchpoint(f"t{no}", f"T{no}", f"c{no % 4}", f"C{no % 4}", 100 - no, 90 - no, no)
        for no in range(count)
    )


def _map(*stages: Stage) -> JourneyMap:
    totals = Totals(100, 90, 30, 40, 20, 1000, 3)
    return JourneyMap(
        "Map",
        "en",
        "d",
        Period(AT, AT),
        totals,
        stages,
        ("Order",),
        _moves(stages),
        ("channel=web",),
    )


def _moves(stages: tuple[Stage, ...]) -> tuple[Move, ...]:
    """From every stage's first touchpoint to every stage's first, its own included."""
    met = [no for no, stage in enumerate(stages) if stage.touchpoints]
    return tuple(Move(one, "t0", other, "t0", 5) for one in met for other in met)


def _full(name: str) -> Stage:
    return Stage(
        key="s",
        name=name,
        flow=Flow(50, 49, 20, 10, 20, 20),
        touchpoints=tuple(replace(t, name=name, channel_name=name) for t in _touchpoints(40)),
        emotion=Emotion(30, -0.5, (-0.6, -0.4)),
        comments=(Comment(name, name, AT, "csat", 1.0, -1.0, name),),
        comment_count=1,
        waiting=Waiting(10, 2, 8, 70.0, 300.0, 9, 3),
        transitions=(Transition(0, 5, name, 5, True),),
        ways=(Way((name, name), 20),),
        pains=(Pain(name, "waits", 20, 0.5, 0.2, 0.3, 0.1, 0.4, 99.0),),
        converted=10,
        median_s=300.0,
        friction=0.2,
        curated=Curated(name, name, name),
    )


def test_hostile_text_stays_text() -> None:
    drawn = replace(_map(_full(HOSTILE), _full(HOSTILE)), title=HOSTILE, goals=(HOSTILE,))
    text = render(drawn)
    page = _Page(text)
    assert "<script" not in text and "<img" not in text
    assert "&lt;script&gt;" in text
    assert not any(name.startswith("on") for _, found in page.elements for name in found)
    # What claims to be a language is not believed.
    assert [quote.get("lang") for quote in page.named("blockquote")] == [None, None]


def test_the_page_needs_nothing_from_outside(maps: Maps) -> None:
    text = render(maps.english)
    page = _Page(text)
    assert not page.named("script")
    assert {link["href"] for link in page.named("link")} == {"data:,"}
    assert {str(use["href"])[0] for use in page.named("use")} == {"#"}
    assert "http://" not in text and "https://" not in text


def test_every_reference_inside_the_page_is_met(maps: Maps) -> None:
    text = render(maps.english)
    page = _Page(text)
    ids = [str(found["id"]) for _, found in page.elements if "id" in found]
    assert len(ids) == len(set(ids))
    used = {str(use["href"])[1:] for use in page.named("use")}
    labels = " ".join(str(found.get("aria-labelledby") or "") for _, found in page.elements)
    assert used | set(labels.split()) <= set(ids)


def test_the_table_is_one_for_screen_readers_too(maps: Maps) -> None:
    page = _Page(render(maps.english))
    assert page.named("html") == [{"lang": "en"}]
    assert len([th for th in page.named("th") if th["scope"] == "col"]) == 6
    assert all("scope" in th for th in page.named("th"))
    pictures = [svg for svg in page.named("svg") if svg.get("role") == "img"]
    assert len(pictures) == len(page.named("desc")) == 3
    silent = [svg for svg in page.named("svg") if svg.get("aria-hidden") == "true"]
    # The faces on the curve are inside a picture that is described as a whole.
    faces = [svg for svg in page.named("svg") if svg.get("class") == "face"]
    assert len(pictures) + len(silent) + len(faces) == len(page.named("svg"))


def test_no_answers_is_a_gap_and_not_a_zero() -> None:
    text = render(_map(Stage("a", "A", flow=Flow(5, 5, 5)), Stage("b", "B", flow=Flow(5, 5))))
    assert text.count('class="gap"') == 2
    assert 'class="spot' not in text
    assert "A: no answers here." in text


def test_an_empty_warehouse_says_so(maps: Maps) -> None:
    text = render(maps.empty)
    _Page(text)
    assert "No journeys yet" in text
    assert "Awareness" in text and "not filled in yet" in text
    assert "Measured from the logs" not in text and "NaN" not in text


@pytest.mark.parametrize("count", [1, 2, 12])
def test_any_number_of_stages(count: int) -> None:
    _Page(render(_map(*[_full(f"Stage {no}") for no in range(count)])))


def test_a_definition_without_goals_claims_no_conversion() -> None:
    text = render(replace(_map(_full("A")), goals=()))
    assert "Reached a goal" not in text and "reached a goal" not in text


def test_many_touchpoints_fold_and_none_is_lost() -> None:
    stage = Stage("a", "A", touchpoints=_touchpoints(40))
    shown, folded = (sum(len(g.touchpoints) for g in groups) for groups in by_channel(stage))
    assert (shown, folded) == (SHOWN_TOUCHPOINTS, 40 - SHOWN_TOUCHPOINTS)
    assert "+33 more" in render(_map(stage))
    almost = Stage("a", "A", touchpoints=_touchpoints(SHOWN_TOUCHPOINTS + 1))
    assert by_channel(almost)[1] == []


def test_what_is_written_by_people_is_shown_as_theirs() -> None:
    written = Stage("a", "A", curated=Curated(owner="Head of service"))
    text = render(_map(written, Stage("b", "B")))
    assert "Head of service" in text
    assert text.count("not filled in yet") == 5


def test_a_kpi_is_told_apart_from_what_is_measured() -> None:
    kpis = (Kpi("Checkout: at least 90%", "conversion", 0.9), Kpi("Margin: 12 EUR"))
    stage = Stage("a", "A", flow=Flow(10, 10, 5), converted=3, kpis=kpis)
    text = " ".join(render(replace(_map(stage), goals=("Bought",))).split())
    assert "<dd>30%</dd>" in text
    assert "</svg>Checkout: at least 90% · <b>missed</b></dd>" in text
    assert "Margin" not in text.split('class="lane kpi"')[0]


def test_highlights_need_something_to_compare() -> None:
    dropping = Stage("a", "A", flow=Flow(10, 10, 4, 0, 6, 6), emotion=Emotion(30, 0.1, (0.0, 0.2)))
    last = Stage("b", "B", flow=Flow(90, 90, 0, 0, 90), emotion=Emotion(3, -0.9))
    found = highlights(_map(dropping, last))
    # The last stage's endings are no drop-off; three answers do not make a lowest mood.
    assert [(highlight.kind, highlight.stage.key) for highlight in found] == [("drop", "a")]
    assert highlights(_map(last)) == []


def test_the_most_repeated_come_first() -> None:
    stage = Stage("a", "A", touchpoints=_touchpoints(5))
    assert [point.name for point in most_repeated(stage)] == ["T4", "T3", "T2"]


@pytest.mark.parametrize(
    ("written", "tag"),
    [("bg", "bg"), ("pt-BR", "pt-BR"), ("", None), ("Bulgarian", None), ('en"', None)],
)
def test_only_language_tags_become_language_tags(written: str, tag: str | None) -> None:
    assert spoken_language(written) == tag
