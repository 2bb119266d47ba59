"""What `cjm identity` tells, for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from rich import box
from rich.markup import escape
from rich.table import Table

from cjm_tracker.cli.common import out
from cjm_tracker.cli.sql import as_json
from cjm_tracker.identity import IdentityConfig, customer_id
from cjm_tracker.identity.explain import (
    RULES,
    Evidence,
    Explanation,
    Link,
    Stay,
    briefly,
    counted,
    named,
    printable,
    shown,
)
from cjm_tracker.identity.resolve import Standing
from cjm_tracker.identity.verdicts import NEVER, Decision, Placed, Verdict
from cjm_tracker.warehouse.evidence import Moved

MOVES_SHOWN = 20
Row = dict[str, Any]


def as_ms(moment: datetime) -> int:
    """As ms since 1970."""
    return (moment - NEVER) // timedelta(milliseconds=1)


# --- explain


def explanation(told: Explanation, written: str, config: IdentityConfig, *, json: bool) -> None:
    """Everything about one identifier."""
    if json:
        print(as_json(_explanation_row(told)))
        return
    here = told.placed
    _head(here, written, config)
    _facts(
        ("customer", _since(_customer(here.customer, here.standing), told.since)),
        ("why", told.why),
        ("rule", told.rule),
        *(("note", note) for note in told.notes),
        ("seen", f"{_time(here.first_seen_at)} to {_time(here.last_seen_at)}"),
        ("belongs to", ", ".join(told.accounts)),
    )
    if len(told.chain) > 1:
        _title("The way to the person")
        out.print(_chain(told.chain, config))
    _evidence(told, config)
    if told.decisions:
        _title("Decisions about it")
        out.print(_decisions(told.decisions, told.named, config))
    if len(told.stays) > 1:
        _title("Reported as")
        out.print(_stays(told.stays))


def customer(
    wanted: str,
    members: Sequence[Placed],
    count: int,
    at: datetime | None,
    config: IdentityConfig,
    *,
    json: bool,
) -> None:
    """All identifiers of one customer."""
    if json:
        rows = [_placed_row(member) for member in members]
        print(as_json({"customer_id": wanted, "count": count, "identifiers": rows}))
        return
    when = f" on {_time(at)}" if at else ""
    out.print(f"[bold]{wanted}[/]{when}: {counted(count, 'identifier')}")
    out.print(_members(members, config))
    _more(count, len(members))


def then(
    placed: Placed,
    written: str,
    stay: Stay | None,
    members: Sequence[Placed],
    count: int,
    at: datetime,
    config: IdentityConfig,
    *,
    json: bool,
) -> None:
    """Who an identifier was reported as at a time."""
    if json:
        document = {
            "kind": placed.kind,
            "value": placed.value,
            "as_of": at,
            **(_stay_row(stay) if stay else {"customer_id": None}),
            "identifiers": [_placed_row(member) for member in members],
        }
        print(as_json(document))
        return
    _head(placed, written, config)
    if stay is None:
        _facts(("as of", _time(at)), ("customer", "not known yet: no stitch had taken it in"))
        return
    _facts(
        ("as of", _time(at)),
        ("customer", _since(_customer(stay.customer, stay.standing), stay.since)),
        ("until", _time(stay.until) if stay.until else "now"),
        ("why", briefly(stay.standing, stay.hops)),
        ("rule", RULES[stay.standing]),
    )
    if members:
        _title(f"The customer's identifiers at that time: {count}")
        out.print(_members(members, config))
        _more(count, len(members))


def nobody(wanted: str, why: str, *, json: bool) -> None:
    """A value that the pipeline takes for no customer's."""
    if json:
        print(as_json({"wanted": wanted, "is_nobody": True, "why": why}))
        return
    out.print(f"[bold]{escape(wanted)}[/] is no customer's, and links nobody")
    _facts(("why", why))


# --- decisions


def settled(
    made: Decision,
    undone: Decision | None,
    places: Mapping[int, Placed],
    moved: Sequence[Moved] | None,
    config: IdentityConfig,
    *,
    json: bool,
) -> None:
    """A decision just made, what it takes back if anything, and what it changed if applied."""
    if json:
        rows = None if moved is None else [_moved_row(move) for move in moved]
        print(as_json({"decision": _decision_row(made, places), "moved": rows}))
        return
    what = _what(made, places, config)
    back = f": {_what(undone, places, config)}" if undone else ""
    out.print(
        f"[bold]decision {made.number}[/] by {escape(printable(made.by))}: {escape(what + back)}"
    )
    if moved is None:
        out.print("kept; the workers apply it with their next stitch (cjm stitch does it now)")
        return
    if not moved:
        out.print("no identifier changed its customer")
        return
    out.print(f"{counted(len(moved), 'identifier')} changed customers:")
    table = _table("identifier", "from", "to", "now")
    for move in moved[:MOVES_SHOWN]:
        table.add_row(
            escape(named(move.placed, config)),
            customer_id(move.was) or "nobody",
            move.placed.customer_id or "nobody",
            briefly(move.placed.standing, move.placed.hops),
        )
    out.print(table)
    _more(len(moved), MOVES_SHOWN, "--json")


