"""What the views say, as plain rows; the same from the oracle; and what must hold between them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from cjm_tracker.journeys import JourneyDefinition
from cjm_tracker.mapping import Mapping
from cjm_tracker.warehouse import Warehouse

from ..oracle import identity
from ..oracle.journeys import (
    Delivery,
    Rules,
    World,
    customer_of,
    cut,
    named,
    places,
    standing,
)
from .deeds import CHANNELS, MAPPING, Deed, sums

Rows = list[dict[str, Any]]


def in_order(rows: Iterable[dict[str, Any]]) -> Rows:
    return sorted(rows, key=lambda row: tuple(str(value) for value in row.values()))


def read(warehouse: Warehouse, sql: str) -> Rows:
    """The rows, with times as ms since 1970."""
    return [
        {name: _plain(value) for name, value in row.items()} for row in warehouse.query(sql).dicts()
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return _since_1970(value) if isinstance(value, datetime) else value


def _ms(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


def _since_1970(moment: datetime) -> int:
    return _ms(moment.replace(tzinfo=None) - datetime(1970, 1, 1))


VIEWS = {
    "steps": "*",
    "journeys": "*",
    "touchpoints": "source, event_id, customer_id, touchpoint",
    "identities": "identifier, customer_id, standing, hops",
    "transitions": "*",
    "paths": "*",
    "stage_funnel": "*",
    "definitions": "definition, journeys, steps, outside, behind",
    "customers": "*",
    "events": "source, event_id",
    "unmapped": "events",
    "drops": "event_id",
    "feeds": "events",
    "batches": "*",
}


class Picture:
    """What all views say at one moment."""

    def __init__(self, warehouse: Warehouse, mapping: Mapping = MAPPING) -> None:
        self._definitions = mapping.journeys
        self.rows = {
            view: read(warehouse, f"SELECT {what} FROM {view}") for view, what in VIEWS.items()
        }

    def of(self, view: str, definition: str) -> Rows:
        return [row for row in self.rows[view] if row["definition"] == definition]

    def stitched(self, definition: str) -> dict[str, Rows]:
        """All that stitching has to get right."""
        per_definition = {
            view: in_order(
                {
                    name: value
                    for name, value in row.items()
                    if name not in ("definition", "version")
                }
                for row in self.of(view, definition)
            )
            for view in ("steps", "journeys", "definitions")
        }
        return per_definition | {
            view: in_order(self.rows[view]) for view in ("touchpoints", "identities")
        }

    def broken_invariants(self) -> list[str]:
        """The invariants sql/README.md publishes that do not hold."""
        broken = [
            f"{journey.name}: {fact}"
            for journey in self._definitions
            for fact, holds in self._of_a_definition(journey).items()
            if not holds
        ]
        first = next((one.name for one in self._definitions if one.unit == "customer"), "")
        return broken + [fact for fact, holds in self._of_all(first).items() if not holds]

    def _of_a_definition(self, journey: JourneyDefinition) -> dict[str, bool]:
        name = journey.name
        steps, journeys = self.of("steps", name), self.of("journeys", name)
        points = self.rows["touchpoints"]
        nobodys = [point for point in points if point["customer_id"] == ""]
        (applied,) = self.of("definitions", name)
        return {
            "touchpoints = steps + touchpoints outside + touchpoints without customer": len(points)
            == len(steps) + applied["outside"] + len(nobodys)
            or journey.unit == "account",  # a customer may be in none
            "definitions agree": (applied["journeys"], applied["steps"])
            == (len(journeys), len(steps)),
            "sum of step_count = steps": sums(journeys, "step_count") == len(steps),
            "sum of transitions = steps - journeys": sums(
                self.of("transitions", name), "transitions"
            )
            == len(steps) - len(journeys),
            "sum of paths.journeys = journeys": sums(self.of("paths", name), "journeys")
            == len(journeys),
            "stage journeys = went_on + still_open + ended_here": all(
                row["journeys"] == row["went_on"] + row["still_open"] + row["ended_here"]
                for row in self.of("stage_funnel", name)
            ),
            "dropped_off <= ended_here": all(
                row["dropped_off"] <= row["ended_here"] for row in self.of("stage_funnel", name)
            ),
            "an event is one step": len({(row["source"], row["event_id"]) for row in steps})
            == len(steps),
        }

    def _of_all(self, first_definition: str) -> dict[str, bool]:
        events, customers = self.rows["events"], self.rows["customers"]
        return {
            "events = touchpoints + unmapped + drops": len(events)
            == len(self.rows["touchpoints"])
            + sums(self.rows["unmapped"], "events")
            + len(self.rows["drops"]),
            "events = sum of feeds.events": len(events) == sums(self.rows["feeds"], "events"),
            "sum of customers.steps = steps": sums(customers, "steps")
            == len(self.of("steps", first_definition)),
            "sum of customers.journeys = journeys": sums(customers, "journeys")
            == len(self.of("journeys", first_definition)),
            "batches: records = stored + dropped + dead_letters": all(
                row["records"] == row["stored"] + row["dropped"] + row["dead_letters"]
                for row in self.rows["batches"]
            ),
        }


class Decided(NamedTuple):
    """Decisions that stand, by identifiers' numbers."""

    included: tuple[tuple[int, int], ...] = ()
    excluded: tuple[tuple[int, int], ...] = ()
    unmerged: tuple[int, ...] = ()


