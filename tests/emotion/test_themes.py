from __future__ import annotations

import pytest
from pydantic import ValidationError

from cjm_tracker.emotion import Theme, theme_sets
from cjm_tracker.emotion.themes import Finder
from cjm_tracker.mapping import LANGUAGES, Mapping, load_mapping

READY = theme_sets()["customer_service"]
FIND = Finder({name: Theme.model_validate(said) for name, said in READY.themes.items()})


@pytest.mark.parametrize(
    ("text", "themes"),
    [
        ("The courier was an hour late and rude.", ["delivery", "staff"]),
        ("I was on hold for ages.", ["waiting"]),
        ("Far too expensive.", ["price"]),
        ("The app keeps crashing.", ["site_error"]),
        ("My refund never came.", ["returns"]),
        ("Курьер нагрубил, доставка опоздала.", ["delivery", "staff"]),
        ("Слишком дорого, скидок нет.", ["price"]),
        ("Приложение постоянно зависает.", ["site_error"]),
        ("Товар бракованный, деньги не вернули.", ["product_quality", "returns"]),
        ("Куриерът закъсня.", ["delivery"]),
        ("Чаках на опашка половин час.", ["waiting"]),
        ("Сайтът блокира при плащане.", ["site_error"]),
        ("Служителите са любезни, благодаря!", ["staff", "praise"]),
        ("Die Lieferung war nicht gut.", []),
        ("Blue, size 42.", []),
        ("", []),
    ],
)
def test_what_comments_are_about(text: str, themes: list[str]) -> None:
    assert FIND(text) == themes


def test_where_no_themes_are_asked_for_none_are_found() -> None:
    assert Finder({})("The courier was late.") == []


def test_the_ready_themes_are_whole() -> None:
    assert set(READY.labels) == set(READY.themes)
    for name, theme in READY.themes.items():
        assert set(theme) == set(READY.labels[name]) == set(LANGUAGES), name
        assert all(theme.values()), name


@pytest.mark.parametrize("written", ["", "*", "late!", "4 days"])
def test_what_is_no_pattern_is_refused(written: str) -> None:
    with pytest.raises(ValidationError, match="is no pattern"):
        Theme(en=[written])


def mapping(**said: object) -> Mapping:
    small = {
        "version": "v", "stages": ["any"],
        "sources": {"survey": {"channel": "survey", "rules": [{"touchpoint": "told"}]}},
        "journeys": [{"name": "j", "inactivity": "30d", "goals": ["told"]}],
    }  # fmt: skip
    return Mapping.model_validate({**small, **said})


def test_a_mapping_names_a_ready_set() -> None:
    named = mapping(themes="customer_service")
    assert set(named.themes) == set(READY.themes)
    assert named.label("waiting", "bg") == READY.labels["waiting"]["bg"]


def test_a_mapping_has_themes_of_its_own_over_a_ready_set() -> None:
    own = {"from": "customer_service", "parking": {"en": ["park*"]}, "price": {"en": ["dear"]}}
    named = mapping(themes=own, labels={"price": {"en": "Money"}})
    assert set(named.themes) == {*READY.themes, "parking"}
    assert named.themes["price"] == Theme(en=["dear"])
    assert (named.label("price", "en"), named.label("price", "ru")) == ("Money", "Цена")


def test_without_a_word_a_mapping_has_no_themes() -> None:
    assert mapping().themes == {}


@pytest.mark.parametrize("themes", ["customer_servise", {"from": "customer_servise"}])
def test_an_unknown_set_is_refused(themes: object) -> None:
    with pytest.raises(ValidationError, match="customer_service"):
        mapping(themes=themes)


def test_the_presets_have_themes() -> None:
    assert load_mapping().themes == mapping(themes="customer_service").themes
