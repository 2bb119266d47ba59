"""`cjm dlq`: records that could not be understood: look at them, send them again."""

from __future__ import annotations

import re
import sys
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any

import typer

from cjm_tracker.broker import Broker, Message, Resender, Topics, resender, spans
from cjm_tracker.cli.common import JsonOption, WarehouseOption, now_ms, opened, out
from cjm_tracker.cli.delivery import (
    BrokerOption,
    DryRun,
    moment,
    plain,
    shown_time,
    table,
    visible,
)
from cjm_tracker.cli.sql import as_json
from cjm_tracker.errors import BrokerError, InputError
from cjm_tracker.events import FORMAT_HEADER, Source
from cjm_tracker.settings import Settings, load_settings
from cjm_tracker.warehouse import Warehouse
from cjm_tracker.warehouse.dead_letters import (
    MAX_TRIES,
    Content,
    Letter,
    chunks,
    confirm,
    contents,
    dead_letters,
    fingerprints_at,
    take_up,
    totals,
)

app = typer.Typer(help="Dead letters: look at them, send them again.", no_args_is_help=True)
SHOWN = 2_000  # signs of a record shown

SourceOption = Annotated[
    Source | None, typer.Option("--source", metavar="SOURCE", help="Of this source only.")
]
ReasonOption = Annotated[
    str, typer.Option("--reason", metavar="REASON", help="Of this reason only: bad_field, …")
]
SinceOption = Annotated[
    str | None,
    typer.Option("--since", metavar="TIME", help="Received since: 2026-10-01T08:00:00Z."),
]


@app.command("list")
def list_(
    source: SourceOption = None,
    reason: ReasonOption = "",
    since: SinceOption = None,
    replayed: Annotated[
        bool, typer.Option("--all", help="Those that were replayed and did not come back, too.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the latest.")] = 50,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
) -> None:
    """List the open dead letters: never replayed, or come back since."""
    start = moment("--since", since) if since else 0
    wanted: dict[str, Any] = {"source": source or "", "reason": reason, "since": start}
    with opened(load_settings(warehouse=warehouse)) as open_warehouse:
        found = dead_letters(open_warehouse, **wanted, replayed=replayed, limit=limit)
        count = totals(open_warehouse, **wanted)
    if json:
        print(as_json({**count, "dead_letters": [_row(letter) for letter in found]}))
        return
    grid = table("fingerprint", "received UTC", "source", "reason", "state, tries")
    for letter in found:
        received = f"{letter.received_at:%m-%d %H:%M}"  # they are kept for three months
        tries = f" {letter.tries}/{MAX_TRIES}" if letter.tries else ""
        row = (letter.id, received, letter.source, letter.reason, f"{letter.state}{tries}")
        grid.add_row(*map(plain, row))
    if found:
        out.print(grid)
    out.print(f"{count['open']:,} open, {count['replayed']:,} replayed", end="")
    of = count["open"] + count["replayed"] * replayed
    out.print(f"; the latest {len(found):,} are shown (--limit)" if of > len(found) else "")


@app.command()
def show(
    which: Annotated[
        str,
        typer.Argument(metavar="FINGERPRINT|TOPIC/PARTITION/OFFSET", help="As cjm dlq list says."),
    ],
    raw: Annotated[bool, typer.Option("--raw", help="Only its bytes, as they are.")] = False,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
) -> None:
    """Show a dead letter: why it is one, its headers, its bytes as text.

    Control and bidirectional characters are written as escapes.

    Example: cjm dlq show --raw 1f0c5ab9e3d2a784 > record.json
    """
    with opened(load_settings(warehouse=warehouse)) as open_warehouse:
        found = _named(open_warehouse, [which])
        content = contents(open_warehouse, found)
    if raw:
        if len(found) > 1:
            raise InputError(f"{which} names {len(found)} dead letters: name one by its address")
        sys.stdout.buffer.write(content[found[0].key].value)
        sys.stdout.buffer.flush()
    elif json:
        print(as_json([{**_row(one), **_content_row(content[one.key])} for one in found]))
    else:
        for letter in found:
            _show(letter, content[letter.key])