def decisions(
    kept: Sequence[Decision], places: Mapping[int, Placed], config: IdentityConfig, *, json: bool
) -> None:
    """Everything ever decided."""
    if json:
        print(as_json([_decision_row(one, places, kept) for one in kept]))
    elif kept:
        out.print(_decisions(kept, places, config))
    else:
        out.print("nothing was decided yet: cjm identity include, exclude and unmerge do")


# --- parts


def _title(text: str) -> None:
    out.print(f"\n[bold]{escape(text)}[/]")


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


def _head(placed: Placed, written: str, config: IdentityConfig) -> None:
    stored = shown(placed.kind, placed.value, config)
    name = f"{placed.kind} {written}" if written else f"{placed.kind} {stored}"
    kept = f", stored as the hash {stored}" if written else ""
    out.print(f"[bold]{escape(name)}[/]{escape(kept)}")


def _facts(*facts: tuple[str, str]) -> None:
    grid = Table.grid(padding=(0, 2))
    for name, value in facts:
        if value:
            grid.add_row(f"[dim]{name}[/]", escape(printable(value)))
    out.print(grid)


def _chain(chain: Sequence[Link], config: IdentityConfig) -> Table:
    table = _table("link by link", "shown by")
    for link in chain:
        table.add_row(escape(named(link.other, config)), f"[dim]{_shown_by(link)}[/]")
    return table


def _evidence(told: Explanation, config: IdentityConfig) -> None:
    count = sum(told.totals.values())
    if not count:
        return
    listed = len({one.link.other.number for one in told.evidence})
    counts = sum(number for verdict, number in told.totals.items() if verdict.counts)
    _title(f"Seen together with {counted(count, 'other identifier')}; {_split(counts, count)}")
    if listed < count:
        for verdict, number in told.totals.most_common():
            out.print(f"{number:>9,}  {_yes_or_no(verdict, verdict.meaning)}")
    table = _table("counts?", "link")
    for one in told.evidence:
        other = one.link.other
        whose = f"of {other.customer_id}" if other.customer else "nobody's"
        whose = "of the same customer" if _is_same(told.placed, other) else whose
        table.add_row(
            escape(_yes_or_no(one.verdict, one.why)),
            f"{escape(named(other, config))}, {whose}\n[dim]{_shown_by(one.link)}[/]",
        )
    out.print(table)
    _more(count, listed)


def _yes_or_no(verdict: Verdict, why: str) -> str:
    if verdict is Verdict.one_customer:
        return "yes"
    return f"yes, but {why}" if verdict.counts else f"no: {why}"


def _between(first: datetime, last: datetime) -> str:
    begins, ends = f"{first:%Y-%m-%d %H:%M}", f"{last:%Y-%m-%d %H:%M}"
    return begins if begins == ends else f"{begins} to {ends}"


def _split(counts: int, count: int) -> str:
    if count == 1:
        return "the link counts" if counts else "the link does not count"
    if counts == count:
        return "all these links count"
    return f"{counts:,} of these links count" if counts else "none of these links counts"


def _is_same(one: Placed, other: Placed) -> bool:
    return bool(one.customer) and one.customer == other.customer


def _members(members: Iterable[Placed], config: IdentityConfig) -> Table:
    table = _table("identifier", "why it is theirs", "first seen (UTC)", "last seen (UTC)")
    for one in members:
        table.add_row(
            escape(named(one, config)),
            briefly(one.standing, one.hops),
            f"{one.first_seen_at:%Y-%m-%d %H:%M}",
            f"{one.last_seen_at:%Y-%m-%d %H:%M}",
        )
    return table


def _stays(stays: Sequence[Stay]) -> Table:
    table = _table("from (UTC)", "until", "customer", "why")
    for stay in stays:
        table.add_row(
            f"{stay.since:%Y-%m-%d %H:%M:%S}",
            f"{stay.until:%Y-%m-%d %H:%M:%S}" if stay.until else "now",
            stay.customer_id or "nobody",
            briefly(stay.standing, stay.hops),
        )
    return table


