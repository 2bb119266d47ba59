"""The warehouse: engine, clock, rights, schema, space; then what its rows tell."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

from cjm_tracker.doctor.facts import facts_findings
from cjm_tracker.doctor.finding import (
    Finding,
    fail,
    guarded,
    in_one_line,
    numbers,
    ok,
    skipped,
    warn,
)
from cjm_tracker.doctor.grants import Rights, rights, rights_finding
from cjm_tracker.doctor.views import views_findings
from cjm_tracker.errors import CjmError, ConfigError, MigrationError, WarehouseRejected
from cjm_tracker.mapping import Mapping
from cjm_tracker.settings import Settings
from cjm_tracker.warehouse import Warehouse, connect, pending, run_query
from cjm_tracker.warehouse.client import CHDB_MARKERS, Address, parse_dsn
from cjm_tracker.warehouse.migrations import available

# Views that say whose rights they run with, which the reader's grants rest on, came with 24.3.
OLDEST = (24, 3)
TESTED = (26, 9)

TIMEOUT_S = 4.0  # of one question to a server
LONGEST_S = 3  # of one query of the embedded engine
CLOCK_MS = 5_000
LOW, LOWEST = 5 << 30, 1 << 30  # bytes

Clock = Callable[[], int]


def warehouse_findings(
    settings: Settings, mapping: Mapping | None, clock: Clock
) -> Iterator[Finding]:
    """All that is asked of the warehouse. `mapping` is None where it does not load."""
    dsn = settings.warehouse.get_secret_value()
    try:
        address = parse_dsn(dsn)
        if address.directory and not _is_there(address):
            text = f"there is none at {address} yet"
            yield warn("warehouse", text, "cjm migrate, or load the first log: cjm load")
            return
        opened = connect(dsn, create=False, timeout_s=TIMEOUT_S)
    except ConfigError as error:
        yield fail("warehouse", in_one_line(error), "correct CJM_WAREHOUSE")
        return
    except CjmError as error:
        yield closed(in_one_line(error), settings, is_held=_is_held(error))
        return
    with opened as warehouse:
        if address.directory:
            # A look is not to hold up a directory that others wait for.
            warehouse.command(f"SET max_execution_time = {LONGEST_S}")
        try:
            yield from _engine(warehouse, clock)
            yield disk(address) if address.directory else next(guarded("disk", _disks(warehouse)))
            granted = _rights(warehouse)
            if address.directory is None:
                yield rights_finding(granted, address)
            if granted is not None and not granted.writes:
                text = "not asked: this user may not read the tables"
                yield skipped("migrations", text, "look with the user of the worker")
                return
            found = migrations(warehouse)
            yield found
            if found.status == "ok":
                yield from guarded("views", views_findings(warehouse))
                yield from facts_findings(warehouse, mapping)
        except CjmError as error:
            yield fail("warehouse", in_one_line(error), "cjm migrate, where it was never made")


def _is_there(address: Address) -> bool:
    return any((address.directory / marker).exists() for marker in CHDB_MARKERS) \
        if address.directory else True  # fmt: skip


def _is_held(error: CjmError) -> bool:
    return "another process holds it" in str(error)


def closed(said: str, settings: Settings, *, is_held: bool) -> Finding:
    """A warehouse that cannot be opened; one that a worker holds is well, for all we know."""
    if is_held:
        return warn(
            "warehouse", "another process has it open, a worker perhaps: nothing of it was asked",
            "stop it and ask again"
            + (f", or ask the worker: http://{settings.health}/readyz"
               if settings.health != "off" else ""),
        )  # fmt: skip
    return fail("warehouse", said, "start it, or correct CJM_WAREHOUSE")


def _engine(warehouse: Warehouse, clock: Clock) -> Iterator[Finding]:
    before = clock()
    row = run_query(warehouse, "doctor_engine").one()
    yield engine(str(warehouse.address), row["version"])
    yield clocks(row["now"], before, clock())


def engine(address: str, version: str) -> Finding:
    """Whether the engine is one that our SQL runs on."""
    found, tested = f"{address}, ClickHouse {version}", ".".join(map(str, TESTED))
    if numbers(version) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        return fail(
            "warehouse", f"{found}: older than {oldest}", f"upgrade it to {tested} or newer"
        )
    if numbers(version) < TESTED:
        text = f"{found}: ours is tested with {tested} and newer"
        return warn("warehouse", text, f"upgrade it to {tested} or newer")
    return ok("warehouse", found)


def clocks(theirs: int, before: int, after: int) -> Finding:
    """The warehouse's clock, asked between two looks at ours; all in ms since 1970."""
    apart = max(before - theirs, theirs - after, 0)
    if apart > CLOCK_MS:
        text = f"this machine's and the warehouse's are {apart / 1000:,.0f} s apart"
        return warn("clock", text, "let both follow NTP: timedatectl set-ntp true")
    return ok("clock", f"this machine's and the warehouse's agree within {CLOCK_MS // 1000} s")


def disk(address: Address) -> Finding:
    """The space left where an embedded warehouse lies."""
    assert address.directory is not None
    try:
        usage = shutil.disk_usage(address.directory)
    except OSError as error:
        return warn("disk", f"{address.directory}: {error.strerror}", "look with df")
    return space(str(address.directory), usage.free, usage.total)


def _disks(warehouse: Warehouse) -> Iterator[Finding]:
    try:
        rows = run_query(warehouse, "doctor_disks").rows
    except WarehouseRejected:
        # A system table that takes a grant of its own.
        text = "not asked: this user may not read system.disks"
        yield skipped("disk", text, "GRANT SELECT ON system.disks TO the user")
        return
    if rows:
        yield space(*min(rows, key=lambda row: row[1]))
    else:
        yield skipped("disk", "the server has none of its own")


def space(name: str, free: int, total: int) -> Finding:
    """What is free of a disk, in bytes."""
    found = f"{name}: {free / 2**30:,.1f} of {total / 2**30:,.1f} GB are free"
    if free < LOW:
        make = fail if free < LOWEST else warn
        return make("disk", found, "make room, or give it a larger disk: a full one stops the work")
    return ok("disk", found)


def _rights(warehouse: Warehouse) -> Rights | None:
    """What our user may do; None where there are no users."""
    if warehouse.address.directory:
        return None
    rows = run_query(warehouse, "doctor_grants").rows
    return rights([row[0] for row in rows], warehouse.address.database)


def migrations(warehouse: Warehouse) -> Finding:
    """Whether what was applied there is what this version has."""
    try:
        todo = [migration.name for migration in pending(warehouse)]
    except MigrationError as error:
        return fail("migrations", in_one_line(error), "pip install -U cjm-tracker")
    if todo:
        return fail("migrations", f"not yet applied: {', '.join(todo)}", "cjm migrate")
    known = available()
    return ok("migrations", f"all {len(known)} are applied, the last is {known[-1].name}")
