"""Which format a log is in: every one is tried, and judged by what it gets out of the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import get_args

from cjm_tracker.events import Event
from cjm_tracker.guess.sample import Sample
from cjm_tracker.mapping import Mapping
from cjm_tracker.pipeline import Batch, Fact, Pipeline
from cjm_tracker.sources import Format, Gives, formats
from cjm_tracker.sources.instances import CloudEvents, CsvTable

CERTAIN = 0.5  # confidence from which a guess is acted upon
KEY = b"hashes that nobody stores"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A format as it reads the sample. Confidence is between 0 and 1."""

    format: Format
    confidence: float
    records: int
    events: int  # records that are an event at least
    drops: int  # records that are understood, and no touchpoint
    identifiers: dict[str, float]  # kind to share of the records understood
    gives: tuple[str, ...]

    @property
    def why(self) -> str:
        """What speaks for it, in words."""
        kinds = ", ".join(f"{kind} {share:.0%}" for kind, share in self.identifiers.items())
        return "; ".join(
            [
                f"read: {self.events + self.drops} of {self.records} records, "
                f"{self.events} as events, {self.drops} as drops",
                f"identifiers: {kinds or 'none'}",
                *([f"gives {', '.join(self.gives)}"] if self.gives else []),
            ]
        )


def trial(plan: Mapping) -> Pipeline:
    """What logs are tried with; times without a zone are in UTC where the mapping names none."""
    return Pipeline(plan.model_copy(update={"timezone": plan.timezone or "UTC"}), KEY)


def ranked(sample: Sample, pipeline: Pipeline, now: int) -> list[Candidate]:
    """The formats that read anything of it, the likeliest first; `now` in ms since 1970.

    Of formats that read alike none is certain: what speaks for one speaks against the others.
    """
    found = [
        candidate
        for format_ in _to_try(pipeline.mapping)
        if (candidate := judged(sample, format_, pipeline, now)).confidence
    ]
    found.sort(key=lambda one: -one.confidence)
    best = [one.confidence for one in found[:2]]
    return [_beside(one, best[1:] if place == 0 else best[:1]) for place, one in enumerate(found)]


def _to_try(plan: Mapping) -> Iterable[Format]:
    """What is installed, and the mapping's own; not the same under another name."""
    own = [name for name, said in plan.formats.items() if isinstance(said, (CsvTable, CloudEvents))]
    return [plan.known_formats[name] for name in [*own, *formats()]]


def _beside(one: Candidate, rivals: list[float]) -> Candidate:
    """Its confidence among others: as it is without a rival, half of it beside an equal one."""
    alone = one.confidence
    rival = max(rivals, default=0)
    return replace(one, confidence=alone**3 / (alone**2 + rival**2))


def judged(sample: Sample, format_: Format, pipeline: Pipeline, now: int) -> Candidate:
    """How one format does on the sample, alone.

    Its confidence is the share of records it understands, and less where few different things come
    out of them: a format that makes little of a record may have read it by chance.
    """
    records = sample.records(format_, now)
    batch = pipeline.process(records, format_)
    understood = len(records) - len(batch.dead_letters)
    kinds, things = _what_comes_out(batch)
    many = len(kinds) + len(things)
    return Candidate(
        format=format_,
        confidence=understood / len(records) * (many + 0.5) / (many + 1.5) if records else 0,
        records=len(records),
        events=understood - (silent := _silent(batch)),
        drops=silent,
        identifiers={
            kind: count / understood
            for kind, count in sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
        },
        gives=tuple(name for name in get_args(Gives) if name in things),
    )


def _silent(batch: Batch) -> int:
    """Records understood of which the format drops every event."""
    kept = {fact.record.offset for fact in batch.facts if not fact.event.drop_reason}
    return batch.records - len(batch.dead_letters) - len(kept)


def _what_comes_out(batch: Batch) -> tuple[Counter[str], set[str]]:
    """Kinds of identifier with the records that have them, and names of all else.

    Of attributes those that stand in the record: a format may also say what it takes for granted.
    """
    kinds: Counter[str] = Counter()
    things: set[str] = set()
    seen: set[tuple[int, str]] = set()
    for fact in batch.facts:
        for kind in _kinds(fact):
            kinds[kind] += (fact.record.offset, kind) not in seen
            seen.add((fact.record.offset, kind))
        said = fact.event.attributes.items()
        things.update(name for name, value in said if value.encode() in fact.record.value)
        things.update(name for name in get_args(Gives) if _is_given(fact, name))
    return kinds, things - {"format"}


def _is_given(fact: Fact, name: str) -> bool:
    return bool(getattr(fact.event, name) != getattr(_NOTHING, name))


def _kinds(fact: Fact) -> set[str]:
    return {one.kind for one in (*fact.identifiers, fact.account) if one}


_NOTHING = Event("", "", 0)
