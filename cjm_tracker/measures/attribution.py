"""What converts: credit by what would be missing without a touch, of paths already counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import factorial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cjm_tracker.errors import InputError

MAX_SHAPLEY = 15  # touches: there are 2 ** n coalitions of them
Credits = NDArray[np.float64]


class Path(NamedTuple):
    """Journeys that took the same touches: how many converted, their value, how many did not."""

    touches: tuple[str, ...]
    converted: int
    value: float
    lost: int


def credited(model: str, paths: Sequence[Path]) -> list[tuple[Any, ...]]:
    """A row a touch: name, converted journeys with it, conversions and value owed to it, effect."""
    names = sorted({touch for path in paths for touch in path.touches})
    numbers = {name: number for number, name in enumerate(names)}
    conversions = sum(path.converted for path in paths)
    if not names or not conversions:
        return []
    credit, value, effect = MODELS[model](paths, numbers)
    within = np.zeros(len(names), np.int64)
    for path in paths:
        within[[numbers[touch] for touch in set(path.touches)]] += path.converted
    rows = zip(
        names, within.tolist(), credit.tolist(), value.tolist(), effect.tolist(), strict=True
    )
    return sorted(rows, key=lambda row: (-row[2], row[0]))


Shares = tuple[Credits, Credits, Credits]


def markov(paths: Sequence[Path], numbers: dict[str, int]) -> Shares:
    """The removal effect, 1 - P(conversion | without it) / P(conversion), in a first-order chain.

    Journeys begin in a state of their own and end converted or lost; whoever comes to a touch that
    is removed is lost (Anderl et al. 2016).
    """
    size = len(numbers)
    ways = np.zeros((size + 1, size + 2))  # from a touch, last the start; to a touch, won, lost
    for path in paths:
        count = path.converted + path.lost
        states = [numbers[touch] for touch in path.touches]
        for one, other in zip([size, *states[:-1]], states, strict=True):
            ways[one, other] += count
        ways[states[-1], size] += path.converted
        ways[states[-1], size + 1] += path.lost
    chances = ways / ways.sum(axis=1, keepdims=True)

    def wins(without: int | None) -> float:
        stays = np.array([number for number in range(size) if number != without])
        inner = chances[np.ix_(stays, stays)]
        won = np.linalg.solve(np.eye(len(stays)) - inner, chances[stays, size])
        return float(chances[size, stays] @ won)

    base = wins(None)
    effect = np.array([1 - wins(number) / base for number in range(size)])
    return (*_scaled(effect, paths), effect)


def shapley(paths: Sequence[Path], numbers: dict[str, int]) -> Shares:
    """The mean of what a touch adds to the conversion rate, over all orders touches may join in.

    A coalition's rate is that of the journeys that had no other touch than its own; one that no
    journey kept to is worth nothing. A touch may be owed less than nothing.
    """
    size = len(numbers)
    if size > MAX_SHAPLEY:
        raise InputError(
            f"attribution_model: {size} touches: shapley weighs 2 ** n coalitions, and takes "
            f"{MAX_SHAPLEY} at most; ask for fewer with --where, or for markov"
        )
    converted, all_ = np.zeros(1 << size), np.zeros(1 << size)
    for path in paths:
        coalition = sum(1 << numbers[touch] for touch in set(path.touches))
        converted[coalition] += path.converted
        all_[coalition] += path.converted + path.lost
    members = np.arange(1 << size)
    for number in range(size):  # sums over all subsets, touch by touch
        having = members[members >> number & 1 == 1]
        converted[having] += converted[having ^ 1 << number]
        all_[having] += all_[having ^ 1 << number]
    rate = np.divide(converted, all_, out=np.zeros_like(converted), where=all_ > 0)
    counts = np.array([int(member).bit_count() for member in members])
    weights = [factorial(k) * factorial(size - 1 - k) / factorial(size) for k in range(size)]
    effect = np.zeros(size)
    for number in range(size):
        without = members[members >> number & 1 == 0]
        gains = rate[without | 1 << number] - rate[without]
        effect[number] = np.array(weights)[counts[without]] @ gains
    return (*_scaled(effect, paths), effect)


def leave_one_out(paths: Sequence[Path], numbers: dict[str, int]) -> Shares:
    """Of each path, shared by how much less often the path without a touch converts.

    A path that nobody took converts never. Where no touch makes a difference, the last one has it
    all. It is what Google's and Snowplow's fractribution call Shapley.
    """
    rates = {path.touches: path.converted / (path.converted + path.lost) for path in paths}
    credit, value = np.zeros(len(numbers)), np.zeros(len(numbers))
    for path in paths:
        gains = [
            max(0.0, rates[path.touches] - rates.get(path.touches[:k] + path.touches[k + 1 :], 0.0))
            for k in range(len(path.touches))
        ]
        if not sum(gains):
            gains[-1] = 1.0
        for touch, gain in zip(path.touches, gains, strict=True):
            credit[numbers[touch]] += path.converted * gain / sum(gains)
            value[numbers[touch]] += path.value * gain / sum(gains)
    return credit, value, credit / credit.sum()


def _scaled(effect: Credits, paths: Sequence[Path]) -> tuple[Credits, Credits]:
    """Conversions and value, shared in proportion."""
    shares = effect / effect.sum()
    conversions = sum(path.converted for path in paths)
    return shares * conversions, shares * sum(path.value for path in paths)


MODELS: dict[str, Callable[[Sequence[Path], dict[str, int]], Shares]] = {
    "markov": markov,
    "shapley": shapley,
    "leave_one_out": leave_one_out,
}
