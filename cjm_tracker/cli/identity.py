"""`cjm identity`: who is who and why; what people decide about it, and take back."""

from __future__ import annotations

import getpass
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from cjm_tracker.cli import identity_report as report
from cjm_tracker.cli.common import (
    JsonOption,
    MappingOption,
    WarehouseOption,
    key_of,
    mapping_of,
    now_ms,
    opened,
    stitch_now,
)
from cjm_tracker.errors import ConfigError, InputError
from cjm_tracker.events import Identifier
from cjm_tracker.identity import IdentityConfig, Normaliser, Who, identifier_number
from cjm_tracker.identity.explain import AGENT, explain, is_hashed, why_nobody
from cjm_tracker.identity.verdicts import Decision, Placed
from cjm_tracker.mapping import Mapping
from cjm_tracker.settings import Settings, load_settings
from cjm_tracker.warehouse import Warehouse
from cjm_tracker.warehouse import decisions as log
from cjm_tracker.warehouse.evidence import EVER, Reader

app = typer.Typer(
    help="Who is who and why; what people decide about it, and take back.", no_args_is_help=True
)

CUSTOMER = re.compile("c[0-9a-f]{16}")
CUT_HASH = re.compile("([0-9a-f]{8,32})…?")

Id = Annotated[str, typer.Argument(metavar="ID", help="kind:value, or a value of any kind.")]
Other = Annotated[str, typer.Argument(metavar="ID", help="The other one.")]
By = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who decides; else your login name.")
]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="Why, for those who ask later.")]


@app.command("explain")
def explain_(
    wanted: Annotated[
        str, typer.Argument(metavar="ID", help="kind:value, a value of any kind, or a customer id.")
    ],
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of",
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"],
            help="Who it was reported as at that time (UTC).",
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=1_000, help="Links or identifiers shown at most.")
    ] = 10,
    warehouse: WarehouseOption = None,
    mapping: MappingOption = None,
    json: JsonOption = False,
) -> None:
    """Say whose an identifier is, by what rule, and on what evidence.

    E-mail addresses and phone numbers are found in any spelling.

    Example: cjm identity explain "phone:+359 88 812 3456"
    """
    with _desk(warehouse, mapping) as desk:
        at = report.as_ms(as_of) if as_of else EVER
        if CUSTOMER.fullmatch(wanted):
            members, count = desk.reader.members(int(wanted[1:], 16), limit, at)
            if count:
                report.customer(wanted, members, count, as_of, desk.config, json=json)
                return
        found = desk.find(wanted)
        if not found:
            report.nobody(wanted, desk.left_out(wanted), json=json)
            return
        placed = _only(found, wanted, desk.config)
        written = desk.written(placed, wanted)
        if as_of:
            _then(desk, placed, written, as_of, limit, json=json)
            return
        told = explain(desk.reader.facts(placed, limit), desk.config)
    report.explanation(told, written, desk.config, json=json)


@app.command()
def include(
    one: Id,
    other: Other,
    why: Why,
    by: By = None,
    warehouse: WarehouseOption = None,
    mapping: MappingOption = None,
    json: JsonOption = False,
) -> None:
    """Decide that two identifiers are one customer, whatever the evidence says."""
    with _desk(warehouse, mapping) as desk:
        desk.decide("include", one, other, by, why, json=json)


@app.command()
def exclude(
    one: Id,
    other: Other,
    why: Why,
    by: By = None,
    warehouse: WarehouseOption = None,
    mapping: MappingOption = None,
    json: JsonOption = False,
) -> None:
    """Decide that two identifiers are not one customer, whatever the evidence says."""
    with _desk(warehouse, mapping) as desk:
        desk.decide("exclude", one, other, by, why, json=json)


@app.command()
def unmerge(
    one: Id,
    why: Why,
    by: By = None,
    warehouse: WarehouseOption = None,
    mapping: MappingOption = None,
    json: JsonOption = False,
) -> None:
    """Take an identifier out of its customer: it stands alone, and its links do not count."""
    with _desk(warehouse, mapping) as desk:
        desk.decide("unmerge", one, "", by, why, json=json)


@app.command()
def undo(
    number: Annotated[
        int, typer.Argument(metavar="NUMBER", help="Of the decision; cjm identity decisions.")
    ],
    why: Why,
    by: By = None,
    warehouse: WarehouseOption = None,
    mapping: MappingOption = None,
    json: JsonOption = False,
) -> None:
    """Take a decision back: customers become what they would be without it."""
    with _desk(warehouse, mapping) as desk:
        desk.settle(partial(log.undo, desk.warehouse, number, _signed(by), why), json=json)


@app.command()
def decisions(
    warehouse: WarehouseOption = None,
    mapping: MappingOption = None,
    json: JsonOption = False,
) -> None:
    """List what was decided, by whom and why; nothing is ever taken out."""
    with _desk(warehouse, mapping) as desk:
        kept = log.decisions(desk.warehouse)
        named = desk.reader.places(end for decision in kept for end in decision.ends)
    report.decisions(kept, named, desk.config, json=json)


