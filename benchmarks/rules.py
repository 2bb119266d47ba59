"""What more rules cost: the same events asked by ever more rules, one asked after the other and as
the tracker asks them.

The rules ask what rules ask: names of events, pages, beginnings of paths, categories, campaigns.
Every event looks for its rule among them; most find it at the end or nowhere.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Annotated

import typer

from benchmarks.measuring import show
from cjm_tracker.events import Event
from cjm_tracker.touchpoints import Rule, SourceRules, compile_rules
from cjm_tracker.touchpoints.compiled import predicate

KINDS: tuple[Callable[[int], dict[str, object]], ...] = (
    lambda n: {"event": f"Event {n}"},
    lambda n: {"path": f"/page/{n}"},
    lambda n: {"path": {"prefix": f"/shop/{n}/"}},
    lambda n: {"event": "Viewed", "category": f"category {n}"},
    lambda n: {"call": "page", "utm_medium": [f"medium {n}", f"other {n}"]},
    lambda n: {"path": {"glob": f"/*/archive-{n}"}, "call": "screen"},
)


def rules(
    sizes: Annotated[str, typer.Option(help="Numbers of rules, by commas.")] = "10,30,100,300",
    events: Annotated[int, typer.Option(help="Events asked for.")] = 20_000,
    runs: Annotated[int, typer.Option(help="Times; the fastest counts.")] = 5,
) -> None:
    """Microseconds an event, and how many times the fewest rules'."""
    counts = [int(size) for size in sizes.split(",")]
    measured = [_measure(count, events, runs) for count in counts]
    first = measured[0]
    show(
        f"{events:,} events asked by rules",
        ["rules", "one by one", "ours", "one by one / ours", f"ours / ours with {counts[0]}"],
        [
            [str(count), f"{plain:.2f} µs", f"{ours:.2f} µs", f"{plain / ours:.1f}",
             f"{ours / first[1]:.2f}"]
            for count, (plain, ours) in zip(counts, measured, strict=True)
        ],
    )  # fmt: skip


def _measure(count: int, events: int, runs: int) -> tuple[float, float]:
    asked = [
        Rule.model_validate({"when": KINDS[n % len(KINDS)](n // len(KINDS)), "touchpoint": f"t{n}"})
        for n in range(count)
    ]
    chance = random.Random(1)
    told = [_event(chance, count) for _ in range(events)]
    tests = [(predicate(rule.when, {}), rule.touchpoint or "") for rule in asked]
    classify = compile_rules({"website": SourceRules(channel="web", rules=asked)})

    def plainly(event: Event) -> str:
        return next((name for test, name in tests if test(event)), "")

    def ours(event: Event) -> str:
        return classify("website", "segment", event).name

    assert [plainly(event) for event in told] == [ours(event) for event in told]
    return _fastest(plainly, told, runs), _fastest(ours, told, runs)


def _event(chance: random.Random, count: int) -> Event:
    n = chance.randrange(count // len(KINDS) + 3)
    name = chance.choice([f"Event {n}", "Viewed", "Clicked"])
    path = chance.choice([f"/page/{n}", f"/shop/{n}/x", f"/a/archive-{n}", "/"])
    said = {"path": path, "call": chance.choice(["page", "screen"]), "category": f"category {n}"}
    return Event("", name, 0, attributes=said | {"utm_medium": f"medium {n}"})


def _fastest(asks: Callable[[Event], str], told: list[Event], runs: int) -> float:
    times = []
    for _ in range(runs):
        began = time.process_time()
        for event in told:
            asks(event)
        times.append((time.process_time() - began) / len(told) * 1e6)
    return min(times)
