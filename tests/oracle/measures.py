"""The measures, over rows of the view `journeys`, one journey after the other, in plain Python.

Funnels are found by trying every chain of contacts there is; a product of probabilities is taken
moment after moment.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import permutations
from typing import Any, NamedTuple

Row = dict[str, Any]
INFINITE = 10**15


class Asked(NamedTuple):
    """A funnel, as a person asks for it; the window in ms."""

    steps: list[list[str]]
    optional: list[int]
    of: str = "touchpoint"
    order: str = "ordered"
    entry: str = "each"
    within: str = "whole"
    window: int = INFINITE
    repeats: str = "kept"


def ms(moment: Any) -> int:
    return round(moment.timestamp() * 1000)


def contacts(journey: Row, of: str, repeats: str = "kept") -> list[tuple[str, int]]:
    """Names and times of a journey."""
    names = journey[{"touchpoint": "path", "stage": "stages", "channel": "channels"}[of]]
    pairs = list(zip(names, map(ms, journey["times"]), strict=True))
    if repeats == "kept":
        return pairs
    return [one for place, one in enumerate(pairs) if not place or pairs[place - 1][0] != one[0]]


class Reached(NamedTuple):
    """Of each step: when it was first reached, and since when the longest-lasting chain runs."""

    at: list[int | None]
    since: list[int | None]

    @property
    def furthest(self) -> int:
        return max((k for k, at in enumerate(self.at) if at is not None), default=-1)


def reached(journey: Row, asked: Asked) -> Reached:
    walked = contacts(journey, asked.of, asked.repeats)
    found = _any_order(walked, asked) if asked.order == "any" else _chains(walked, asked)
    at: list[int | None] = [None] * len(asked.steps)
    since: list[int | None] = [None] * len(asked.steps)
    for step, moment, begun in found:
        at[step] = moment if at[step] is None else min(at[step] or 0, moment)
        since[step] = begun if since[step] is None else max(since[step] or 0, begun)
    return Reached(at, since)


def _chains(walked: list[tuple[str, int]], asked: Asked) -> Iterator[tuple[int, int, int]]:
    """Every chain: its last step, when that was, and since when its window runs."""
    starts = [place for place, (name, _) in enumerate(walked) if name in asked.steps[0]]
    for start in starts[:1] if asked.entry == "first" else starts:
        yield from _onwards(walked, asked, 0, start, walked[start][1])


def _onwards(
    walked: list[tuple[str, int]], asked: Asked, step: int, place: int, since: int
) -> Iterator[tuple[int, int, int]]:
    now = walked[place][1]
    since = now if asked.within == "step" else since
    yield step, now, since
    following = step + 1
    while following < len(asked.steps):
        last = place + 2 if asked.order == "strict" else len(walked)
        for later in range(place + 1, min(last, len(walked))):
            name, moment = walked[later]
            if name in asked.steps[following] and moment - since <= asked.window:
                yield from _onwards(walked, asked, following, later, since)
        if not asked.optional[following]:
            return
        following += 1


def _any_order(walked: list[tuple[str, int]], asked: Asked) -> Iterator[tuple[int, int, int]]:
    fits = [at for name, at in walked if any(name in step for step in asked.steps)]
    for place, (_, now) in enumerate(walked):
        for since in fits[:1] if asked.entry == "first" else fits:
            if not since <= now <= since + asked.window:
                continue
            held = sum(
                any(name in step and since <= at for name, at in walked[: place + 1])
                for step in asked.steps
            )
            for step in range(held):
                yield step, now, since


def funnel(journeys: Iterable[Row], asked: Asked, complete_to: int) -> list[Row]:
    """The rows of the measure, without intervals."""
    depth = len(asked.steps)
    came = []
    for journey in journeys:
        found = reached(journey, asked)
        if found.furthest >= 0:
            since = found.since[found.furthest]
            awaited = journey["end_reason"] in ("", "inactivity")
            awaited &= ms(journey["closes_at"]) > complete_to
            awaited &= since is not None and since + asked.window >= complete_to
            came.append((journey, found, awaited and found.furthest < depth - 1))
    rows = []
    for k in range(depth):
        here = [one for one in came if one[1].at[k] is not None]
        before = k - 1
        while before > 0 and asked.order != "any" and asked.optional[before]:
            before -= 1
        could = [
            found for _, found, waits in came
            if k and found.at[before] is not None and (found.furthest >= k or not waits)
        ]  # fmt: skip
        went_on = sum(found.furthest > k for _, found, _ in here)
        not_yet = sum(waits and found.furthest == k for _, found, waits in here)
        took = [(f.at[k] - f.at[before]) / 1000 for _, f, _ in here if k]  # type: ignore[operator]
        rows.append(
            {
                "step_no": k + 1,
                "journeys": len(here),
                "customers": len({journey["customer_id"] for journey, _, _ in here}),
                "went_on": went_on,
                "not_yet": not_yet,
                "dropped": 0 if k == depth - 1 else len(here) - went_on - not_yet,
                "share": len(here) / len(came) if came else None,
                "of_previous": len(here) / len(could) if could else None,
                "median_s": quantile(took, 0.5),
                "p90_s": quantile(took, 0.9),
            }
        )
    return rows


def quantile(values: Sequence[float], share: float) -> float | None:
    """The exact one, as the engine's quantileExact takes it."""
    if not values:
        return None
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def progress(journeys: Iterable[Row], after_s: list[float], complete_to: int) -> dict[Any, Any]:
    """Share that has moved on, by stage and time; None beyond what anybody was followed for."""
    followed: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    for journey in journeys:
        at = [ms(moment) for moment in journey["times"]]
        numbers, names = journey["stage_nos"], journey["stages"]
        for number, name in set(zip(numbers, names, strict=True)):
            if number:
                first = numbers.index(number)
                later = [at[p] for p in range(first, len(at)) if numbers[p] > number]
                end = later[0] if later else complete_to
                followed[name].append((max(0, end - at[first]), bool(later)))
    rows = {}
    for stage, each in followed.items():
        for after in after_s:
            stayed = 1.0
            for moment in sorted({time for time, _ in each if time <= after * 1000}):
                at_risk = sum(time >= moment for time, _ in each)
                moved = sum(time == moment and has_moved for time, has_moved in each)
                stayed *= 1 - moved / at_risk
            longest = max(time for time, _ in each)
            left = sum(time > after * 1000 for time, _ in each)
            known = left or longest == after * 1000
            rows[stage, after] = (left, 1 - stayed if known else None)
    return rows


