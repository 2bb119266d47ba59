"""What differs: from the map of other journeys, or from a map that people drew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import hypot, sqrt

from cjm_tracker.drift import Drawn, Drift, Written
from cjm_tracker.map import figures
from cjm_tracker.map.model import Comparison, Difference, JourneyMap, Stage
from cjm_tracker.map.words import words

Label = Callable[[str], str]
Share = tuple[int, int]  # so many of so many
# A stage tells no more than its greatest differences.
MOST = 6
# Ways back that are rarer, of all between drawn touchpoints, would only be noise.
LOOP = 0.005
Z2 = 1.96 * 1.96  # of 95 %


def with_other(map: JourneyMap, other: JourneyMap) -> JourneyMap:
    """The map, with what differs from that of other journeys: of an earlier period, say."""
    told = words(map.language)
    before = {stage.key: stage for stage in other.stages}
    found: dict[str, tuple[Difference, ...]] = {}
    marks: dict[tuple[str, str], str] = {}
    for stage in map.stages:
        earlier = before.get(stage.key, Stage(stage.key, stage.name))
        found[stage.key] = tuple(_changes(map, stage, other, earlier))
        if earlier.flow.journeys:
            known = {one.key for one in earlier.touchpoints}
            new = [one.key for one in stage.touchpoints if one.key not in known]
            marks |= {(stage.key, key): told.is_new for key in new}
    count = told.other_journeys.format(count=figures.number(other.totals.journeys, map.language))
    span = [figures.period(other.period, map.language)] if other.period else []
    what = " · ".join([*(other.conditions or span), count])
    comparison = Comparison(told.against_journeys.format(what=what), found, marks)
    return replace(map, comparisons=(*map.comparisons, comparison))


def _changes(
    map: JourneyMap, stage: Stage, other: JourneyMap, earlier: Stage
) -> Iterator[Difference]:
    told, language = words(map.language), map.language
    flow, past = stage.flow, earlier.flow
    shares = [
        (
            told.reached,
            (flow.journeys, map.totals.journeys),
            (past.journeys, other.totals.journeys),
        ),
        # Of those that may still go on nobody knows yet, and a later period has more of them.
        (
            told.dropped,
            (flow.dropped_off, flow.journeys - flow.still_open),
            (past.dropped_off, past.journeys - past.still_open),
        ),
    ]
    for name, now, then in shares:
        if now[1] and then[1] and _percents(now, then, map)[0] != _percents(now, then, map)[1]:
            yield _change(name, now, then, map)
    if stage.emotion and earlier.emotion:
        pair = (earlier.emotion.mean, stage.emotion.mean)
        was, is_ = (figures.signed(mean, language) for mean in pair)
        ends = earlier.emotion.interval, stage.emotion.interval
        apart = all(ends) and _apart(*ends)  # type: ignore[arg-type]
        if was != is_:
            yield Difference(f"{told.emotion}: {was} → {is_}", bool(apart))
    yield from _touchpoints(map, stage, earlier)


def _touchpoints(map: JourneyMap, stage: Stage, earlier: Stage) -> Iterator[Difference]:
    """Those of which the share changed beyond chance, the greatest changes first."""
    now, then = stage.flow.journeys, earlier.flow.journeys
    if not now or not then:
        return
    past = {(one.key, one.channel): one.journeys for one in earlier.touchpoints}
    sure = []
    for one in stage.touchpoints:
        shares = (one.journeys, now), (past.get((one.key, one.channel), 0), then)
        if is_beyond_chance(*shares):
            size = abs(shares[0][0] / now - shares[1][0] / then)
            sure.append((size, _change(one.name, *shares, map)))
    yield from [change for _, change in sorted(sure, key=lambda item: -item[0])[:MOST]]
    kept = {one.key for one in stage.touchpoints}
    gone = dict.fromkeys(one.name for one in earlier.touchpoints if one.key not in kept)
    for name in [*gone][:MOST]:
        yield Difference(words(map.language).is_gone.format(name=name), False)


def _change(name: str, now: Share, then: Share, map: JourneyMap) -> Difference:
    was, is_ = _percents(then, now, map)
    arrow = "▲" if now[0] * then[1] > then[0] * now[1] else "▼"
    return Difference(f"{arrow} {name}: {was} → {is_}", is_beyond_chance(now, then))


def _percents(one: Share, other: Share, map: JourneyMap) -> tuple[str, str]:
    return figures.percent(*one, map.language), figures.percent(*other, map.language)


def is_beyond_chance(one: Share, other: Share) -> bool:
    """Whether Newcombe's interval of the difference of two shares, at 95 %, leaves out 0."""
    (p, low, high), (q, bottom, top) = _wilson(one), _wilson(other)
    return p - q - hypot(p - low, top - q) > 0 or p - q + hypot(high - p, q - bottom) < 0


def _wilson(share: Share) -> tuple[float, float, float]:
    part, n = share
    p = part / n
    middle, margin = p + Z2 / (2 * n), sqrt(Z2 * (p * (1 - p) / n + Z2 / (4 * n * n)))
    return p, (middle - margin) / (1 + Z2 / n), (middle + margin) / (1 + Z2 / n)


def _apart(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] > other[1] or other[0] > one[1]


def with_drawn(
    map: JourneyMap, drawn: Sequence[Drawn], written: Written, drift: Drift | None, label: Label
) -> JourneyMap:
    """The map, with what people wrote, and what differs from what they drew.

    `drift` is None where they drew no touchpoint; `label` are the names' words.
    """
    stages = tuple(
        replace(stage, curated=replace(stage.curated, **written.get(stage.key, {})))
        for stage in map.stages
    )
    map = replace(map, stages=stages)
    if drift is None:
        return map
    told, language = words(map.language), map.language
    home = {one.touchpoint: one.stage for one in drawn}
    found: defaultdict[str, list[Difference]] = defaultdict(list)
    for name in drift.unvisited:
        found[home[name]].append(Difference(told.unvisited.format(name=label(name)), True))
    for felt in drift.feelings:
        if felt.verdict == "otherwise" and felt.measured is not None:
            text = told.felt_otherwise.format(
                name=label(felt.touchpoint),
                drawn=figures.signed(felt.drawn, language),
                measured=figures.signed(felt.measured, language),
            )
            found[home[felt.touchpoint]].append(Difference(text, True))
    for loop in drift.loops:
        if loop.share >= LOOP and len(found[home[loop.touchpoint]]) < MOST:
            text = told.loop_hidden.format(
                name=label(loop.touchpoint),
                to=label(loop.back_to),
                count=figures.number(loop.transitions, language),
            )
            found[home[loop.touchpoint]].append(Difference(text, False))
    marks = {
        (stage.key, one.key): told.undrawn
        if one.key not in home
        else told.drawn_elsewhere.format(stage=label(home[one.key]))
        for stage in stages
        for one in stage.touchpoints
        if home.get(one.key) != stage.key
    }
    comparison = Comparison(
        told.against_drawn, {key: tuple(all_) for key, all_ in found.items()}, marks
    )
    return replace(map, comparisons=(*map.comparisons, comparison))
