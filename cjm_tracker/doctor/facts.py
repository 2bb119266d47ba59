"""What the rows of the warehouse tell: stitching, mapping, ledger, feeds, dead letters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from cjm_tracker.doctor.finding import Finding, guarded, ok, skipped, warn
from cjm_tracker.mapping import Mapping as MappingFile
from cjm_tracker.mapping import stamp
from cjm_tracker.warehouse import Warehouse, run_query
from cjm_tracker.wording import seconds

WAITS_S = 60  # a worker stitches within seconds
SILENT_S = 86_400
DEAD_SHARE = 0.01  # of a day's records: the limit the README gives for an alert
UNMAPPED_SHARE = 0.05

Row = Mapping[str, Any]
Look = Callable[[Warehouse, MappingFile | None], Iterable[Finding]]


def facts_findings(warehouse: Warehouse, mapping: MappingFile | None) -> Iterator[Finding]:
    """One check after the other; one that fails does not stop the next."""
    for check, look in LOOKS.items():
        yield from guarded(check, look(warehouse, mapping))


def _stitch(warehouse: Warehouse, mapping: MappingFile | None) -> Iterator[Finding]:
    yield stitch(run_query(warehouse, "doctor_stitch").one())


def stitch(row: Row) -> Finding:
    """When the last stitch was, and whether batches wait for the next one too long."""
    since = row["seconds_since"]
    last = "none yet" if since is None else f"the last {seconds(since)} ago"
    if not row["waiting"]:
        return ok("stitch", f"{last}, no batch waits")
    waits = f"{row['waiting']:,} batches wait for one, {seconds(row['seconds_waiting'])} the oldest"
    if row["seconds_waiting"] > WAITS_S:
        return warn("stitch", f"{last}; {waits}", "cjm stitch, or start a worker")
    return ok("stitch", f"{last}; {waits}")


def _definitions(warehouse: Warehouse, mapping: MappingFile | None) -> Iterator[Finding]:
    if mapping is None:
        return
    rows = run_query(warehouse, "doctor_definitions").dicts()
    ours = {one.name: one.version for one in mapping.definitions}
    yield definitions(rows, ours)
    used = run_query(warehouse, "doctor_mapping").one()["version"]
    yield classified(used, stamp(mapping))


def definitions(rows: Sequence[Row], ours: Mapping[str, str]) -> Finding:
    """Whether journeys are cut as the mapping says. `ours`: versions by names."""
    if not rows:
        return skipped("definitions", "no journeys yet")
    there = {row["definition"]: row["version"] for row in rows}
    other = sorted(name for name in ours.keys() | there.keys() if ours.get(name) != there.get(name))
    if other:
        text = f"journeys are not cut as the mapping says: {', '.join(other)}"
        return warn("definitions", text, "cjm rebuild")
    if late := {row["definition"]: row["behind"] for row in rows if row["behind"]}:
        shown = ", ".join(f"{name} {count:,}" for name, count in late.items())
        text = f"customers whose journeys are still of an earlier version: {shown}"
        return warn("definitions", text, "cjm rebuild")
    return ok("definitions", f"{', '.join(there)}: applied to everybody")


def classified(used: str, ours: str) -> Finding:
    """Whether what is stored was classified by this mapping; `used` is the one used last."""
    if not used:
        return skipped("classified", "nothing is stored yet")
    if used != ours:
        text = f"the mapping used last was {used}, not {ours}"
        fix = "give doctor and workers the same CJM_MAPPING; then cjm rebuild"
        return warn("classified", text, fix)
    return ok("classified", "the mapping used last is this one")


def _ledger(warehouse: Warehouse, mapping: MappingFile | None) -> Iterator[Finding]:
    yield ledger(run_query(warehouse, "ledger_gaps", replays=True).dicts())


def ledger(gaps: Sequence[Row]) -> Finding:
    """Offsets that no batch covers. Whether records were there only the broker knows."""
    if not gaps:
        return ok("ledger", "no gap between batches; cjm ledger check proves the rest")
    places = sorted({f"{gap['topic']}/{gap['partition']}" for gap in gaps})
    more = f" and {len(places) - 3} more partitions" if len(places) > 3 else ""
    text = f"{len(gaps):,} gaps between batches of {', '.join(places[:3])}{more}"
    return warn("ledger", text, "cjm ledger check: it asks the broker what was there")


def _feeds(warehouse: Warehouse, mapping: MappingFile | None) -> Iterator[Finding]:
    yield from feeds(run_query(warehouse, "doctor_feeds").dicts())


def feeds(rows: Sequence[Row]) -> Iterator[Finding]:
    """A line a source that ever sent anything: when the broker last had something of it."""
    if not rows:
        yield skipped("feeds", "no event is stored yet")
    for row in rows:
        check = f"feed {row['source']}"
        silent = max(0, row["seconds_silent"])
        found = f"the last event came {seconds(silent)} ago"
        if silent > SILENT_S:
            fix = "look at its producer; cjm topics list says what the topic holds"
            yield warn(check, found, fix)
        else:
            yield ok(check, found)


def _dead_letters(warehouse: Warehouse, mapping: MappingFile | None) -> Iterator[Finding]:
    rows = run_query(warehouse, "doctor_dead_letters").rows
    records = run_query(warehouse, "doctor_records").one()["records"]
    yield dead_letters(dict(rows), records)


def dead_letters(reasons: Mapping[str, int], records: int) -> Finding:
    """Open ones of the last day by reason, beside the records that were read in it."""
    count = sum(reasons.values())
    if not count:
        return ok("dead letters", "none of the last day is open")
    shown = ", ".join(f"{reason} {letters:,}" for reason, letters in reasons.items())
    text = f"{count:,} open in the last day's {records:,} records: {shown}"
    if count > DEAD_SHARE * records:
        fix = "cjm dlq list, cjm dlq show; once mended, cjm dlq replay"
        return warn("dead letters", text, fix)
    return ok("dead letters", text)


def _unmapped(warehouse: Warehouse, mapping: MappingFile | None) -> Iterator[Finding]:
    row = run_query(warehouse, "doctor_unmapped").one()
    yield unmapped(row["unmapped"], row["events"])


def unmapped(count: int, events: int) -> Finding:
    """Events of the last day that no rule matched, of those that were not dropped."""
    if not events:
        return skipped("unmapped", "no event came in the last day")
    text = f"{count / events:.1%} of the last day's events ({count:,} of {events:,})"
    if count > UNMAPPED_SHARE * events:
        return warn("unmapped", text, "cjm mapping coverage proposes the rules")
    return ok("unmapped", text)


LOOKS: Mapping[str, Look] = {
    "stitch": _stitch,
    "definitions": _definitions,
    "ledger": _ledger,
    "feeds": _feeds,
    "dead letters": _dead_letters,
    "unmapped": _unmapped,
}
