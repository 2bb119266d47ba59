"""The measures of emotion, contact after contact, in plain Python over the view `journeys`."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from scipy.stats import t

from .measures import Row, ms, quantile

NAMES = {"touchpoint": "path", "stage": "stages", "channel": "channels"}
LEAST_WAITS = 10


def contacts(journeys: Iterable[Row]) -> list[Row]:
    """Every contact with what is known of it, and how long ago it last came, ms."""
    found = []
    for journey in journeys:
        before: dict[str, list[int]] = defaultdict(list)
        for place, touchpoint in enumerate(journey["path"]):
            now = ms(journey["times"][place])
            found.append(
                {name: journey[column][place] for name, column in NAMES.items()}
                | {
                    "customer_id": journey["customer_id"],
                    "ages": [now - one for one in reversed(before[touchpoint])],
                    "outcome": journey["outcomes"][place],
                    "wait_s": journey["waits_s"][place],
                    "emotion": journey["emotions"][place],
                    "is_read": journey["are_read"][place],
                    "event": (journey["sources"][place], journey["event_ids"][place]),
                }
            )
            before[touchpoint].append(now)
    return found


def emotion(
    journeys: Iterable[Row],
    of: str,
    names: Iterable[str],
    within_s: float,
    abandoned: list[str],
    weight: float | None = None,
) -> dict[str, Row]:
    """A row a name; `weight` where behaviour is mixed in."""  # fmt: skip
    visits = contacts(journeys)
    waits: dict[str, list[float]] = defaultdict(list)
    for one in visits:
        if one["wait_s"] is not None:
            waits[one["touchpoint"]].append(one["wait_s"])
    long = {name: quantile(each, 0.9) for name, each in waits.items() if len(each) >= LEAST_WAITS}
    rows = {}
    for name in {*names, *(one[of] for one in visits if one[of])}:
        here = [one for one in visits if one[of] == name]
        told = [one for one in here if one["emotion"] is not None]
        retries = [one for one in here if one["ages"] and one["ages"][0] <= within_s * 1000]
        rage = [
            one for one in retries if len(one["ages"]) > 1 and one["ages"][1] <= within_s * 1000
        ]
        left = [one for one in here if one["outcome"] in abandoned]
        slow = [
            one for one in here
            if one["wait_s"] is not None and one["wait_s"] > (long.get(one["touchpoint"]) or 1e15)
        ]  # fmt: skip
        rubbed = [one for one in here if one in retries or one in left or one in slow]
        silent = [one for one in rubbed if one["emotion"] is None]
        rows[name] = {
            "visits": len(here),
            "n": len(told),
            "customers": len({one["customer_id"] for one in told}),
            "from_score": sum(not one["is_read"] for one in told),
            "from_text": sum(one["is_read"] for one in told),
            "from_behaviour": len(silent),
            "friction": len(rubbed) / len(here) if here else None,
            "retries": len(retries),
            "rage": len(rage),
            "abandoned": len(left),
            "long_waits": len(slow),
            **mean([one["emotion"] for one in told], len(silent) * (weight or 0.0)),
        }
    return rows


def mean(felt: list[float], blame: float = 0.0) -> Row:
    """With its interval, where nothing is mixed in."""
    if not felt:
        return {"mean": None, "low": None, "high": None}
    middle = (sum(felt) - blame) / (len(felt) + blame)
    if blame or len(felt) < 2 or len(set(felt)) == 1:
        return {"mean": middle} | ({} if blame else {"low": None, "high": None})
    reach = t.ppf(0.975, len(felt) - 1) * statistics.stdev(felt) / len(felt) ** 0.5
    return {"mean": middle, "low": max(-1.0, middle - reach), "high": min(1.0, middle + reach)}


def themes(
    journeys: Iterable[Row], of: str, said: dict[tuple[str, str], list[str]]
) -> dict[tuple[str, str], Row]:
    """By name and theme; `said` has the themes of every event with a comment."""
    written: dict[str, list[Row]] = defaultdict(list)
    for one in contacts(journeys):
        if one["event"] in said:
            written["" if of == "all" else one[of]].append(one)
    rows: dict[tuple[str, str], Any] = {}
    for name, here in written.items():
        for theme in {theme for one in here for theme in said[one["event"]] or [""]}:
            about = [one for one in here if theme in (said[one["event"]] or [""])]
            felt = [one["emotion"] for one in about if one["emotion"] is not None]
            rows[name, theme] = {
                "comments": len(about),
                "customers": len({one["customer_id"] for one in about}),
                "share": len(about) / len(here),
                "n": len(felt),
                **mean(felt),
            }
    return rows
