"""`cjm rebuild`: history as the mapping says it now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)

from cjm_tracker.cli.common import (
    MappingOption,
    WarehouseOption,
    err,
    key_of,
    mapping_of,
    now_ms,
    opened,
    out,
)
from cjm_tracker.pipeline import Pipeline
from cjm_tracker.settings import load_settings
from cjm_tracker.warehouse.rebuild import rebuild as rebuild_all

TASKS = {"map": "mapping events", "paths": "writing journeys"}


def rebuild(warehouse: WarehouseOption = None, mapping: MappingOption = None) -> None:
    """Apply the mapping to all that is stored: rules, stages, identity rules, journeys.

    It reads what is stored here, not the broker. Cut off, it goes on where it was when it is run
    again; run a second time, it changes nothing. See first what it would change: cjm mapping diff.

    Workers may go on meanwhile, but with the same mapping: restart them with it first.

    Identifiers are stored in their normal form only, and times in UTC. What the mapping says of
    these (kinds, forms, blocked values, region, agents, time zones) applies to what is loaded from
    now on; for history, load the logs again.
    """
    settings = load_settings(warehouse=warehouse, mapping=mapping)
    plan = mapping_of(settings)
    with opened(settings) as open_warehouse:
        key = key_of(settings, open_warehouse)
        version = Pipeline(plan, key).version
        with progress_bar() as progress:
            done = rebuild_all(open_warehouse, plan, version, now_ms(), key=key, progress=progress)
    out.print(
        f"{done.events:,} stored events looked at, {done.changed:,} of them say something else now"
        f"{' (since it was cut off)' if done.went_on else ''}; "
        f"journeys of {done.customers:,} customers written"
    )
    if done.meanwhile:
        err.print(
            "cjm: something was stored with another mapping meanwhile: restart the workers with "
            "this one, then run cjm rebuild again"
        )


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each task, while it lasts, as a function of (task, done, of)."""
    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=err, transient=True) as bar:
        tasks = {
            name: bar.add_task(text, total=None, visible=False) for name, text in TASKS.items()
        }

        def show(name: str, done: int, of: int) -> None:
            bar.update(tasks[name], completed=done, total=of, visible=True)

        yield show
