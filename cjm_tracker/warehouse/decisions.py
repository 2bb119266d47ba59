"""What people decide about who is who: kept for ever, undone by another decision.

The next stitch takes a decision in; nothing else changes here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from cjm_tracker.errors import ConfigError, InputError, WarehouseUnavailable
from cjm_tracker.identity.verdicts import NEVER, Decision, not_undone
from cjm_tracker.warehouse.client import Columns, Warehouse
from cjm_tracker.warehouse.queries import run_query

Action = Literal["include", "exclude", "unmerge"]

OPPOSITE = {"include": "exclude", "exclude": "include"}
# A number that somebody else took at the same moment is lost, and the next one tried.
TRIES = 10


def decide(
    warehouse: Warehouse,
    action: Action,
    identifier: int,
    other: int,
    by: str,
    why: str,
    now: int,
) -> Decision:
    """Two identifiers are one customer (include) or are not (exclude); one stands apart (unmerge).

    `other` is 0 for unmerge; `now` is ms since 1970. Refused where it repeats a decision that
    stands, or contradicts one.
    """
    if identifier == other:
        raise ConfigError(f"{action} is about two identifiers, and both are the same")
    made = Decision(0, action, identifier, other, 0, *_signed(by, why), _moment(now))
    known = {row[0] for row in run_query(warehouse, "identity_places", numbers=[*made.ends]).rows}
    if unknown := made.ends - known:
        raise InputError(f"identifier {min(unknown)} was never seen: nothing can be decided of it")
    return _keep(warehouse, made, _refuse_repetition)


def undo(warehouse: Warehouse, number: int, by: str, why: str, now: int) -> Decision:
    """Take back what was decided: all is as if it had never been, but for the record of it."""
    made = Decision(0, "undo", 0, 0, number, *_signed(by, why), _moment(now))
    return _keep(warehouse, made, _refuse_to_undo)


def decisions(warehouse: Warehouse) -> list[Decision]:
    """All there are, undone ones too, by number."""
    rows = run_query(warehouse, "identity_decisions").rows
    return [Decision(*row) for row in rows]


def _refuse_repetition(made: Decision, kept: list[Decision]) -> None:
    for one in not_undone(kept):
        if one.ends != made.ends:
            continue
        if one.action == made.action:
            raise ConfigError(f"decision {one.number} ({one.action}) says so already")
        if one.action == OPPOSITE.get(made.action):
            raise ConfigError(
                f"decision {one.number} ({one.action}) says the opposite: undo it first"
            )


def _refuse_to_undo(made: Decision, kept: list[Decision]) -> None:
    undone = {one.undoes: one.number for one in kept if one.action == "undo"}
    found = {one.number: one for one in kept}.get(made.undoes)
    if found is None:
        raise InputError(f"there is no decision {made.undoes}: cjm identity decisions lists them")
    if found.action == "undo":
        raise ConfigError(
            f"decision {found.number} takes back decision {found.undoes}: to have that again, "
            "decide it anew"
        )
    if found.number in undone:
        raise ConfigError(
            f"decision {found.number} is undone already, by decision {undone[found.number]}"
        )


def _keep(
    warehouse: Warehouse, made: Decision, refuse: Callable[[Decision, list[Decision]], None]
) -> Decision:
    """Store it under the next number, which only one can have."""
    tried = 0
    for _ in range(TRIES):
        kept = decisions(warehouse)
        refuse(made, kept)
        # A number tried in vain may be nobody's: its engine was killed before it had the row.
        tried = max(tried, *(one.number for one in kept), 0) + 1
        made = made._replace(number=tried)
        warehouse.insert("decision_log", _row(made), once=f"decision_log:{made.number}")
        if made in decisions(warehouse):
            return made
    raise WarehouseUnavailable("others are deciding at the same time: try again")


def _row(made: Decision) -> Columns:
    return {
        "decision": [made.number],
        "action": [made.action],
        "identifier": [made.identifier],
        "other": [made.other],
        "undoes": [made.undoes],
        "decided_by": [made.by],
        "reason": [made.why],
        "decided_at": [(made.at - NEVER) // timedelta(milliseconds=1)],
    }


def _signed(by: str, why: str) -> tuple[str, str]:
    if not by.strip():
        raise ConfigError("a decision needs to say who decided: --by NAME")
    if not why.strip():
        raise ConfigError("a decision needs to say why: --why TEXT")
    return by.strip(), why.strip()


def _moment(now: int) -> datetime:
    return NEVER + timedelta(milliseconds=now)
