"""The map as text: a cell for each lane and stage, of lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cjm_tracker.drift import CURATED
from cjm_tracker.map import figures
from cjm_tracker.map.key_figures import Target, key_figures
from cjm_tracker.map.layout import worth_mending
from cjm_tracker.map.model import JourneyMap, Pain, Stage, Touchpoint
from cjm_tracker.map.words import noun, words

Lines = list[str]
MOVES = 5  # out of a stage, the most frequent ones


@dataclass(frozen=True, slots=True)
class Lane:
    """One row; `cells` has one for each stage, empty where there is nothing to say."""

    key: str
    name: str
    is_curated: bool
    cells: tuple[Lines, ...]


def lanes(map: JourneyMap) -> list[Lane]:
    """All lanes that are text, the measured ones first."""
    wording = _Wording(map)
    measured: dict[str, Callable[[Stage], Lines]] = {
        "flow": wording.flow,
        "actions": wording.actions,
        "touchpoints": wording.touchpoints,
        "emotion": wording.emotion,
        "voice": wording.voice,
        "pains": wording.pains,
        "opportunities": wording.opportunities,
        "trouble": wording.trouble,
        "kpis": wording.kpis,
        "flows": wording.flows,
        "next": wording.next,
    }
    compared = [
        Lane(
            "comparison",
            comparison.title,
            False,
            tuple(
                [one.text for one in comparison.stages.get(stage.key, ())] for stage in map.stages
            ),
        )
        for comparison in map.comparisons
    ]
    told = [
        Lane(key, getattr(wording.t, key), False, tuple(tell(stage) for stage in map.stages))
        for key, tell in measured.items()
    ]
    written = [
        Lane(
            key,
            getattr(wording.t, key),
            True,
            tuple(getattr(stage.curated, key).splitlines() for stage in map.stages),
        )
        for key in CURATED
    ]
    return [*(compared + told if not map.is_empty else []), *written]


class _Wording:
    """What each lane says of a stage, in the map's language."""

    def __init__(self, map: JourneyMap) -> None:
        self.map, self.language = map, map.language
        self.t = words(map.language)
        self.names = {one.key: one.name for stage in map.stages for one in stage.touchpoints}

    def _share(self, part: float, whole: float) -> str:
        return figures.percent(part, whole, self.language)

    def _count(self, key: str, count: int) -> str:
        return f"{figures.number(count, self.language)} {noun(key, count, self.language)}"

    def flow(self, stage: Stage) -> Lines:
        flow = stage.flow
        if not flow.journeys:
            return []
        fate = (
            (self.t.went_on, flow.went_on),
            (self.t.not_yet, flow.still_open),
            (self.t.ended, flow.completed),
            (self.t.dropped, flow.dropped_off),
        )
        share = self._share(flow.journeys, self.map.totals.journeys)
        return [
            f"{self._count('journeys', flow.journeys)}, {self.t.share_of_all.format(share=share)}",
            *(f"{name}: {self._share(count, flow.journeys)}" for name, count in fate if count),
        ]

    def actions(self, stage: Stage) -> Lines:
        return [
            f"{self._share(way.journeys, stage.flow.journeys)} {' → '.join(way.steps)}"
            for way in stage.ways
        ]

    def touchpoints(self, stage: Stage) -> Lines:
        return [self._touchpoint(stage, one) for one in stage.touchpoints]

    def _touchpoint(self, stage: Stage, one: Touchpoint) -> str:
        share = self._share(one.journeys, stage.flow.journeys)
        times = figures.number(one.times, self.language)
        return f"{one.name} ({one.channel_name}): {share}, {times}{figures.NBSP}×"

    def emotion(self, stage: Stage) -> Lines:
        felt = stage.emotion
        if felt is None:
            return []
        mean = figures.signed(felt.mean, self.language)
        if felt.interval:
            low, high = (figures.signed(end, self.language) for end in felt.interval)
            mean = f"{mean} ({self.t.interval.format(low=low, high=high)})"
        return [f"{self._count('answers', felt.answers)}: {mean}"]

    def voice(self, stage: Stage) -> Lines:
        return [f"“{' '.join(comment.text.split())}”" for comment in stage.comments]

    def pains(self, stage: Stage) -> Lines:
        return [self._pain(pain) for pain in stage.pains if pain.is_sure][:3]

    def _pain(self, pain: Pain) -> str:
        note = self.t.pain_note.format(
            rate=self._share(pain.rate, 1),
            kind=getattr(self.t, f"pain_{pain.kind}"),
            other=self._share(pain.other_rate, 1),
            customers=self._count("customers", pain.customers),
        )
        return f"{pain.touchpoint}: {note}"

    def opportunities(self, stage: Stage) -> Lines:
        return [
            f"{pain.touchpoint}, {getattr(self.t, f'pain_{pain.kind}')}: "
            + self.t.worth.format(value=figures.number(round(pain.worth or 0), self.language))
            for pain in worth_mending(stage)
        ]

    def trouble(self, stage: Stage) -> Lines:
        waiting = stage.waiting
        if waiting is None:
            return []
        median = waiting.median_wait_s
        wait = [] if median is None else [(self.t.median_wait, self._time(median))]
        rest = [
            (self.t.abandoned, self._share(waiting.abandoned, waiting.contacts)),
            (self.t.asked_again, self._share(waiting.journeys_again, waiting.journeys)),
        ]
        return [f"{name}: {value}" for name, value in [*wait, *rest]]

    def kpis(self, stage: Stage) -> Lines:
        return [
            line
            for figure in key_figures(self.map, stage)
            for line in (f"{figure.name}: {figure.value}", *map(_target, figure.targets))
        ]

    def _time(self, seconds: float) -> str:
        return figures.duration(seconds, self.language)

    def flows(self, stage: Stage) -> Lines:
        place = self.map.stages.index(stage)
        moves = [move for move in self.map.moves if move.place == place][:MOVES]
        return [
            f"{self.names[move.touchpoint]} → {self.names[move.to_touchpoint]}: "
            f"{figures.number(move.times, self.language)}"
            for move in moves
        ]

    def next(self, stage: Stage) -> Lines:
        return [
            f"{self._share(way.times, stage.exits)} {'↶' if way.is_back else '→'} "
            f"{self.map.stages[way.to].name}"
            for way in stage.transitions[:4]
        ]


def _target(target: Target) -> str:
    return f"✎ {target.text}" + (f", {target.verdict}" if target.verdict else "")