def runs(journey: Row, of: str) -> list[tuple[str, int]]:
    """The first contact of each run of the same; what has no name is passed over."""
    named = [one for one in contacts(journey, of) if one[0]]
    return [one for place, one in enumerate(named) if not place or named[place - 1][0] != one[0]]


def times(
    journeys: Iterable[Row], of: str, origins: list[str], aims: list[str]
) -> dict[tuple[str, str], list[float]]:
    """Seconds from one to the next, or from the first of the one kind to the first of the other."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for journey in journeys:
        each = runs(journey, of)
        pairs = list(zip(each, each[1:], strict=False))
        if origins:
            start = next((p for p, one in enumerate(each) if one[0] in origins), len(each))
            aim = next((one for one in each[start + 1 :] if one[0] in aims), None)
            pairs = [(each[start], aim)] if aim else []
        for one, other in pairs:
            found[one[0], other[0]].append((other[1] - one[1]) / 1000)
    return found


def business_seconds(begun: int, ended: int, days: list[int], opens: int, closes: int) -> float:
    """Of two moments, s since 1970 UTC: second after second."""
    count = 0
    for second in range(begun, ended):
        weekday = (second // 86_400 + 3) % 7 + 1
        count += weekday in days and opens <= second % 86_400 < closes
    return float(count)


def transitions(journeys: Iterable[Row], of: str, repeats: str) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = defaultdict(int)
    for journey in journeys:
        names = [name for name, _ in contacts(journey, of, repeats)]
        for pair in zip(names, names[1:], strict=False):
            found[pair] += 1
    return found


def top_paths(
    journeys: Iterable[Row], of: str, origins: list[str], aims: list[str], repeats: str
) -> dict[tuple[str, ...], list[int]]:
    """By path: journeys, and those of them that reached a goal."""
    found: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
    for journey in journeys:
        names = [name for name, _ in contacts(journey, of) if name]
        start = next((p for p, name in enumerate(names) if not origins or name in origins), None)
        if start is None:
            continue
        end = len(names) - 1
        if aims:
            ends = [p for p in range(start, len(names)) if names[p] in aims]
            if not ends:
                continue
            end = ends[0]
        path = names[start : end + 1]
        if repeats == "collapsed":
            path = [name for p, name in enumerate(path) if not p or path[p - 1] != name]
        found[tuple(path)][0] += 1
        found[tuple(path)][1] += journey["is_converted"]
    return found


class Branching(NamedTuple):
    """A path tree, as a person asks for it."""

    root: list[str]
    is_back: bool = False
    of: str = "touchpoint"
    visit: str = "first"
    repeats: str = "collapsed"
    depth: int = 4
    least: int = 1


def path_tree(journeys: list[Row], asked: Branching, complete_to: int) -> dict[Any, Any]:
    """By names from the root on: visits, journeys, went on, not yet, ended, converted, median."""
    walks = []
    for number, journey in enumerate(journeys):
        each = runs(journey, asked.of)
        if asked.repeats == "kept":
            each = [one for one in contacts(journey, asked.of) if one[0]]
        awaited = journey["end_reason"] in ("", "inactivity")
        awaited &= ms(journey["closes_at"]) > complete_to and not asked.is_back
        visits = [place for place, (name, _) in enumerate(each) if name in asked.root]
        if not asked.root:
            visits = [len(each) if asked.is_back else -1]
        for place in visits if asked.visit == "each" else visits[:1]:
            told = each[:place][::-1] if asked.is_back else each[place + 1 :]
            begun = each[place][1] if asked.root else None
            walks.append((number, journey["is_converted"], awaited, begun, told))
    found: dict[Any, Any] = {}
    _branch(found, (), walks, asked)
    return found


def _branch(
    found: dict[Any, Any], way: tuple[str, ...], walks: list[Any], asked: Branching
) -> None:
    """What walks that all went this way do at its end, and below it."""
    level = len(way)
    seconds = []
    for *_, begun, told in walks:
        if level and (level > 1 or begun is not None):
            before = told[level - 2][1] if level > 1 else begun
            seconds.append(abs(told[level - 1][1] - before) / 1000)
    on = [walk for walk in walks if len(walk[4]) > level]
    still = sum(len(walk[4]) == level and walk[2] for walk in walks)
    found[way] = (
        len(walks),
        len({walk[0] for walk in walks}),
        len(on),
        still,
        len(walks) - len(on) - still,
        len({walk[0] for walk in walks if walk[1]}),
        quantile(seconds, 0.5),
    )
    if level == asked.depth or way[-1:] == ("(other)",):
        return
    branches = defaultdict(list)
    for walk in on:
        branches[walk[4][level][0]].append(walk)
    for name, theirs in [*branches.items()]:
        if len(theirs) < asked.least:
            branches["(other)"] += branches.pop(name)
    for name, theirs in branches.items():
        _branch(found, (*way, name), theirs, asked)


def stuck(journeys: list[Row], share: float, least: int, watermark: int) -> dict[Any, float]:
    """By customer and journey: how many times its stage's patience it has waited."""
    moved: dict[str, list[float]] = defaultdict(list)
    standing = []
    for journey in journeys:
        numbers, names = journey["stage_nos"], journey["stages"]
        at = [ms(moment) for moment in journey["times"]]
        for number, name in set(zip(numbers, names, strict=True)):
            if not number:
                continue
            first = numbers.index(number)
            later = [at[p] for p in range(first, len(at)) if numbers[p] > number]
            if later:
                moved[name].append((later[0] - at[first]) / 1000)
            elif number == max(numbers) and journey["is_open"] and not journey["is_converted"]:
                key = journey["customer_id"], journey["journey_no"]
                standing.append((key, name, (watermark - at[first]) / 1000))
    found = {}
    for key, stage, waited in standing:
        patience = quantile(moved[stage], share) if len(moved[stage]) >= least else None
        if patience is not None and waited > patience:
            found[key] = waited / patience if patience else math.inf
    return found