@dataclass(slots=True)
class Outcome:
    """What became of each dead letter taken up."""

    sent: list[Letter] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)  # id: why it is not confirmed
    exhausted: list[Letter] = field(default_factory=list)  # three tries are over
    untried: list[Letter] = field(default_factory=list)  # as none before them went through
    cut: list[Letter] = field(default_factory=list)  # the warehouse has not all of its bytes
    done: list[Letter] = field(default_factory=list)  # replayed before, and did not come back


@app.command()
def replay(
    which: Annotated[
        list[str] | None, typer.Argument(metavar="FINGERPRINT", help="These ones only.")
    ] = None,
    source: SourceOption = None,
    reason: ReasonOption = "",
    since: SinceOption = None,
    dry_run: DryRun = False,
    warehouse: WarehouseOption = None,
    broker: BrokerOption = None,
    json: JsonOption = False,
) -> None:
    """Send open dead letters to the raw topic of their source again.

    Value, key and headers are those the record had.

    Mend first what was wrong: the mapping, the format, the clock. What is
    understood then leaves its dead letter replayed; what is not comes back and
    is open again.

    A record is sent three times at most. A try is counted before it is sent, so
    one whose end nobody saw counts, and its dead letter stays open. A record
    over 1 MiB is not kept whole and cannot be sent.

    Exit status 69 when the broker did not confirm every record.
    """
    settings = load_settings(warehouse=warehouse, broker=broker)
    address = Broker.of(settings)
    start = moment("--since", since) if since else 0
    with opened(settings) as open_warehouse:
        if which:
            found = _named(open_warehouse, which)
            found = [
                one for one in found
                if source in (None, one.source) and reason in ("", one.reason)
                and one.received_at.timestamp() * 1000 >= start
            ]  # fmt: skip
        else:
            found = dead_letters(open_warehouse, source=source or "", reason=reason, since=start)
        outcome, ready = _sorted(found)
        _check_topics(settings, address, ready)
        if dry_run:
            outcome.sent = ready
        elif ready:
            # Connected before the first try is counted: an absent broker costs none.
            with resender(address) as sender:
                _send(settings, open_warehouse, sender, ready, outcome)
    if json:
        print(as_json(_outcome_row(outcome)))
    else:
        _tell(outcome, dry_run=dry_run)
    if outcome.failed:
        raise BrokerError(
            f"{len(outcome.failed)} records were not confirmed by the broker and stay open: "
            f"{next(iter(outcome.failed.values()))}"
        )


def _sorted(found: Sequence[Letter]) -> tuple[Outcome, list[Letter]]:
    """Those that may be sent, and what holds the others back."""
    outcome, ready = Outcome(), []
    for letter in found:
        if letter.state != "open":
            outcome.done.append(letter)
        elif not letter.is_whole:
            outcome.cut.append(letter)
        elif letter.tries >= MAX_TRIES:
            outcome.exhausted.append(letter)
        else:
            ready.append(letter)
    return outcome, ready


def _check_topics(settings: Settings, broker: Broker, ready: Sequence[Letter]) -> None:
    topics = {_topic(settings, letter) for letter in ready}
    there = {place.topic for place in spans(broker, topics)} if topics else set()
    if missing := sorted(topics - there):
        raise BrokerError(f"broker {broker} has no topic {', '.join(missing)}: cjm topics create")


def _send(
    settings: Settings,
    warehouse: Warehouse,
    sender: Resender,
    ready: Sequence[Letter],
    outcome: Outcome,
) -> None:
    run = uuid.uuid4().hex
    outcome.untried = list(ready)
    for chunk in chunks(ready):
        del outcome.untried[: len(chunk)]
        content = contents(warehouse, chunk)
        now = now_ms()
        granted = take_up(warehouse, chunk, run, now)
        outcome.exhausted += [letter for letter in chunk if letter not in granted]
        messages = [_message(settings, letter, content[letter.key]) for letter in granted]
        confirmed = []
        for letter, problem in zip(granted, sender.send(messages), strict=True):
            if problem:
                outcome.failed[letter.id] = problem
            else:
                confirmed.append(letter)
        confirm(warehouse, confirmed, run, now)
        outcome.sent += confirmed
        if granted and not confirmed:
            # The broker is gone, or takes none of them: the rest need not lose a try, too.
            return


