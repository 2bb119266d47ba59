"""A drawn map as people write it, and what is said of a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm_tracker.drift import Drawn, entry, lanes, read_drawn, read_sheet
from cjm_tracker.drift.entry import fields
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


LANES = """stage,lane,text
Узнавание,touchpoints,Visit from an ad (paid_search) +1
service,Touchpoints by channel,"service_call −2 ↩ Visit from an ad
help (chat)"
service,How it feels,9 answers
service,Owner,Head of service
service,kpi,
"""
STAGES_YAML = """stages:
  - {stage: service, owner: Head of service, kpi: 80%}
"""


def test_a_row_for_each_stage_and_lane_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "map.csv").write_text(LANES, encoding="utf-8")
    drawn, written = read_sheet(tmp_path / "map.csv", STAGES, LABELS)
    assert drawn == [*MAP, Drawn(stage="service", touchpoint="help", channel="chat")]
    assert written == {"service": {"owner": "Head of service"}}


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_are_seen(tmp_path: Path, separator: str) -> None:
    assert read(tmp_path, "map.csv", CSV.replace(",", separator)) == MAP


def test_stages_may_be_written_in_yaml_alone_or_beside_touchpoints(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    wanted = {"service": {"owner": "Head of service", "kpi": "80%"}}
    path.write_text(STAGES_YAML, encoding="utf-8")
    assert read_sheet(path, STAGES, LABELS) == ([], wanted)
    path.write_text(YAML + STAGES_YAML, encoding="utf-8")
    assert read_sheet(path, STAGES, LABELS) == (MAP, wanted)


NAMES = st.text("abcДж ()|,\"'", min_size=1).map(str.strip).filter(bool)


@settings(deadline=None)
@given(NAMES, st.sampled_from(["web", "Платный поиск"]), st.none() | st.integers(-100, 100), NAMES)
def test_an_entry_is_read_as_it_was_written(
    name: str, channel: str, hundredths: int | None, loop: str
) -> None:
    emotion = None if hundredths is None else hundredths / 100
    found = fields(entry(name, channel, emotion, loop))
    assert (found["touchpoint"], found["channel"], found["loop_to"]) == (name, channel, loop)
    assert (float(found["emotion"]) if found["emotion"] else None) == emotion


def test_lanes_are_called_by_one_name_in_each_language() -> None:
    for names in zip(*lanes.LANES.values(), strict=True):
        assert len(set(names)) == len(names)
    assert {lanes.lane_called(name) for names in lanes.LANES.values() for name in names} == {
        *lanes.LANES
    }


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
        ("m.csv", "stage,lane,text\nservice,ownr,A\n", "m.csv:2: lane: 'ownr'"),
        ("m.csv", "stage,lane,text\nservce,owner,A\n", "m.csv:2: stage: 'servce'"),
        ("m.csv", "stage,lane,text\nservice,owner,A\n", "m.csv: no touchpoint is drawn"),
        ("m.yaml", "stages: 1\n", "m.yaml:1: stages: a list"),
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
