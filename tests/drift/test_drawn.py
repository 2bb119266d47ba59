"""A drawn map as people write it, and what is said of a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from cjm_tracker.drift import Drawn, read_drawn
from cjm_tracker.errors import CjmError, ConfigError, InputError

STAGES = ["awareness", "service"]
LABELS = {
    "awareness": {"en": "Awareness", "ru": "Узнавание"},
    "ad_visit": {"en": "Visit from an ad"},
}
MAP = [
    Drawn(stage="awareness", touchpoint="ad_visit", channel="paid_search", emotion=1),
    Drawn(stage="service", touchpoint="service_call", emotion=-2, loop_to="ad_visit"),
]
CSV = """stage,touchpoint,channel,emotion,loop_to
awareness,ad_visit,paid_search,1,
service,service_call,,-2,ad_visit
"""
YAML = """# drawn in May
touchpoints:
  - {stage: Узнавание, touchpoint: visit from an ad, channel: paid_search, emotion: 1}
  - stage: service
    touchpoint: service_call
    emotion: -2
    loop_to: ad_visit
"""


def read(directory: Path, name: str, text: str) -> list[Drawn]:
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return read_drawn(path, STAGES, LABELS)


def test_both_forms_are_read_and_labels_are_names(tmp_path: Path) -> None:
    assert read(tmp_path, "map.csv", "\ufeff" + CSV) == read(tmp_path, "map.yaml", YAML) == MAP


def test_two_columns_suffice(tmp_path: Path) -> None:
    (one,) = read(tmp_path, "map.csv", "stage,touchpoint\nservice,service_call\n")
    assert (one.channel, one.emotion, one.loop_to) == ("", None, "")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "m.csv",
            CSV + "servce,x,,,\n",
            "m.csv:4: stage: 'servce' is not defined, did you mean 's",
        ),
        ("m.csv", CSV + "service,x,,much,\n", "m.csv:4: emotion: input should be a valid number"),
        ("m.csv", CSV + "service,x,,3,\n", "m.csv:4: emotion: input should be less than or equal"),
        (
            "m.csv",
            CSV + "service,ad_visit,,,\n",
            "m.csv:4: touchpoint: 'ad_visit' is drawn already",
        ),
        ("m.csv", CSV + "service,x,,,,,\n", "m.csv:4: more cells than the heading has"),
        ("m.csv", "stage,point\nservice,x\n", "m.csv:2: touchpoint: field required"),
        ("m.csv", "", "m.csv: no touchpoint is drawn"),
        ("m.yaml", YAML + "  - {stage: service}\n", "m.yaml:8: touchpoint: field required"),
        ("m.yaml", YAML + "  - service\n", "m.yaml:8: touchpoints: each has a stage"),
        ("m.yaml", "touchpoints: [\n", "m.yaml:2: "),
        ("m.yaml", "[]", "m.yaml:1: touchpoints: a list"),
    ],
)
def test_a_wrong_map_is_refused_with_its_line(
    name: str, text: str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, name, text)
    assert str(refused.value).startswith(f"{tmp_path}/{told}")
    assert "\n" not in str(refused.value)


def test_a_map_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_drawn(tmp_path / "absent.csv", STAGES, {})
    (tmp_path / "map.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(CjmError, match="UTF-8"):
        read_drawn(tmp_path / "map.csv", STAGES, {})
