"""Who has moved on after how long, and who stands still."""

from __future__ import annotations

import pytest

from cjm_tracker.warehouse import Warehouse

from ..oracle import measures as oracle
from .conftest import Ask, Row

AFTER = "0, 5m, 30m, 1h, 2h, 5h, 7d, 90d"
SECONDS = [0, 300, 1800, 3600, 7200, 18_000, 604_800, 7_776_000]


def test_progress(ask: Ask, journeys: list[Row], complete_to: int) -> None:
    rows = ask("progress", after=AFTER)
    expected = oracle.progress(journeys, [float(after) for after in SECONDS], complete_to)
    found = {(row["stage"], row["after_s"]): (row["at_risk"], row["moved_on"]) for row in rows}
    assert found.keys() == expected.keys()
    for key, (at_risk, moved) in expected.items():
        assert found[key][0] == at_risk, key
        assert found[key][1] == (None if moved is None else pytest.approx(moved)), key
    for row in rows:
        if row["moved_on"] is not None:
            assert 0 <= row["moved_on_low"] <= row["moved_on"] <= row["moved_on_high"] <= 1


def test_the_curve_is_neither_all_nor_nothing(ask: Ask) -> None:
    moved = {row["moved_on"] for row in ask("progress", after=AFTER)}
    assert None in moved and any(one and 0.2 < one < 0.9 for one in moved)


@pytest.mark.parametrize("share", ["0.5", "0.9"])
def test_stuck(world: Warehouse, ask: Ask, journeys: list[Row], share: str) -> None:
    ((watermark,),) = world.query("SELECT max(last_occurred_at) FROM feeds").rows
    rows = ask("stuck", share=share, least="5", limit="9999")
    expected = oracle.stuck(journeys, float(share), 5, oracle.ms(watermark))
    found = {(row["customer_id"], row["journey_no"]): row["times_over"] for row in rows}
    assert found == pytest.approx(expected)
    assert found


def test_a_stage_that_few_have_left_calls_nobody_stuck(ask: Ask) -> None:
    assert ask("stuck", least="9999") == []
