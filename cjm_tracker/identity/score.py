"""How well stitching matches a known truth: precision and recall over pairs of events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import NamedTuple, TypeVar

Key = TypeVar("Key", bound=Hashable)


class PairScores(NamedTuple):
    """Of the pairs of events put under one customer, the share that is right (precision); of the
    pairs that truly are one customer's, the share that was found (recall)."""

    events: int
    found_pairs: int
    true_pairs: int
    right_pairs: int

    @property
    def precision(self) -> float:
        return self.right_pairs / self.found_pairs if self.found_pairs else 1.0

    @property
    def recall(self) -> float:
        return self.right_pairs / self.true_pairs if self.true_pairs else 1.0


def pair_scores(found: Mapping[Key, str], truth: Mapping[Key, str]) -> PairScores:
    """Compare two ways to put the same events under customers; events in one only are left out."""
    both = [event for event in found if event in truth]
    return PairScores(
        events=len(both),
        found_pairs=_pairs(Counter(found[event] for event in both).values()),
        true_pairs=_pairs(Counter(truth[event] for event in both).values()),
        right_pairs=_pairs(Counter((found[event], truth[event]) for event in both).values()),
    )


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)
