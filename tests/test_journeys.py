from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from cjm_tracker.journeys import JourneyDefinition


def definition(**fields: Any) -> JourneyDefinition:
    return JourneyDefinition.model_validate({"name": "all", **fields})


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1m", timedelta(minutes=1)),
        ("30m", timedelta(minutes=30)),
        ("12h", timedelta(hours=12)),
        ("14d", timedelta(days=14)),
        ("99999d", timedelta(days=99_999)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(written: str, meant: timedelta) -> None:
    assert definition(inactivity=written).inactivity == meant


@pytest.mark.parametrize(
    "written", ["", "30", "m", "1.5h", "-1d", "0m", "00d", "1w", "1 d", "1D", "100000d", 30, None,
                "30m\n"],
    ids=repr,
)  # fmt: skip
def test_what_is_no_duration_is_refused(written: Any) -> None:
    with pytest.raises(ValidationError):
        definition(inactivity=written)


def test_without_a_word_on_it_thirty_days_without_contact_end_a_journey() -> None:
    assert definition().inactivity == timedelta(days=30)


def test_a_channel_may_have_its_own_patience() -> None:
    found = definition(inactivity_by_channel={"phone": "3d"}).inactivity_by_channel
    assert found == {"phone": timedelta(days=3)}


@pytest.mark.parametrize(
    "fields",
    [{"name": "All journeys"}, {"goal": ["x"]}, {"goals": ["No Slug"]},
     {"inactivity_by_channel": {"phone": "soon"}}, {"inactivity_by_channel": {"My Phone": "1d"}}],
    ids=str,
)  # fmt: skip
def test_a_wrong_field_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        definition(**fields)


@pytest.mark.parametrize("written", ["1m", "90m", "12h", "14d", "99999d"])
def test_what_is_written_down_reads_the_same(written: str) -> None:
    said = definition(
        inactivity=written, inactivity_by_channel={"store": "90d"}, lookback=written
    ).model_dump_json()
    assert f'"{written}"' in said
    assert JourneyDefinition.model_validate_json(said).model_dump_json() == said


def test_a_version_is_of_what_is_meant() -> None:
    assert definition(inactivity="24h").version == definition(inactivity="1d").version
    assert definition(inactivity="24h").version != definition(inactivity="25h").version
    assert definition(lookback="30d").version != definition().version
