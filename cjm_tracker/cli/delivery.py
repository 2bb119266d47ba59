"""What the commands of delivery share: options, moments, tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from cjm_tracker.errors import ConfigError
from cjm_tracker.events import SOURCES
from cjm_tracker.settings import Settings

BrokerOption = Annotated[
    str | None, typer.Option("--broker", metavar="HOST:PORT", help="Kafka bootstrap servers.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, do nothing.")]


def groups(settings: Settings) -> list[str]:
    """The consumer groups of the workers."""
    return [settings.group_of(source) for source in SOURCES]


def moment(option: str, written: str) -> int:
    """An ISO time with a zone, as ms since 1970."""
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        raise ConfigError(
            f"{option}: {written!r} is no time such as 2026-10-01T08:00:00Z"
        ) from None
    if found.tzinfo is None:
        raise ConfigError(
            f"{option}: {written!r} names no zone: write {written}Z, or {written}+02:00"
            if "T" in written or " " in written
            else f"{option}: {written!r} names no zone: write {written}T00:00:00Z"
        )
    return round(found.timestamp() * 1000)


def shown_time(at: datetime | None) -> str:
    """To the second, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if at else ""


def table(*columns: str, right: str = "") -> Table:
    """A table whose columns named in `right` hold numbers."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        justify = "right" if name in right.split(",") else "left"
        made.add_column(name, justify=justify, overflow="fold")  # type: ignore[arg-type]
    return made


def plain(text: object, style: str = "") -> Text:
    """As it stands: brackets are no markup, and what would move the cursor is written out."""
    return Text(visible(str(text)), style)


def visible(text: str) -> str:
    """Control, bidirectional and other unprintable characters as escapes; line ends stay."""
    return "".join(
        sign if sign.isprintable() or sign == "\n" else sign.encode("unicode_escape").decode()
        for sign in text
    )
