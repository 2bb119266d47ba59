"""What the queries make of a small, known world."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from cjm_tracker.errors import ConfigError
from cjm_tracker.map import read_map
from cjm_tracker.map.model import Flow, Stage, Totals
from cjm_tracker.mapping import load_mapping

if TYPE_CHECKING:
    from tests.map.conftest import Maps


@pytest.fixture
def stages(maps: Maps) -> dict[str, Stage]:
    return {stage.key: stage for stage in maps.english.stages}


def test_totals_and_period(maps: Maps) -> None:
    assert maps.english.totals == Totals(
        journeys=3,
        customers=3,
        converted=1,
        still_open=1,
        still_open_unconverted=1,
        steps=12,
        steps_without_stage=1,
    )
    assert maps.english.totals.ended_unconverted == 1
    period = maps.english.period
    assert period is not None
    assert (period.first_at.date(), period.last_at.date()) == (date(2026, 9, 1), date(2026, 11, 1))


def test_stages_stand_in_their_order_visited_or_not(maps: Maps) -> None:
    assert [stage.key for stage in maps.english.stages] == load_mapping().stages
    assert maps.english.stages[-1].flow == Flow()


def test_flow_tells_gone_on_not_yet_and_dropped_apart(stages: dict[str, Stage]) -> None:
    assert stages["consideration"].flow == Flow(
        journeys=3, customers=3, went_on=1, still_open=1, ended_here=1, dropped_off=1
    )


def test_touchpoints_are_counted_by_times_and_by_journeys(stages: dict[str, Stage]) -> None:
    viewed = stages["consideration"].touchpoints[0]
    assert (viewed.name, viewed.times, viewed.journeys) == ("Product viewed", 4, 3)
    assert viewed.journeys_again == 1
    assert [point.name for point in stages["purchase"].touchpoints if point.is_goal] == [
        "Order completed"
    ]


def test_a_stage_without_answers_has_no_emotion(stages: dict[str, Stage]) -> None:
    assert stages["awareness"].emotion is None
    measured = stages["service"].emotion
    assert measured is not None
    assert (measured.answers, measured.mean, measured.interval) == (1, -1.0, None)


def test_comments_keep_their_words_and_score(stages: dict[str, Stage]) -> None:
    (comment,) = stages["service"].comments
    assert comment.text.endswith("it's late")
    assert (comment.metric, comment.score, comment.language) == ("csat", 1.0, "en")
    assert stages["service"].comment_count == 1


def test_waiting_counts_who_gave_up_and_who_had_to_ask_again(stages: dict[str, Stage]) -> None:
    waiting = stages["service"].waiting
    assert waiting is not None
    assert (waiting.contacts, waiting.abandoned, waiting.waited) == (2, 1, 2)
    assert (waiting.journeys, waiting.journeys_again) == (1, 1)
    assert waiting.median_wait_s in (60, 120)
    assert stages["consideration"].waiting is None


def test_transitions_pass_over_steps_without_stage_and_mark_the_way_back(
    stages: dict[str, Stage],
) -> None:
    (onward,) = stages["consideration"].transitions
    assert (onward.to, onward.touchpoint, onward.times) == (2, "Checkout started", 1)
    assert not onward.is_back
    (back,) = stages["service"].transitions
    assert (back.to, back.is_back) == (0, True)


def test_a_stage_has_the_owner_that_the_mapping_names(stages: dict[str, Stage]) -> None:
    assert {key: stage.curated.owner for key, stage in stages.items() if stage.curated.owner} == {
        "purchase": "Sales"
    }


def test_names_are_in_the_language_asked_for(maps: Maps) -> None:
    assert maps.russian.stages[2].name == "Покупка"
    assert maps.russian.title == "Карта пути клиента"


def test_an_empty_warehouse_gives_the_stages_and_nothing_else(maps: Maps) -> None:
    assert maps.empty.is_empty
    assert maps.empty.period is None
    assert [stage.key for stage in maps.empty.stages] == load_mapping().stages
    assert {stage.flow for stage in maps.empty.stages} == {Flow()}


def test_an_unknown_definition_is_refused_before_any_query() -> None:
    def asked(*_: object) -> list[dict[str, Any]]:
        raise AssertionError("no query was needed")

    with pytest.raises(ConfigError, match="'no_such'.*customer_journey"):
        read_map(asked, asked, load_mapping(), "en", definition="no_such")
