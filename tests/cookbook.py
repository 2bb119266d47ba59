"""The world of `sql/cookbook.md` and its answers; `python -m tests.cookbook` writes them.

A small retailer with some business customers, at fixed dates: the same on every machine.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cjm_tracker.cli.demo import FORMATS
from cjm_tracker.cli.sql import shown
from cjm_tracker.contract.dictionary import markdown_table
from cjm_tracker.direct import load_directly
from cjm_tracker.identity import identifier_number
from cjm_tracker.inputs import open_logs
from cjm_tracker.journeys import JourneyDefinition
from cjm_tracker.mapping import Mapping, load_mapping
from cjm_tracker.resources import SQL
from cjm_tracker.settings import load_settings
from cjm_tracker.simulator import simulate
from cjm_tracker.sources import format_named
from cjm_tracker.warehouse import Warehouse, connect, migrate, stitch
from cjm_tracker.warehouse.client import Table
from cjm_tracker.warehouse.decisions import decide

COOKBOOK = SQL / "cookbook.md"
QUESTION = re.compile(
    r"^## (?P<title>[^\n]+)\n\n(?P<words>[^\n`|#].*?)\n\n"
    r"```sql\n(?P<sql>.*?)```\n\n(?P<answer>(?:\|[^\n]*\n)*)",
    re.MULTILINE | re.DOTALL,
)
END = datetime(2026, 3, 1, 12, tzinfo=UTC)
LOADED = 2_600_000_000_000  # 2052: dead letters are cleared up by the wall clock
CONTACTS = {"acme": ["ann", "bob"], "bolt": ["cid"]}


class Question(NamedTuple):
    title: str
    words: str
    sql: str
    answer: str


def questions(text: str) -> list[Question]:
    """All of the cookbook, with the answers it shows."""
    return [Question(**found.groupdict()) for found in QUESTION.finditer(text)]


def answered(warehouse: Warehouse, question: Question) -> str:
    """The real answer, as the cookbook shows one."""
    return as_shown(warehouse.query(question.sql.strip().rstrip(";"), readonly=True))


def as_shown(answer: Table) -> str:
    rows = ([shown(value) for value in row] for row in answer.rows)
    return markdown_table(answer.columns, rows)


def plan() -> Mapping:
    """The preset, and a definition of accounts beside its own."""
    preset = load_mapping()
    account = JourneyDefinition(
        name="account_journey", unit="account", inactivity="90d", goals=["order_completed"]
    )
    return preset.model_copy(update={"journeys": [*preset.journeys, account]})


def world(warehouse: Warehouse, directory: Path) -> None:
    """Fill it: first what the website saw, stitched, then the rest and a decision of a person."""
    migrate(warehouse)
    logs = simulate(directory, events=900, seed=11, end=END)
    business = directory / "business.jsonl"
    business.write_text("\n".join(map(json.dumps, _business())) + "\n", encoding="utf-8")
    files = {source: [str(getattr(logs, source))] for source in FORMATS}
    files["website"].append(str(business))
    for moment, sources in enumerate((["website"], ["call_centre", "store", "survey"])):
        for source in sources:
            _load(warehouse, source, files[source])
        if sources != ["website"]:
            cookie, login = (
                identifier_number("cookie", "ann-1"),
                identifier_number("cookie", "bob-1"),
            )
            decide(warehouse, "exclude", cookie, login, "dana", "a shared desk", LOADED)
        stitch(warehouse, plan(), LOADED + moment * 3_600_000)


def _load(warehouse: Warehouse, source: str, names: list[str]) -> None:
    settings = load_settings(pii_key="0123456789abcdef")
    with ExitStack() as stack:
        logs, format_ = open_logs(names, stack), format_named(FORMATS[source])
        load_directly(settings, plan(), warehouse, format_, logs, lambda: LOADED)


def _business() -> Iterator[dict[str, object]]:
    """Contacts of two businesses look at things in turn; one of each orders."""
    for weeks, (account, contacts) in enumerate(CONTACTS.items(), 1):
        deeds = [
            (name, event) for event in ("Product Viewed", "Product Added") for name in contacts
        ]
        deeds.append((contacts[-1], "Order Completed"))
        for number, (name, event) in enumerate(deeds):
            at = END - timedelta(weeks=weeks, hours=-26 * number)
            yield {
                "type": "track",
                "event": event,
                "messageId": f"{account}-{number}",
                "userId": name,
                "anonymousId": f"{name}-1",
                "timestamp": at.isoformat(),
                "context": {"groupId": account},
                "properties": {"total": 900, "currency": "EUR"} if "Order" in event else {},
            }


def main() -> None:
    """Write the answers into the cookbook."""
    text = COOKBOOK.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        with connect(f"chdb:///{directory / 'warehouse'}") as warehouse:
            world(warehouse, directory / "logs")
            for question in questions(text):
                there = f"```sql\n{question.sql}```\n\n{question.answer}"
                real = f"```sql\n{question.sql}```\n\n{answered(warehouse, question)}"
                text = text.replace(there, real)
    COOKBOOK.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
