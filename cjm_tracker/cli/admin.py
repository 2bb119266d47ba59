"""Commands of the data engineer: schema, topics, stitching."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer

from cjm_tracker import warehouse as store
from cjm_tracker.broker import Broker, Described, Topics, create_topics, describe_topics
from cjm_tracker.cli.common import (
    JsonOption,
    MappingOption,
    WarehouseOption,
    mapping_of,
    opened,
    out,
    stitch_now,
)
from cjm_tracker.cli.delivery import BrokerOption, DryRun, plain, table
from cjm_tracker.cli.sql import as_json
from cjm_tracker.errors import ConfigError
from cjm_tracker.resources import sql_text
from cjm_tracker.settings import load_settings
from cjm_tracker.wording import seconds

topics_app = typer.Typer(help="The Kafka topics.", no_args_is_help=True)


ClusterOption = Annotated[
    str,
    typer.Option(metavar="NAME", help="ClickHouse's cluster that gets replicated, sharded tables."),
]


def migrate(
    warehouse: WarehouseOption = None,
    cluster: ClusterOption = "",
    dry_run: DryRun = False,
    print_: Annotated[
        bool, typer.Option("--print", help="Print the statements that would be run; run none.")
    ] = False,
) -> None:
    """Bring the warehouse's schema to this version. Running it twice changes nothing."""
    if not re.fullmatch(r"[\w.-]*", cluster):
        raise ConfigError(f"--cluster: {cluster!r} is no name of a cluster")
    settings = load_settings(warehouse=warehouse)
    with store.connect(settings.warehouse.get_secret_value()) as open_warehouse:
        if print_:
            todo = store.pending(open_warehouse)
            for statement in store.script(open_warehouse, todo, cluster):
                print(f"{statement};\n")
            return
        if cluster and open_warehouse.address.directory:
            raise ConfigError("--cluster: needs a server: --warehouse clickhouses://…, or --print")
        if dry_run:
            todo = store.pending(open_warehouse)
        else:
            todo = store.migrate(open_warehouse, cluster)
        verb = "would apply" if dry_run else "applied"
        for migration in todo:
            out.print(f"{verb} {migration.name}")
        if not todo:
            out.print(f"{open_warehouse.address} is at this version")
        elif not dry_run and _lacks_journeys(open_warehouse):
            out.print("there are no journeys until the next stitch, of a worker or by cjm stitch")


def _lacks_journeys(warehouse: store.Warehouse) -> bool:
    """Whether there are events, and no journeys made of them."""
    return bool(warehouse.query(sql_text("queries/lacks_journeys.sql")).rows[0][0])


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


@topics_app.command("list")
def list_(broker: BrokerOption = None, json: JsonOption = False) -> None:
    """List every topic of this installation: there or missing, and what it holds."""
    settings = load_settings(broker=broker)
    names = list(Topics(settings.topic_prefix).partitions(settings.partitions))
    found = describe_topics(Broker.of(settings), names)
    if json:
        print(as_json([_topic_row(topic) for topic in found]))
        return
    numbers = "partition,copies,first,next,records"
    grid = table("topic", *numbers.split(","), "kept", right=numbers)
    for topic in found:
        if not topic.partitions:
            grid.add_row(plain(topic.name), "missing")
        for number, span in topic.partitions.items():
            offsets = [f"{span.first:,}", f"{span.next:,}", f"{span.next - span.first:,}"]
            name, kept = (plain(topic.name), _kept(topic.retention_ms)) if not number else ("", "")
            grid.add_row(name, f"{number}", f"{topic.replication}", *offsets, kept)
    out.print(grid)
    if any(not topic.partitions for topic in found):
        out.print("cjm topics create makes those that are missing")


def _topic_row(topic: Described) -> dict[str, Any]:
    return {
        "topic": topic.name,
        "is_there": bool(topic.partitions),
        "replication": topic.replication,
        "retention_ms": topic.retention_ms,
        "partitions": [
            {"partition": number, "first": span.first, "next": span.next}
            for number, span in topic.partitions.items()
        ],
    }


def _kept(retention_ms: int | None) -> str:
    if retention_ms is None:
        return "unknown"
    return "for ever" if retention_ms < 0 else seconds(retention_ms / 1000)


@topics_app.command("create")
def create(
    broker: BrokerOption = None,
    partitions: Annotated[int | None, typer.Option(help="Of each raw topic.")] = None,
    replication: Annotated[int | None, typer.Option(help="Copies of each topic.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Create the topics that are missing. Those there stay as they are."""
    settings = load_settings(broker=broker, partitions=partitions, replication=replication)
    topics = Topics(settings.topic_prefix)
    made = create_topics(
        Broker.of(settings), topics, settings.partitions, settings.replication, dry_run=dry_run
    )
    for name in made:
        out.print(f"{'would create' if dry_run else 'created'} {name}")
    if not made:
        out.print("all topics are there")
