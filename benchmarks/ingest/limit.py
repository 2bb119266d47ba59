"""The engine's own limit, all in SQL (`limit.sql`): `python -m benchmarks.ingest.limit STAGE`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from benchmarks.ingest.batches import Polled, each_batch
from benchmarks.ingest.process import opened, settings, tuned, until_signalled
from benchmarks.ingest.rules import Rule, web_rules
from cjm_tracker.warehouse import Warehouse

SQL = Path(__file__).with_name("limit.sql")
COLUMNS = {
    "event": "event_name",
    "call": "message.type",
    "utm_medium": "context.campaign.medium",
}
# One thread parses: the other core belongs to the broker. No row is looked up while it is
# inserted: what came twice is removed by merges.
SETTINGS = {
    "async_insert": 0,
    "input_format_parallel_parsing": 0,
    "max_partitions_per_insert_block": 0,
    "optimize_on_insert": 0,
}


def main(stage: str) -> None:
    """Run until a signal."""
    given = settings()
    with opened(given) as warehouse:
        prepare(warehouse, stage)
        # No way of ours: the warehouse takes columns, never bytes.
        client = warehouse._client

        def work(polled: Polled) -> None:
            if stage != "consume":
                lines = b"\n".join(one.value for records in polled.values() for one in records)
                client.raw_insert("raw", insert_block=lines, fmt="LineAsString", settings=SETTINGS)

        tuned()
        until_signalled(each_batch(given, work))


def prepare(warehouse: Warehouse, stage: str) -> None:
    """The tables of `limit.sql`; up to mapping, what is mapped goes nowhere."""
    text = SQL.read_text(encoding="utf-8")
    rules = web_rules()
    given = {
        "target": "event_log" if stage in ("insert", "all") else "nowhere",
        "rules": _multi_if(rules),
        "touchpoints": _array(["", *(rule.touchpoint for rule in rules)]),
        "channels": _array(["web", *(rule.channel for rule in rules)]),
        "stages": _array(["", *(rule.stage for rule in rules)]),
    }
    for name, value in given.items():
        text = text.replace(f"{{{name}}}", value)
    raw, mapped = (statement for statement in text.split(";") if statement.strip())
    warehouse.command(raw)
    if stage != "decode":
        warehouse.command("CREATE TABLE nowhere AS event_log ENGINE = Null")
        warehouse.command(mapped)


def _multi_if(rules: Iterable[Rule]) -> str:
    """The number of the first rule that holds, from 1; 0 when none does."""
    cases = [
        " AND ".join(
            f"{COLUMNS[field]} IN ({', '.join(map(_quoted, sorted(values)))})"
            for field, values in rule.wanted
        )
        + f", {number}"
        for number, rule in enumerate(rules, start=1)
    ]
    return f"multiIf({', '.join(cases)}, 0)"


def _array(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


if __name__ == "__main__":
    main(sys.argv[1])
