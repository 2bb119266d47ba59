"""Vocabularies of stages, named by a mapping instead of listed."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from cjm_tracker.errors import ConfigError
from cjm_tracker.mapping import LANGUAGES, Mapping, load_mapping
from cjm_tracker.stages import vocabularies

SHOP = dedent(
    """\
    version: shop_1
    stages: five_stages
    journeys: [{name: all, stages: [decision, loyalty], inactivity: 30d}]
    sources:
      website:
        channel: web
        rules:
          - {when: {event: Order Completed}, touchpoint: order_completed, stage: decision}
    labels:
      decision: {en: Purchase}
      order_completed: {en: Order}
    """
)


def loaded(directory: Path, text: str = SHOP) -> Mapping:
    path = directory / "shop.yaml"
    path.write_text(text, encoding="utf-8")
    return load_mapping(path)


@pytest.mark.parametrize("name", vocabularies())
def test_a_vocabulary_speaks_three_languages(name: str) -> None:
    for labels in vocabularies()[name].values():
        assert set(labels) == set(LANGUAGES)


def test_vocabularies_are_as_long_as_they_say() -> None:
    lengths = {name: len(stages) for name, stages in vocabularies().items()}
    assert lengths == {"three_stages": 3, "five_stages": 5, "six_stages": 6}


def test_a_named_vocabulary_is_the_list(tmp_path: Path) -> None:
    mapping = loaded(tmp_path)
    assert mapping.stages == [
        "awareness", "consideration", "decision", "retention", "loyalty"
    ]  # fmt: skip
    assert mapping.definitions[0].stages == ["decision", "loyalty"]


def test_its_labels_come_along_and_the_mappings_own_win(tmp_path: Path) -> None:
    mapping = loaded(tmp_path)
    assert mapping.label("loyalty", "bg") == "Лоялност"
    assert mapping.label("decision", "en") == "Purchase"
    assert mapping.label("decision", "ru") == "Решение"
    assert mapping.label("order_completed", "en") == "Order"
    assert vocabularies()["five_stages"]["decision"]["en"] == "Decision"


def test_without_labels_of_its_own_it_has_those_of_the_stages(tmp_path: Path) -> None:
    mapping = loaded(tmp_path, SHOP[: SHOP.index("labels:")])
    assert mapping.label("awareness", "ru") == "Осведомлённость"


def test_what_is_kept_of_it_reads_the_same(tmp_path: Path) -> None:
    mapping = loaded(tmp_path)
    assert Mapping.model_validate_json(mapping.model_dump_json()) == mapping


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("five_stages", "five_stage",
         "shop.yaml:2: stages: vocabulary 'five_stage' is not defined, did you mean 'five_stages'"),
        ("five_stages", "marketing",
         "shop.yaml:2: stages: vocabulary 'marketing' is not defined; there are: five_stages, six"),
        ("stage: decision}", "stage: purchase}", "shop.yaml:8: stage 'purchase' is not defined"),
        ("{en: Purchase}", "Purchase", "shop.yaml:10: labels.decision: "),
        ("stages: five_stages", "stages: 5", "shop.yaml:2: stages: "),
    ],
    ids=["typo", "unknown", "stage", "label", "number"],
)  # fmt: skip
def test_a_wrong_name_is_refused_by_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, SHOP.replace(old, new, 1))
    assert said in str(caught.value)


def test_the_schema_knows_lists_and_names() -> None:
    listed, named = Mapping.model_json_schema()["properties"]["stages"]["anyOf"]
    assert listed["type"] == "array"
    assert named == {"enum": [*vocabularies()]}