def _message(settings: Settings, letter: Letter, content: Content) -> Message:
    # A file loaded directly had no header: its format was named on the command line.
    headers = {FORMAT_HEADER: letter.format.encode(), **content.headers}
    return Message(_topic(settings, letter), content.key, headers, content.value)


def _topic(settings: Settings, letter: Letter) -> str:
    return Topics(settings.topic_prefix).raw(letter.source)


def _named(warehouse: Warehouse, which: Sequence[str]) -> list[Letter]:
    """The dead letters a person named, each by fingerprint or address."""
    found: dict[Any, Letter] = {}
    for name in which:
        address = re.fullmatch(r"(.+)/(\d{1,9})/(\d{1,18})", name)
        if address:
            place = address[1], int(address[2]), int(address[3])
            numbers = fingerprints_at(warehouse, *place)
        elif re.fullmatch(r"[0-9a-fA-F]{16}", name):
            numbers = [int(name, 16)]
        else:
            raise InputError(
                f"{visible(name)} is no fingerprint (16 hex digits) and no TOPIC/PARTITION/OFFSET"
            )
        letters = dead_letters(warehouse, fingerprints=numbers, replayed=True) if numbers else []
        if address:
            letters = [one for one in letters if (one.topic, one.partition, one.offset) == place]
        if not letters:
            raise InputError(f"there is no dead letter {visible(name)}: see cjm dlq list --all")
        found.update((letter.key, letter) for letter in letters)
    return list(found.values())


# --- what people see


def _show(letter: Letter, content: Content) -> None:
    state = f"{letter.state}, {letter.tries} of {MAX_TRIES} tries"
    if letter.replayed_at:
        state += f", last replayed {shown_time(letter.replayed_at)} UTC"
    for name, value in (
        ("fingerprint", letter.id),
        ("address", letter.address),
        ("source", f"{letter.source}, read as {letter.format}"),
        ("reason", letter.reason),
        ("detail", letter.detail),
        ("received", f"{shown_time(letter.received_at)} UTC"),
        ("state", state),
        ("key", "none" if content.key is None else _text(content.key)),
        *((f"header {name}", _text(value)) for name, value in content.headers.items()),
    ):
        out.print(plain(f"{name}: {value}"), soft_wrap=True)
    text = _text(content.value)
    out.print(plain(f"value: {letter.size:,} bytes"))
    # Not as a console wraps: what is copied from here is what was there.
    out.print(plain(text[:SHOWN]), soft_wrap=True)
    if len(text) > SHOWN:
        out.print(f"… cut after {SHOWN:,} signs: --raw writes all that is kept")
    out.print()


def _text(data: bytes) -> str:
    return visible(data.decode("utf-8", "backslashreplace"))


def _row(letter: Letter) -> dict[str, Any]:
    row = asdict(letter)
    row["fingerprint"] = row.pop("id")
    return {**row, "address": letter.address}


def _content_row(content: Content) -> dict[str, Any]:
    return {
        "key": None if content.key is None else _text(content.key),
        "headers": {name: _text(value) for name, value in content.headers.items()},
        "value": _text(content.value),
    }


def _outcome_row(outcome: Outcome) -> Mapping[str, Any]:
    return {
        "sent": [letter.id for letter in outcome.sent],
        "failed": outcome.failed,
        "exhausted": [letter.id for letter in outcome.exhausted],
        "untried": [letter.id for letter in outcome.untried],
        "cut": [letter.id for letter in outcome.cut],
        "replayed_before": [letter.id for letter in outcome.done],
    }


def _tell(outcome: Outcome, *, dry_run: bool) -> None:
    held_back = (
        (outcome.exhausted, f"had {MAX_TRIES} tries and are not sent any more"),
        (outcome.untried, "were not tried, as none before them went through"),
        (outcome.cut, "are over 1 MiB, not kept whole, and cannot be sent"),
        (outcome.done, "were replayed before and did not come back"),
    )
    for letters, why in held_back:
        if letters:
            named = ", ".join(letter.id for letter in letters[:3])
            more = f" and {len(letters) - 3:,} more" if len(letters) > 3 else ""
            out.print(f"{len(letters):,} {why}: {named}{more}", soft_wrap=True)
    verb = "would be sent" if dry_run else "sent"
    out.print(f"{len(outcome.sent):,} dead letters {verb} to their topics again")
