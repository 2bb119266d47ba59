"""`cjm sensitivity`: how far a funnel hangs on who is taken for whom."""

from __future__ import annotations

from typing import Any

from rich.markup import escape

from cjm_tracker.answers import answer_of
from cjm_tracker.cli.common import (
    DefinitionOption,
    JsonOption,
    MappingOption,
    WarehouseOption,
    definition_of,
    key_of,
    mapping_of,
    opened,
    out,
)
from cjm_tracker.cli.delivery import table
from cjm_tracker.cli.measure import (
    SetOption,
    SinceOption,
    UntilOption,
    WhereOption,
    given_of,
    scope_of,
)
from cjm_tracker.cli.rebuild import progress_bar
from cjm_tracker.cli.sql import as_json
from cjm_tracker.identity.strictness import STRICTNESS, Strictness, under
from cjm_tracker.measures import measure_named
from cjm_tracker.measures.band import funnel_bands
from cjm_tracker.settings import load_settings
from cjm_tracker.warehouse.restitch import restitched

MEANING: dict[Strictness, str] = {
    "strict": "only strong identifiers link (customer number, login)",
    "default": "as the mapping says",
    "loose": "weak ones link without any limit",
}
TOTALS = ("customers", "journeys", "converted")


def sensitivity(
    where: WhereOption = None,
    given: SetOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    definition: DefinitionOption = "",
    warehouse: WarehouseOption = None,
    mapping: MappingOption = None,
    json: JsonOption = False,
) -> None:
    """A funnel under strict, default and loose identity, as a band.

    All journeys are written three times, aside: with strong identifiers alone,
    by the mapping, and with every limit of its identity section lifted. Nothing
    of it stays. Where the band is narrow, the funnel does not hang on who is
    taken for whom. --set takes the parameters of cjm measure funnel. Decisions
    and what the mapping declares hold throughout.

    Example: cjm sensitivity --set of=touchpoint --set steps=product_viewed,order_completed
    """
    settings = load_settings(warehouse=warehouse, mapping=mapping)
    plan = mapping_of(settings)
    cut_by = definition_of(plan, definition)
    scope, values = scope_of(plan, where, since, until), given_of(given)
    measure_named("funnel").bound(values, scope, cut_by)
    funnels: dict[Strictness, list[dict[str, Any]]] = {}
    totals: dict[Strictness, dict[str, int]] = {}
    with opened(settings) as open_warehouse, progress_bar() as progress:
        key = key_of(settings, open_warehouse)
        for number, each in enumerate(STRICTNESS):
            update = {"identity": under(plan.identity, each), "journeys": [cut_by]}

            def show(done: int, of: int, number: int = number) -> None:
                progress("paths", number * of + done, len(STRICTNESS) * of)

            with restitched(
                open_warehouse, plan.model_copy(update=update), key=key, progress=show
            ) as there:
                funnels[each] = answer_of(there, "funnel", values, scope, cut_by).dicts()
                found = answer_of(there, "totals", {}, scope, cut_by).one()
            totals[each] = {name: found[name] for name in TOTALS}
    steps = funnel_bands(funnels)
    if json:
        identities = [{"identity": name, **total} for name, total in totals.items()]
        print(as_json({"identities": identities, "steps": steps}))
    else:
        _report(totals, steps)


def _report(totals: dict[Strictness, dict[str, int]], steps: list[dict[str, Any]]) -> None:
    shown = table("identity", *TOTALS, "", right=",".join(TOTALS))
    for name, total in totals.items():
        shown.add_row(name, *(f"{total[one]:,}" for one in TOTALS), MEANING[name])
    out.print(shown)
    numbers = ("journeys", "low – high", "share", "low – high ")
    shown = table("step", *numbers, right=",".join(numbers))
    for row in steps:
        shown.add_row(
            escape(str(row["step"])),
            *_cells(row, "journeys", ","),
            *_cells(row, "share", ".1%"),
        )
    out.print(shown)
    out.print(
        "journeys and share (of the journeys that came to the first step) as the mapping\n"
        "has it, beside the least and the greatest of the three"
    )


def _cells(row: dict[str, Any], figure: str, form: str) -> tuple[str, str]:
    value, low, high = (row[name] for name in (figure, f"{figure}_low", f"{figure}_high"))
    said = "–" if value is None else f"{value:{form}}"
    return said, "" if low is None else f"{low:{form}} – {high:{form}}"