def _decisions(
    kept: Sequence[Decision], places: Mapping[int, Placed], config: IdentityConfig
) -> Table:
    table = _table("no", "decision", "by", "when (UTC)", "why", "state")
    for one in kept:
        table.add_row(
            str(one.number),
            escape(_what(one, places, config)),
            escape(printable(one.by)),
            f"{one.at:%Y-%m-%d %H:%M}",
            escape(printable(one.why)),
            _state(one, kept),
        )
    return table


def _what(one: Decision, places: Mapping[int, Placed], config: IdentityConfig) -> str:
    def name(number: int) -> str:
        return named(places[number], config) if number in places else "an unknown identifier"

    match one.action:
        case "include":
            return f"{name(one.identifier)} and {name(one.other)} are one customer"
        case "exclude":
            return f"{name(one.identifier)} and {name(one.other)} are two customers"
        case "unmerge":
            return f"{name(one.identifier)} stands alone"
        case _:
            return f"decision {one.undoes} is taken back"


def _state(one: Decision, kept: Iterable[Decision]) -> str:
    undone = next((other.number for other in kept if other.undoes == one.number), 0)
    if undone:
        return f"undone by {undone}"
    if not one.is_applied:
        return "awaits the next stitch"
    return "" if one.action == "undo" else "stands"


def _customer(customer: int, standing: int) -> str:
    if not customer:
        return "nobody's" if standing == Standing.public else "none"
    own = standing in (Standing.shared, Standing.apart, Standing.crowd)
    return f"{customer_id(customer)}, a customer of its own," if own else customer_id(customer)


def _since(text: str, since: datetime | None) -> str:
    return f"{text} since {_time(since)}" if since else text


def _shown_by(link: Link) -> str:
    rule = link.rule.replace("_", " ")
    when = _between(link.first_seen_at, link.last_seen_at)
    return escape(f"{when}; {rule}: {link.source} {printable(link.event_id)}")


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _more(count: int, shown: int, option: str = "--limit") -> None:
    if count > shown:
        out.print(f"and {count - shown:,} more ({option})")


# --- as JSON


def _placed_row(placed: Placed) -> Row:
    return {
        "kind": placed.kind,
        "value": placed.value,
        "customer_id": placed.customer_id,
        "standing": _standing(placed.standing),
        "hops": placed.hops,
        "first_seen_at": placed.first_seen_at,
        "last_seen_at": placed.last_seen_at,
    }


def _standing(standing: int) -> str:
    return Standing(standing).name if standing else "unknown"


def _stay_row(stay: Stay) -> Row:
    return {
        "customer_id": stay.customer_id,
        "standing": _standing(stay.standing),
        "hops": stay.hops,
        "valid_from": stay.since,
        "valid_to": stay.until,
    }


def _link_row(link: Link) -> Row:
    return {
        "kind": link.other.kind,
        "value": link.other.value,
        "customer_id": link.other.customer_id,
        "source": link.source,
        "rule": link.rule,
        "first_seen_at": link.first_seen_at,
        "last_seen_at": link.last_seen_at,
        "event_id": link.event_id,
        "event_at": link.event_at,
    }


def _verdict_row(verdict: Verdict) -> Row:
    return {"verdict": verdict.name, "counts": verdict.counts}


def _evidence_row(one: Evidence) -> Row:
    return {**_link_row(one.link), **_verdict_row(one.verdict), "why": one.why}


def _decision_row(
    one: Decision, places: Mapping[int, Placed], kept: Sequence[Decision] = ()
) -> Row:
    def name(number: int) -> str | None:
        return f"{places[number].kind}:{places[number].value}" if number in places else None

    return {
        "decision": one.number,
        "action": one.action,
        "identifier": name(one.identifier),
        "other": name(one.other),
        "undoes": one.undoes or None,
        "undone_by": next((other.number for other in kept if other.undoes == one.number), None),
        "by": one.by,
        "why": one.why,
        "at": one.at,
        "is_applied": one.is_applied,
    }


def _moved_row(move: Moved) -> Row:
    row = _placed_row(move.placed)
    return {
        "kind": row["kind"],
        "value": row["value"],
        "from": customer_id(move.was),
        "to": row["customer_id"],
        "standing": row["standing"],
    }


def _explanation_row(told: Explanation) -> Row:
    return {
        **_placed_row(told.placed),
        "since": told.since,
        "why": told.why,
        "rule": told.rule,
        "notes": told.notes,
        "accounts": told.accounts,
        "chain": [_link_row(link) for link in told.chain],
        "totals": [
            {**_verdict_row(verdict), "identifiers": count}
            for verdict, count in told.totals.most_common()
        ],
        "links": [_evidence_row(one) for one in told.evidence],
        "decisions": [_decision_row(one, told.named, told.decisions) for one in told.decisions],
        "history": [_stay_row(stay) for stay in told.stays],
    }
