"""Kinds of customers, found: k-means over what each of them did, nothing left to chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cjm_tracker.emotion import Language
from cjm_tracker.measures.cluster_words import FIGURES, described

REST = "rest"
ORDINARY = "ordinary"  # whom no touchpoint sets apart
MOST = 8  # clusters that are tried
NAMED = 3  # touchpoints that set a cluster apart
WIDEST = 40  # names of one kind that make a difference; of more the most frequent ones
JUDGED = 2_000  # customers of whom silhouettes are taken: it takes the square of them
ROUNDS = 100
SAME = 1e-9  # less is rounding

Numbers = NDArray[np.float64]
Labels = NDArray[np.int64]
Counts = tuple[Sequence[str], Sequence[int]]  # names, and how often each


class Profile(NamedTuple):
    """What one customer did. Money in the logs' own, `waited` in seconds; None: nothing known."""

    customer: str
    journeys: int
    converted: int
    steps: int
    value: float
    emotion: float | None
    waited: float | None
    channels: Counts
    touchpoints: Counts


def clustered(
    profiles: Sequence[Profile], clusters: int, least: int, language: Language
) -> list[tuple[Any, ...]]:
    """A row a cluster, the largest first; those of fewer than `least` customers are one, last.

    `clusters` 0: as many as the silhouette finds.
    """
    if not profiles:
        return []
    profiles = sorted(profiles)  # sums of floats depend on their order
    points = features(profiles)
    labels = parted(points, clusters) if len(profiles) > 1 else np.zeros(1, np.int64)
    sizes = np.bincount(labels)
    shown = [one for one in np.argsort(-sizes, kind="stable") if sizes[one] >= least]
    silhouettes = _silhouettes(points, labels)
    figures = _figures(profiles)
    met = [frozenset(profile.touchpoints[0]) for profile in profiles]
    found = []
    for one in shown:
        mine = labels == one
        marks = _marks(met, mine)
        middle = points[mine].mean(axis=0)
        away = ((points[mine] - middle) ** 2).sum(axis=1)
        near = np.flatnonzero(mine)[np.argsort(away, kind="stable")[:3]]
        found.append((mine, marks, [profiles[place].customer for place in near]))
    names = _names([[name for name, _ in marks] for _, marks, _ in found])
    rows = []
    for name, (mine, marks, examples) in zip(names, found, strict=True):
        own = [profile for profile, is_mine in zip(profiles, mine, strict=True) if is_mine]
        words = described(_channel(own), marks, _contrasts(figures, mine), language)
        known = silhouettes[mine[: len(silhouettes)]]
        clear = float(known.mean()) if len(known) and len(shown) > 1 else None
        told = [name for name, _ in marks], [lift for _, lift in marks]
        rows.append((name, words, *_row(own, len(profiles)), clear, *told, examples))
    if rest := [p for p, one in zip(profiles, labels, strict=True) if one not in shown]:
        rows.append((REST, "", *_row(rest, len(profiles)), None, [], [], []))
    return rows


# --- what is compared


def features(profiles: Sequence[Profile]) -> Numbers:
    """A row a customer: channels, touchpoints and figures, each of the three of variance 1 at most.

    Of shares the square root: so a rare touchpoint counts, and a frequent one does not drown it.
    """
    figures = _figures(profiles) / sqrt(len(FIGURES))  # one alone is no more than one
    return np.hstack(
        [
            _even(np.sqrt(_shares([profile.channels for profile in profiles]))),
            _even(np.sqrt(_shares([profile.touchpoints for profile in profiles]))),
            figures,
        ]
    )


def _even(block: Numbers) -> Numbers:
    spread = sqrt(block.var(axis=0).sum())
    scaled: Numbers = (block - block.mean(axis=0)) / spread if spread > SAME else block * 0
    return scaled


def _shares(counts: Sequence[Counts]) -> Numbers:
    """Of each customer's contacts, by name."""
    customers = Counter(name for names, _ in counts for name in names)
    kept = sorted(customers, key=lambda name: (-customers[name], name))[:WIDEST]
    places = {name: place for place, name in enumerate(kept)}
    shares = np.zeros((len(counts), len(places)))
    for row, (names, times) in enumerate(counts):
        for name, count in zip(names, times, strict=True):
            if name in places:
                shares[row, places[name]] = count / sum(times)
    return shares


def _figures(profiles: Sequence[Profile]) -> Numbers:
    """Standard scores in the order of FIGURES, none beyond 3; what is not known is the mean."""
    raw = np.array(
        [
            (
                np.log1p(one.journeys),
                np.log1p(one.steps),
                np.sign(one.value) * np.log1p(abs(one.value)),
                one.converted / one.journeys,
                np.nan if one.emotion is None else one.emotion,
                np.nan if one.waited is None else np.log1p(max(0.0, one.waited)),
            )
            for one in profiles
        ]
    )
    assert raw.shape[1] == len(FIGURES)
    scores = np.zeros_like(raw)
    for place, column in enumerate(raw.T):
        known = column[~np.isnan(column)]
        if len(known) and known.std() > SAME:
            scores[:, place] = np.nan_to_num((column - known.mean()) / known.std())
    clipped: Numbers = scores.clip(-3, 3)
    return clipped


# --- clusters


def parted(points: Numbers, clusters: int = 0) -> Labels:
    """The cluster of each point, from 0; 0 `clusters`: as many as stand apart best."""
    if clusters:
        return _settled(points, _seeds(points, clusters)[-1])
    tried = [_settled(points, labels) for labels in _seeds(points, MOST)[1:]]
    if not tried:
        return np.zeros(len(points), np.int64)
    means = [_silhouettes(points, labels).mean() for labels in tried]
    return tried[int(np.argmax(means))]


