"""Small decisions of the page: what stands together, what is folded away, which sign it gets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cjm_tracker.map.model import Pain, Stage, Touchpoint

# As many as a column can show beside its neighbours; the rest unfolds.
SHOWN_TOUCHPOINTS = 7

# Touchpoints of a stage that tell what is behind them; the page carries all of it.
BEHIND = 100

# Channels that have a glyph in templates/icons.svg; any other gets a dot.
CHANNEL_ICONS = frozenset(
    {"web", "phone", "chat", "store", "survey", "email", "social", "paid_search", "wholesale"}
)


@dataclass(frozen=True, slots=True)
class ChannelGroup:
    """The touchpoints of one channel, most journeys first."""

    channel: str
    name: str
    touchpoints: Sequence[Touchpoint]


def by_channel(stage: Stage) -> tuple[list[ChannelGroup], list[ChannelGroup]]:
    """The touchpoints shown and those folded away, each by channel.

    The cut is made over the whole stage: a busy channel's fifth touchpoint may matter more than
    a quiet channel's first. One is never folded away alone: its fold would take the same room.
    """
    cut = SHOWN_TOUCHPOINTS if len(stage.touchpoints) > SHOWN_TOUCHPOINTS + 1 else None
    rest = stage.touchpoints[cut:] if cut else ()
    return _grouped(stage.touchpoints[:cut]), _grouped(rest)


def _grouped(touchpoints: Sequence[Touchpoint]) -> list[ChannelGroup]:
    groups: dict[str, list[Touchpoint]] = {}
    for touchpoint in touchpoints:
        groups.setdefault(touchpoint.channel, []).append(touchpoint)
    return [ChannelGroup(key, found[0].channel_name, found) for key, found in groups.items()]


def worth_mending(stage: Stage, limit: int = 3) -> list[Pain]:
    """The pains worth most at the low end of what is known, those worth nothing left out."""
    worthy = [(pain.worth, pain) for pain in stage.pains if pain.worth and pain.is_sure]
    return [pain for _, pain in sorted(worthy, key=lambda item: -item[0])][:limit]


def sentiment(value: float | None) -> Literal["good", "bad", "mixed", "unknown"]:
    """Which face a place on the scale from -1 to +1 gets."""
    if value is None:
        return "unknown"
    if value > 0.2:
        return "good"
    return "bad" if value < -0.2 else "mixed"


def spoken_language(written: str) -> str | None:
    """A language tag for screen readers, where the survey told one that can be trusted as a tag."""
    return written if re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{2,4})?", written) else None