NOTHING_DECIDED = Decided()


def expected(
    deeds: Iterable[Deed],
    definition: str,
    decided: Decided = NOTHING_DECIDED,
    mapping: Mapping = MAPPING,
) -> dict[str, Rows]:
    """The same, by the oracle."""
    deeds = list(deeds)
    deliveries = [
        Delivery(
            deed.source,
            deed.id,
            deed.at,
            tuple(deed.numbers),
            "" if deed.drop_reason else deed.touchpoint,
            deed.channel,
            deed.stage,
            deed.outcome,
            deed.value,
            deed.wait_s,
            deed.duration_s,
            deed.emotion,
            deed.revision,
            deed.fingerprint,
            deed.account_number,
            deed.topic,
        )
        for deed in deeds
    ]
    world = World(
        {
            number: one.split(":")[0]
            for deed in deeds
            for number, one in zip(deed.numbers, deed.who, strict=True)
        },
        identity_rules(mapping),
        declared(mapping, deeds) | dict.fromkeys(decided.unmerged, "apart"),
        decided.included,
        decided.excluded,
    )
    who = places(deliveries, world)
    found = next(journey for journey in mapping.definitions if journey.name == definition)
    steps, journeys, outside = cut(deliveries, world, _rules(found))
    applied = {"journeys": len(journeys), "steps": len(steps), "outside": outside, "behind": 0}
    return {
        "steps": in_order(steps),
        "journeys": in_order(journeys),
        "definitions": [applied],
        "touchpoints": in_order(
            {
                "source": event.source,
                "event_id": event.id,
                "customer_id": customer_of(event, who),
                "touchpoint": event.touchpoint,
            }
            for event in standing(deliveries)
            if event.touchpoint
        ),
        "identities": in_order(
            {
                "identifier": number,
                "customer_id": named(place.founder),
                "standing": place.standing,
                "hops": place.hops,
            }
            for number, place in who.items()
        ),
    }


def declared(mapping: Mapping, deeds: Iterable[Deed]) -> dict[int, str]:
    """The identifiers that begin like a declared kiosk's or household's, with what that means."""
    means = {"kiosk": "public", "household": "shared"}
    return {
        number: means[rule.standing]
        for rule in reversed(mapping.identity.declared)
        for deed in deeds
        for number, one in zip(deed.numbers, deed.who, strict=True)
        if one.startswith(f"{rule.kind}:{rule.prefix}")
    }


def identity_rules(mapping: Mapping) -> identity.Rules:
    config = mapping.identity
    return identity.Rules(
        {name: (kind.strong, kind.limit) for name, kind in config.kinds.items()},
        config.public_from,
        config.max_anonymous,
        config.max_hops,
    )


def _rules(definition: JourneyDefinition) -> Rules:
    return Rules(
        list(CHANNELS),
        definition.unit == "account",
        definition.stages,
        _ms(definition.inactivity),
        {channel: _ms(wait) for channel, wait in definition.inactivity_by_channel.items()},
        definition.goals,
        definition.starts_at,
        definition.only_from_start,
        definition.ends_at,
        None if definition.lookback is None else _ms(definition.lookback),
    )
