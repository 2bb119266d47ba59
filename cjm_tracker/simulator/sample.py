"""Writes the sample logs of the invented retailer, and the truth beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cjm_tracker.simulator import log
from cjm_tracker.simulator.acts import Act, Sale
from cjm_tracker.simulator.blemish import blemish
from cjm_tracker.simulator.noise import Noise
from cjm_tracker.simulator.population import populate
from cjm_tracker.simulator.story import Story
from cjm_tracker.simulator.tills import Shift, ring_up
from cjm_tracker.simulator.truth import Users, users, write_truth
from cjm_tracker.simulator.world import World

FEWEST_EVENTS = 500


@dataclass(frozen=True, slots=True)
class SampleLogs:
    """Where the files are and what is in them.

    `records` counts the records of each source, noise and control transactions included.
    `planted` counts the noise by kind and is empty in a clean world. Most kinds count records:
    `duplicate`, `resent_contact` (drafts), `conflicting_id`, `late`, `out_of_order`,
    `malformed_*`, `junk_identifier`, `national_phone`, `capital_email`. Four count identifiers
    which several customers used: `household_phone`, `family_tablet`, `kiosk`, `lent_card`.
    """

    directory: Path
    website: Path
    call_centre: Path
    store: Path
    survey: Path
    truth: Path
    records: Mapping[str, int]
    planted: Mapping[str, int]


def simulate(
    directory: Path, *, events: int = 20_000, seed: int = 7, end: datetime, dirty: bool = True
) -> SampleLogs:
    """Write about `events` records of the 90 days before `end`, the same for the same arguments.

    A dirty world has what real logs have: repeats, late and broken records, shared devices. In a
    clean one the records alone suffice to tell who is who.
    """
    if end.tzinfo is None:
        raise ValueError("end must be an aware datetime")
    if events < FEWEST_EVENTS:
        raise ValueError(f"events must be at least {FEWEST_EVENTS}")
    directory.mkdir(parents=True, exist_ok=True)
    world = World.create(seed, end.astimezone(UTC), dirty)
    stories = populate(world, events)
    acts, shifts = _by_source(stories), _ring_up(world, stories)
    noise = Noise(world)
    records = {}
    if dirty:
        noise.planted.update(blemish(world.rng, (act for kept in acts.values() for act in kept)))
    for source, name in log.FILES.items():
        source_shifts = shifts if source == "store" else []
        lines = _lines(noise if dirty else None, acts[source], source_shifts)
        log.write(directory / name, lines)
        records[source] = len(lines)
    write_truth(directory / "truth", stories)
    if dirty:
        noise.planted.update(_shared(world, users(stories)))
    return _sample_logs(directory, records, dict(sorted(noise.planted.items())))


def _sample_logs(
    directory: Path, records: Mapping[str, int], planted: Mapping[str, int]
) -> SampleLogs:
    paths = {source: directory / name for source, name in log.FILES.items()}
    return SampleLogs(
        directory, **paths, truth=directory / "truth", records=records, planted=planted
    )


def _by_source(stories: Iterable[Story]) -> dict[str, list[Act]]:
    acts: dict[str, list[Act]] = {source: [] for source in log.FILES}
    for story in stories:
        for act in story.acts:
            acts[act.source].append(act)
    return acts


def _ring_up(world: World, stories: Iterable[Story]) -> list[Shift]:
    sales = [act for story in stories for act in story.acts if isinstance(act, Sale)]
    return ring_up(sales, world.end)


def _lines(noise: Noise | None, acts: list[Act], shifts: list[Shift]) -> list[log.Line]:
    if noise:
        return noise.disturb(acts, shifts)
    entries: list[Act | Shift] = [*acts, *shifts]
    return sorted((log.line(entry) for entry in entries), key=lambda entry: entry.arrives_at)


def _shared(world: World, seen: Users) -> Counter[str]:
    """Identifiers which more than one customer used, by how that came about."""
    kiosks = {kiosk.cookie for kiosk in world.kiosks.values()}
    names = {"phone": "household_phone", "cookie": "family_tablet", "loyalty_card": "lent_card"}
    return Counter(
        "kiosk" if value in kiosks else names[kind]
        for (kind, value), customers in seen.items()
        if len(customers) > 1
    )
