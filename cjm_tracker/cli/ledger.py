"""`cjm ledger check`: is every record accounted for?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

import typer
from rich.table import Table

from cjm_tracker.broker import Broker, Position, Span, Topics, committed, counted, spans
from cjm_tracker.cli.common import JsonOption, WarehouseOption, opened, out
from cjm_tracker.cli.delivery import BrokerOption, groups, plain, table
from cjm_tracker.cli.sql import as_json
from cjm_tracker.events import SOURCES
from cjm_tracker.settings import Settings, load_settings
from cjm_tracker.warehouse.ledger import (
    Account,
    Finding,
    Gap,
    Place,
    Told,
    findings,
    ledger,
    unseen,
)

app = typer.Typer(help="The ledger of what was read.", no_args_is_help=True)
FILES_SHOWN = 5
SUMS = ("records", "stored", "dropped", "dead_letters")


@app.callback()
def _app() -> None:
    """The ledger of what was read."""


@app.command()
def check(
    warehouse: WarehouseOption = None, broker: BrokerOption = None, json: JsonOption = False
) -> None:
    """Prove that nothing is missing: all that was read is accounted for.

    Proven from the warehouse: every batch's numbers add up; between the batches
    of a partition no offset is left out; every event a batch names is stored;
    no row comes from a record that no batch covers.

    With a broker (--broker or CJM_BROKER) gaps are asked back. Where it still
    has records, they are lost; where it has none (transaction markers,
    compaction), the gap is explained. And the workers must not have committed
    more than the ledger holds.

    Not proven: a row of its own for each record. Records that say the same
    share one.

    Exit status 1 when something is not accounted for. Workers may go on
    meanwhile.
    """
    settings = load_settings(warehouse=warehouse, broker=broker)
    # The broker first: what is committed now is in the ledger now.
    said = _committed(settings)
    with opened(settings) as open_warehouse:
        accounts = ledger(open_warehouse)
    known = {account.place for account in accounts}
    accounts += [Account(*place) for place in sorted(said.keys() - known)]
    told = _ask(settings, accounts, said) if settings.broker else {}
    found = [one for account in accounts for one in findings(account, told.get(account.place))]
    if json:
        print(as_json(_document(accounts, found)))
    else:
        _tell(settings, accounts, found)
    if any(one.is_fault for one in found):
        raise typer.Exit(1)


def _committed(settings: Settings) -> dict[Position, int]:
    return committed(Broker.of(settings), groups(settings)) if settings.broker else {}


def _ask(
    settings: Settings, accounts: Sequence[Account], said: dict[Position, int]
) -> dict[Place, Told]:
    """What the broker says of each partition it has."""
    broker = Broker.of(settings)
    topics = Topics(settings.topic_prefix)
    names = {account.topic for account in accounts if not (account.is_file or account.is_replay)}
    there = spans(broker, names | {topics.raw(source) for source in SOURCES})
    gaps = {
        Position(*account.place): [Span(gap.first, gap.last + 1) for gap in account.gaps]
        for account in accounts
        if account.gaps and account.place in there
    }
    has = counted(broker, gaps)
    return {
        place: Told(
            {Gap(one.first, one.next - 1): count for one, count in has.get(place, {}).items()},
            span.first,
            said.get(place),
        )
        for place, span in there.items()
    }


def _document(accounts: Sequence[Account], found: Sequence[Finding]) -> dict[str, object]:
    return {
        "ok": not any(one.is_fault for one in found),
        "totals": {**_sums(accounts), "unseen": unseen(accounts)},
        "partitions": [asdict(account) for account in accounts],
        "findings": [asdict(one) for one in found],
    }


def _sums(accounts: Iterable[Account]) -> dict[str, int]:
    own = [account for account in accounts if not account.is_replay]
    return {name: sum(getattr(account, name) for account in own) for name in (*SUMS, "events")}


def _tell(settings: Settings, accounts: Sequence[Account], found: Sequence[Finding]) -> None:
    numbers = "offsets,records,stored,dropped,dead"
    grid = table("partition", *numbers.split(","), "", right=numbers)
    faults = {(one.topic, one.partition) for one in found if one.is_fault}
    files = [one for one in accounts if one.is_file and one.place not in faults]
    folded = files if len(files) > FILES_SHOWN else []
    for account in accounts:
        if account not in folded:
            mark = "fault" if account.place in faults else "ok"
            offsets = f"{account.first}-{account.last}" if account.batches else "none"
            name = f"{account.topic}/{account.partition}"
            _row(grid, name, offsets, [account], mark)
    if folded:
        _row(grid, f"{len(folded):,} files loaded directly", "", folded, "ok")
    if accounts:
        out.print(grid)
    for one in found:
        style = "bold red" if one.is_fault else ""
        out.print(plain(f"{one.topic}/{one.partition}: {one.text}", style), soft_wrap=True)
    if found:
        out.print()
    out.print(plain(_verdict(settings, accounts, len(faults))))


def _row(grid: Table, name: str, offsets: str, accounts: Sequence[Account], mark: str) -> None:
    sums = [sum(getattr(account, one) for account in accounts) for one in SUMS]
    grid.add_row(plain(name), offsets, *(f"{one:,}" for one in sums), mark)


def _verdict(settings: Settings, accounts: Sequence[Account], faults: int) -> str:
    sums = _sums(accounts)
    if faults:
        return (
            f"NOT accounted for: see the {faults} partition{'s' * (faults > 1)} marked fault."
            + ("" if settings.broker else " No broker was asked (--broker).")
        )
    if not sums["records"]:
        return "The ledger is empty: nothing was read yet."
    twice = sum(account.read_twice for account in accounts if not account.is_replay)
    same = unseen(accounts)
    return (
        f"All accounted for: {sums['records']:,} records read = {sums['stored']:,} stored + "
        f"{sums['dropped']:,} dropped + {sums['dead_letters']:,} dead letters; no gap "
        f"{'unexplained' if settings.broker else 'between batches'}; all {sums['events']:,} events "
        "the batches name are stored."
        + (
            f" {twice:,} offsets were read more than once (counted once by the views)."
            if twice
            else ""
        )
        + (f" {same:,} records have no row of their own: they repeat another one." if same else "")
    )
