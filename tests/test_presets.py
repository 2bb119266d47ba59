"""The mappings that ship with us: each whole, in three languages, and as its own examples say."""

from __future__ import annotations

import re

import pytest

from cjm_tracker.mapping import DEFAULT_MAPPING, LANGUAGES, Mapping, load_mapping, presets
from cjm_tracker.stages import vocabularies
from cjm_tracker.touchpoints import compile_rules

# Retail is the worked example: its touchpoints follow the simulator's shop.
INDUSTRIES = [name for name, path in presets().items() if path != DEFAULT_MAPPING]
CYRILLIC = re.compile("[а-я]", re.IGNORECASE)
ONLY_RUSSIAN = re.compile("[ыэё]", re.IGNORECASE)


@pytest.fixture(scope="module", params=presets())
def any_preset(request: pytest.FixtureRequest) -> Mapping:
    return load_mapping(presets()[request.param])


@pytest.fixture(scope="module", params=INDUSTRIES)
def preset(request: pytest.FixtureRequest) -> Mapping:
    return load_mapping(presets()[request.param])


def test_the_examples_hold(any_preset: Mapping) -> None:
    classify = compile_rules(any_preset.sources, any_preset.groups)
    told = [
        (example.given, wrong)
        for example in any_preset.examples
        if (wrong := example.differs(classify(example.source, example.format, example.event())))
    ]
    assert told == []


def test_the_examples_are_of_every_source(any_preset: Mapping) -> None:
    assert len(any_preset.examples) >= 12
    assert {example.source for example in any_preset.examples} == set(any_preset.sources)


def test_a_touchpoint_is_in_one_stage(preset: Mapping) -> None:
    said = {
        (rule.touchpoint, rule.stage)
        for section in preset.sources.values()
        for rule in section.rules
        if rule.touchpoint
    }
    assert len(said) == len(preset.touchpoints)
    assert set(preset.touchpoints.values()) == set(preset.stages)


def test_everything_is_named_in_three_languages(preset: Mapping) -> None:
    shown = {*preset.touchpoints, *preset.stages, *preset.channels}
    assert {name: set(preset.labels.get(name, {})) for name in shown} == {
        name: set(LANGUAGES) for name in shown
    }


def test_each_language_is_that_language(preset: Mapping) -> None:
    for name, words in preset.labels.items():
        assert not CYRILLIC.search(words["en"]), name
        assert CYRILLIC.search(words["ru"]) and CYRILLIC.search(words["bg"]), name
        assert not ONLY_RUSSIAN.search(words["bg"]), name
    # Some words are the same in both; most are not.
    same = [name for name, words in preset.labels.items() if words["ru"] == words["bg"]]
    assert len(same) < len(preset.labels) / 4


def test_journeys_are_cut_in_several_ways(preset: Mapping) -> None:
    assert len(preset.journeys) >= 2
    assert all(journey.goals for journey in preset.journeys)
    for journey in preset.definitions:
        for name in (*journey.goals, *journey.starts_at, *journey.ends_at):
            assert preset.touchpoints[name] in journey.stages, (journey.name, name)


def test_an_industry_has_its_own_stages(preset: Mapping) -> None:
    assert preset.stages != load_mapping().stages
    assert preset.stages not in [[*one] for one in vocabularies().values()]


def test_software_is_sold_to_businesses() -> None:
    assert load_mapping(presets()["saas"]).journeys[0].unit == "account"


def test_the_stages_of_retail_are_a_vocabulary() -> None:
    retail = load_mapping()
    six = vocabularies()["six_stages"]
    assert retail.stages == [*six]
    assert {name: retail.labels[name] for name in six} == six
