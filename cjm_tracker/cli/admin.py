"""Commands of the data engineer: schema, topics, stitching, formats."""

from __future__ import annotations

from typing import Annotated

import typer
from rich import box
from rich.table import Table

from cjm_tracker import sources
from cjm_tracker import warehouse as store
from cjm_tracker.broker import Topics, create_topics
from cjm_tracker.cli.common import (
    MappingOption,
    WarehouseOption,
    mapping_of,
    opened,
    out,
    stitch_now,
)
from cjm_tracker.errors import ConfigError
from cjm_tracker.settings import load_settings

topics_app = typer.Typer(help="The Kafka topics.", no_args_is_help=True)
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, do nothing.")]


def migrate(warehouse: WarehouseOption = None, dry_run: DryRun = False) -> None:
    """Bring the warehouse's schema to this version. Running it twice changes nothing."""
    settings = load_settings(warehouse=warehouse)
    with store.connect(settings.warehouse.get_secret_value()) as open_warehouse:
        if dry_run:
            todo = store.pending(open_warehouse)
        else:
            todo = store.migrate(open_warehouse)
        verb = "would apply" if dry_run else "applied"
        for migration in todo:
            out.print(f"{verb} {migration.name}")
        if not todo:
            out.print(f"{open_warehouse.address} is at this version")


def stitch(
    warehouse: WarehouseOption = None,
    mapping: MappingOption = None,
) -> None:
    """Turn what was stored since the last time into journeys. Workers do this by themselves."""
    settings = load_settings(warehouse=warehouse, mapping=mapping)
    with opened(settings) as open_warehouse:
        result = stitch_now(open_warehouse, settings, mapping_of(settings))
    out.print(
        f"took in {result.batches} batches, wrote the journeys of {result.customers} customers"
    )


def formats() -> None:
    """List the wire formats this installation can read."""
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("format", "source", "what it is"):
        table.add_column(name)
    for format_ in sources.formats().values():
        table.add_row(format_.name, format_.source, format_.summary)
    out.print(table)


@topics_app.command("create")
def create(
    broker: Annotated[
        str | None, typer.Option("--broker", metavar="HOST:PORT", help="Kafka bootstrap servers.")
    ] = None,
    partitions: Annotated[int | None, typer.Option(help="Of each raw topic.")] = None,
    replication: Annotated[int | None, typer.Option(help="Copies of each topic.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Create the topics that are missing. Those there stay as they are."""
    settings = load_settings(broker=broker, partitions=partitions, replication=replication)
    if not settings.broker:
        raise ConfigError("no broker: name one with --broker host:port or CJM_BROKER")
    topics = Topics(settings.topic_prefix)
    made = create_topics(
        settings.broker, topics, settings.partitions, settings.replication, dry_run=dry_run
    )
    for name in made:
        out.print(f"{'would create' if dry_run else 'created'} {name}")
    if not made:
        out.print("all topics are there")