class Led(NamedTuple):
    """What came before a journey's goal: names, and seconds before the goal."""

    names: list[str]
    ages: list[float]
    converted: int
    value: float


def led(journey: Row, of: str, touches: str, goals: list[str]) -> Led:
    walked = contacts(journey, of)
    at = next((p for p, name in enumerate(journey["path"]) if name in goals), len(walked))
    goal_at = walked[at][1] if at < len(walked) else 0
    kept: list[tuple[str, int]] = []
    for place, (name, moment) in enumerate(walked[:at]):
        is_repeat = place and walked[place - 1][0] == name
        is_old = name in [other for other, _ in walked[:place]]
        if touches == "all" or not (is_old if touches == "unique" else is_repeat):
            kept.append((name, moment))
    kept = kept or [walked[at]]
    ages = [(goal_at - moment) / 1000 for _, moment in kept]
    return Led([name for name, _ in kept], ages, journey["is_converted"], float(journey["value"]))


def weights(model: str, path: Led, direct: list[str], half_life: float) -> list[float]:
    n = len(path.names)
    if model in ("u", "j", "inverse_j"):
        head, tail = {"u": (0.4, 0.4), "j": (0.2, 0.6), "inverse_j": (0.6, 0.2)}[model]
        if n < 3:
            ends = [head, tail] if n == 2 else [1.0]
            return [end / sum(ends) for end in ends]
        return [head, *[(1 - head - tail) / (n - 2)] * (n - 2), tail]
    if model == "time_decay":
        decayed = [2 ** (-age / half_life) for age in path.ages]
        return [one / sum(decayed) for one in decayed]
    if model == "linear":
        return [1 / n] * n
    known = [p for p, name in enumerate(path.names) if name not in direct]
    chosen = {"first": 0, "last": n - 1, "last_non_direct": known[-1] if known else n - 1}[model]
    return [float(place == chosen) for place in range(n)]