@dataclass(frozen=True, slots=True)
class Desk:
    """What every command works with."""

    settings: Settings
    plan: Mapping
    warehouse: Warehouse
    normalise: Normaliser
    reader: Reader

    @property
    def config(self) -> IdentityConfig:
        return self.plan.identity

    def find(self, wanted: str) -> list[Placed]:
        """The identifiers meant. What was never seen is an error, unless it means nobody."""
        kinds, value = self._read(wanted)
        numbers = [
            identifier_number(kind, form)
            for kind in kinds
            for form in (value, *self._stored(kind, value))
        ]
        found = self.reader.places(numbers)
        if not found and (cut := CUT_HASH.fullmatch(value)):
            hashed = [kind for kind in kinds if is_hashed(kind, self.config)]
            found = self.reader.places(self.reader.beginning(cut[1], hashed))
        if not found and not self.left_out(wanted):
            raise InputError(f"'{wanted}' was never seen in {self.warehouse.address}")
        return list(found.values())

    def left_out(self, wanted: str) -> str:
        """Why the pipeline takes the value for no customer's; empty where it may be one's."""
        kinds, value = self._read(wanted)
        if any(self._who(kind, value).agent for kind in kinds):
            return AGENT
        said = [why_nobody(kind, self.config.kinds[kind], self.config, value) for kind in kinds]
        return said[0] if all(said) else ""

    def written(self, placed: Placed, wanted: str) -> str:
        """The value as somebody typed it, where that tells more than what is stored."""
        _, value = self._read(wanted)
        is_typed = value != placed.value and not CUT_HASH.fullmatch(value)
        return value if is_typed and is_hashed(placed.kind, self.config) else ""

    def decide(
        self, action: log.Action, one: str, other: str, by: str | None, why: str, *, json: bool
    ) -> None:
        """Keep a decision about identifiers as people write them."""
        first = self._of_a_person(one).number
        second = self._of_a_person(other).number if other else 0
        make = partial(log.decide, self.warehouse, action, first, second, _signed(by), why)
        self.settle(make, json=json)

    def settle(self, make: Callable[[int], Decision], *, json: bool) -> None:
        """Decide, apply it where nobody else would, and tell what changed."""
        is_ours = self.warehouse.address.directory is not None
        if is_ours:
            # What waits to be stitched would be told as this decision's doing.
            stitch_now(self.warehouse, self.settings, self.plan)
        made = make(now_ms())
        if is_ours:
            stitch_now(self.warehouse, self.settings, self.plan)
        kept = {decision.number: decision for decision in log.decisions(self.warehouse)}
        undone = kept.get(made.undoes)
        report.settled(
            kept[made.number],
            undone,
            self.reader.places((undone or made).ends),
            self.reader.moved(made.number) if is_ours else None,
            self.config,
            json=json,
        )

    def _of_a_person(self, wanted: str) -> Placed:
        if CUSTOMER.fullmatch(wanted):
            raise ConfigError(
                f"'{wanted}' is a customer, and decisions are about identifiers: "
                f"cjm identity explain {wanted} lists them"
            )
        placed = _only(self.find(wanted), wanted, self.config)
        kind = self.config.kinds.get(placed.kind)
        if kind is None or kind.account:
            raise ConfigError(f"'{wanted}' can be no customer's: see cjm identity explain")
        return placed

    def _read(self, wanted: str) -> tuple[list[str], str]:
        """The kinds that may be meant, and the value."""
        kind, colon, value = wanted.partition(":")
        if colon and kind in self.config.kinds:
            return [kind], value
        return list(self.config.kinds), wanted

    def _stored(self, kind: str, value: str) -> list[str]:
        """The value as the pipeline would store it; empty for nobody's."""
        who = self._who(kind, value)
        known = [*who.identifiers, *([who.account] if who.account else [])]
        return [one.value for one in known] or [who.agent] * bool(who.agent)

    def _who(self, kind: str, value: str) -> Who:
        return self.normalise((Identifier(kind, value),), "")


def _then(
    desk: Desk, placed: Placed, written: str, at: datetime, limit: int, *, json: bool
) -> None:
    """Who an identifier was reported as at a time, and who else was."""
    stay = next((one for one in desk.reader.stays(placed.number) if one.covers(at)), None)
    members: list[Placed] = []
    count = 0
    if stay and stay.customer:
        members, count = desk.reader.members(stay.customer, limit, report.as_ms(at))
    report.then(placed, written, stay, members, count, at, desk.config, json=json)


@contextmanager
def _desk(warehouse: str | None, mapping: Path | None) -> Iterator[Desk]:
    settings = load_settings(warehouse=warehouse, mapping=mapping)
    plan = mapping_of(settings)
    with opened(settings) as open_warehouse:
        normalise = Normaliser(plan.identity, key_of(settings, open_warehouse))
        reader = Reader(open_warehouse, normalise.declared)
        yield Desk(settings, plan, open_warehouse, normalise, reader)


def _only(found: list[Placed], wanted: str, config: IdentityConfig) -> Placed:
    if not found:
        raise InputError(f"'{wanted}' is no customer's: see cjm identity explain")
    if len(found) > 1:
        several = ", ".join(f"{one.kind}:{one.value}" for one in found[:10])
        raise InputError(f"'{wanted}' is several identifiers: say which of {several}")
    return found[0]


def _signed(by: str | None) -> str:
    if by is not None:
        return by
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise ConfigError("you have no login name: say who decides with --by NAME") from None
