"""How the columns of tables look, by their names: one column looks the same in every table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.models.dashboard import (
    DynamicConfigValue,
    Threshold,
    ThresholdsMode,
    ValueMap,
    ValueMappingResult,
)

from generator.texts import Texts

# Blue and orange, told apart by those who cannot tell red from green.
GOOD, NEUTRAL, BAD = "semi-dark-blue", "#8e8e8e", "semi-dark-orange"
GAUGE = {"type": "gauge", "mode": "basic", "valueDisplayMode": "text"}
COLORED = {"type": "color-text"}
WRAPPED = {"type": "auto", "wrapText": True}

# Opens the customer with the whole of his history in view, where the row says how long that is.
_CUSTOMER = (
    "/d/cjm-customer?var-customer=${__value.text:percentencode}"
    "&${datasource:queryparam}&${definition:queryparam}"
)
CUSTOMER_HISTORY = _CUSTOMER + "&from=${__data.fields.from_ms}&to=${__data.fields.to_ms}"
CUSTOMER = _CUSTOMER + "&${__url_time_range}"
# The journeys behind a number: those of the same choices, at this touchpoint or stage.
EVIDENCE = (
    "/d/cjm-evidence?${__all_variables}&${__url_time_range}&var-%s=${__value.text:percentencode}"
)


@dataclass(frozen=True)
class Column:
    """How one column looks. `scale` is its low end, its high end and its colours."""

    unit: str = ""
    decimals: int | None = None
    width: int | None = None
    cell: Mapping[str, Any] | None = None
    scale: tuple[float, float, Sequence[Threshold]] | None = None
    link: tuple[str, str] | None = None  # words, address
    words: Mapping[str, str] | None = None  # the key of the word said for a value


def above(value: float, color: str) -> list[Threshold]:
    """Plain text up to `value`, coloured from there on."""
    return [Threshold(None, "text"), Threshold(value, color)]


def felt() -> list[Threshold]:
    """Angry, neither, delighted."""
    return [Threshold(None, BAD), Threshold(-0.33, NEUTRAL), Threshold(0.33, GOOD)]


TEXT = Column()
COUNT = Column(decimals=0, width=95)
DECIMAL = Column(decimals=1, width=95)
SHARE = Column("percentunit", 1, 95)
BAR = Column("percentunit", 1, 150, GAUGE, (0, 1, [Threshold(None, GOOD)]))
SECONDS = Column("s", 1, 105)
MOMENT = Column(width=170)
MONEY = Column("locale", 2, 100)
BOUND = Column(decimals=2, width=85)
MOOD = Column(decimals=2, width=85, cell=COLORED, scale=(-1, 1, felt()))
MOOD_BAR = Column(decimals=2, cell=GAUGE, scale=(-1, 1, felt()))
WAIT = replace(SECONDS, cell=COLORED, scale=(0, 1800, above(300, BAD)))
ANSWER = Column(width=95, words={"0": "no", "1": "yes"})
LONG = Column(cell=WRAPPED)
TOUCHPOINT = Column(link=("open_evidence", EVIDENCE % "touchpoint"))
STAGE = Column(link=("open_evidence", EVIDENCE % "stage"))


def _alike(column: Column, names: str) -> dict[str, Column]:
    return dict.fromkeys(names.split(), column)


LOOKS: dict[str, Column] = {
    "customer_id": Column(link=("open_customer", CUSTOMER)),
    "touchpoint": TOUCHPOINT,
    "stage": STAGE,
    **_alike(MOMENT, "occurred_at last_seen_at first_seen_at started_at last_at at fixed_at"),
    **_alike(MOMENT, "last_occurred_at last_received_at last_stored_at"),
    **_alike(BAR, "went_on_share share conversion rate friction after_day after_week after_month"),
    **_alike(SHARE, "conversion_low conversion_high rate_low rate_high of_previous other_rate"),
    **_alike(SHARE, "severity severity_low severity_high confidence settled"),
    **_alike(SECONDS, "median_s p50_s p75_s p90_s waiting_s patience_s duration_s behind_s lag_s"),
    **_alike(MONEY, "value opportunity first_value last_value linear_value time_decay_value"),
    **_alike(MONEY, "u_value"),
    **_alike(BOUND, "low high change change_low change_high exposed_before exposed_after"),
    **_alike(BOUND, "other_before other_after"),
    **_alike(ANSWER, "is_known is_strong is_shared is_sure is_converted is_open"),
    **_alike(LONG, "comment quotes what path_text why"),
    **_alike(DECIMAL, "first last last_non_direct linear time_decay u j inverse_j times_over"),
    **_alike(DECIMAL, "score days"),
    **_alike(COUNT, "journeys customers steps went_on still_open ended_here n not_yet dropped"),
    **_alike(COUNT, "transitions contacts tried comments visits journey_no position loop_no"),
    **_alike(COUNT, "followed repeated records events duplicates late not_mapped fix harmed"),
    "emotion": MOOD,
    "mean": MOOD_BAR,
    "wait_s": WAIT,
    "is_handoff": Column(width=120, words={"0": "nothing", "1": "handoff"}),
}


def look(name: str) -> Column:
    """How a column of that name looks; plain where nothing is said."""
    return LOOKS.get(name, TEXT)


def properties(heading: str, column: Column, texts: Texts) -> list[DynamicConfigValue]:
    """As Grafana takes them, of one column of a table."""
    found = {
        "displayName": heading,
        # An empty cell; the panel's own words are for a table without rows.
        "noValue": "–",
        "unit": column.unit or None,
        "decimals": column.decimals,
        "custom.width": column.width,
        "custom.cellOptions": column.cell,
    }
    if column.scale:
        low, high, steps = column.scale
        found |= {"min": low, "max": high, "thresholds": thresholds(steps).build()}
    if column.link:
        words, url = column.link
        found["links"] = [{"title": texts.word(words), "url": url, "targetBlank": False}]
    if column.words:
        said = {
            value: ValueMappingResult(text=texts.word(key)) for value, key in column.words.items()
        }
        found["mappings"] = [ValueMap(said)]
    return [DynamicConfigValue(key, value) for key, value in found.items() if value is not None]


def thresholds(steps: Sequence[Threshold]) -> dashboard.ThresholdsConfig:
    return dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(list(steps))