def attribution(
    model: str, paths: list[Led], direct: list[str], half_life: float
) -> dict[str, tuple[float, float]]:
    """Conversions and value owed to each touch."""
    found: dict[str, tuple[float, float]] = {}
    for path in paths:
        if path.converted:
            for name, share in zip(
                path.names, weights(model, path, direct, half_life), strict=True
            ):
                credit, value = found.get(name, (0.0, 0.0))
                found[name] = credit + share, value + share * path.value
    return found


def removal_effects(paths: list[Led]) -> dict[str, float]:
    """Of a Markov chain, by walking it until next to nobody is under way."""

    def wins(without: str) -> float:
        ways: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for path in paths:
            states = ["(start)", *path.names, "(won)" if path.converted else "(lost)"]
            for one, other in zip(states, states[1:], strict=False):
                ways[one][other] += 1
        crowd, won = {"(start)": 1.0}, 0.0
        while sum(crowd.values()) > 1e-12:
            moved: dict[str, float] = defaultdict(float)
            for state, mass in crowd.items():
                for other, count in ways[state].items():
                    moved[other] += mass * count / sum(ways[state].values())
            won += moved.pop("(won)", 0.0)
            crowd = {state: m for state, m in moved.items() if state not in ("(lost)", without)}
        return won

    names = {name for path in paths for name in path.names}
    return {name: 1 - wins(name) / wins("") for name in names}


def shapley_values(paths: list[Led]) -> dict[str, float]:
    """Over every order in which touches may join."""
    names = sorted({name for path in paths for name in path.names})

    def rate(coalition: Sequence[str]) -> float:
        kept = [path for path in paths if set(path.names) <= set(coalition)]
        return sum(path.converted for path in kept) / len(kept) if kept else 0.0

    found: dict[str, float] = defaultdict(float)
    orders = list(permutations(names))
    for order in orders:
        for place, name in enumerate(order):
            gain = rate(order[: place + 1]) - rate(order[:place])
            found[name] += gain / len(orders)
    return found