def _seeds(points: Numbers, most: int) -> list[Labels]:
    """One cluster, two, and so on: the most mixed one is parted across its longest axis."""
    labels = np.zeros(len(points), np.int64)
    found = [labels]
    for number in range(1, most):
        mixed = [
            ((points[labels == one] - points[labels == one].mean(axis=0)) ** 2).sum()
            for one in range(number)
        ]
        widest = labels == int(np.argmax(mixed))
        inside = points[widest] - points[widest].mean(axis=0)
        along = inside @ np.linalg.eigh(inside.T @ inside)[1][:, -1]
        if max(mixed) <= SAME or not (along > 0).any():
            break
        labels = labels.copy()
        labels[np.flatnonzero(widest)[along > 0]] = number
        found.append(labels)
    return found


def _settled(points: Numbers, labels: Labels) -> Labels:
    """Lloyd's rounds, until nobody is nearer to another middle."""
    for _ in range(ROUNDS):
        labels = np.unique(labels, return_inverse=True)[1]  # one that lost all is gone
        middles = np.array([points[labels == one].mean(axis=0) for one in range(labels.max() + 1)])
        nearest = _squares(points, middles).argmin(axis=1)
        if (nearest == labels).all():
            break
        labels = nearest
    return labels


def _silhouettes(points: Numbers, labels: Labels) -> Numbers:
    """Of the first of them; 0 where there is but one cluster, and for one alone in its own."""
    judged = np.arange(len(points)) < JUDGED
    here, own = points[judged], labels[judged]
    away = np.sqrt(_squares(here, here))
    present, own = np.unique(own, return_inverse=True)
    if len(present) < 2:
        return np.zeros(len(here))
    members = np.eye(len(present))[own]
    sizes = members.sum(axis=0)
    sums = away @ members
    rows = np.arange(len(here))
    inside = sums[rows, own] / np.maximum(sizes[own] - 1, 1)
    outside = np.where(members == 1, np.inf, sums / sizes).min(axis=1)
    widest = np.maximum(np.maximum(inside, outside), 1e-12)
    found: Numbers = np.where(sizes[own] > 1, (outside - inside) / widest, 0.0)
    return found


def _squares(points: Numbers, others: Numbers) -> Numbers:
    """Squared distances, a row a point."""
    products = points @ others.T
    squares = (points**2).sum(axis=1)[:, None] - 2 * products + (others**2).sum(axis=1)
    near: Numbers = np.maximum(squares, 0)
    return near


# --- what is said of them


def _marks(
    met: Sequence[frozenset[str]], mine: NDArray[np.bool_]
) -> list[tuple[str, float | None]]:
    """The touchpoints that set these customers apart, and their lifts; at least a fifth met each.

    What all the others lack comes first, the more of these have it the sooner.
    """
    here = Counter(
        name for names, is_mine in zip(met, mine, strict=True) if is_mine for name in names
    )
    there = Counter(
        name for names, is_mine in zip(met, mine, strict=True) if not is_mine for name in names
    )
    size, others = int(mine.sum()), int((~mine).sum())
    if not others:
        return []
    lifts = {
        name: (count / size) / (there[name] / others) if there[name] else None
        for name, count in here.items()
        if count >= 0.2 * size
    }
    telling = [(name, lift) for name, lift in lifts.items() if lift is None or lift > 1.2]
    # One of the others more, so that what few of them met is no wonder.
    smoothed = {name: here[name] / size * others / (there[name] + 1) for name in lifts}
    return sorted(telling, key=lambda one: (-smoothed[one[0]], one[0]))[:NAMED]


def _names(marks: Sequence[Sequence[str]]) -> list[str]:
    """After its first mark; where several have the same, after as many as it takes."""
    names: list[str] = []
    firsts = Counter(own[0] for own in marks if own)
    for number, own in enumerate(marks, 1):
        name = own[0] if own else ORDINARY
        for more in own[1:] if firsts[name] > 1 else ():
            name = f"{name}+{more}"
            if name not in names:
                break
        names.append(f"{name}_{number}" if name in names else name)
    return names


def _channel(own: Sequence[Profile]) -> tuple[str, float]:
    """The channel of most contacts, and its share of them."""
    times: Counter[str] = Counter()
    for profile in own:
        times.update(dict(zip(*profile.channels, strict=True)))
    name, most = min(times.items(), key=lambda one: (-one[1], one[0]))
    return name, most / times.total()


def _contrasts(figures: Numbers, mine: NDArray[np.bool_]) -> dict[str, float]:
    """How many standard deviations each figure is above the mean of all."""
    return dict(zip(FIGURES, figures[mine].mean(axis=0).tolist(), strict=True))


def _row(own: Sequence[Profile], all_: int) -> tuple[Any, ...]:
    journeys, converted = sum(one.journeys for one in own), sum(one.converted for one in own)
    emotions = [one.emotion for one in own if one.emotion is not None]
    waits = [one.waited for one in own if one.waited is not None]
    return (
        len(own),
        len(own) / all_,
        journeys,
        converted,
        converted / journeys,
        *_wilson(converted / journeys, journeys),
        sum(one.steps for one in own) / len(own),
        sum(one.value for one in own) / len(own),
        len(emotions),
        sum(emotions) / len(emotions) if emotions else None,
        sum(waits) / len(waits) if waits else None,
    )


def _wilson(share: float, n: int) -> tuple[float, float]:
    """The interval of a share at 95 %, as `sql/measures/common.sql` has it."""
    margin = 1.96 * sqrt(share * (1 - share) / n + 0.9604 / (n * n))
    middle, scale = share + 1.9208 / n, 1 + 3.8416 / n
    return max(0.0, (middle - margin) / scale), min(1.0, (middle + margin) / scale)
