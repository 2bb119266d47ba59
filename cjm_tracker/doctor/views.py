"""Whether the views of a warehouse say what those of this version say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cjm_tracker.doctor.finding import Finding, fail, ok, warn
from cjm_tracker.warehouse import Warehouse, run_query
from cjm_tracker.warehouse.migrations import views

NAME = re.compile(r"CREATE OR REPLACE VIEW (\w+)")


def views_findings(warehouse: Warehouse) -> Iterator[Finding]:
    """The views there beside those of this version, both as the engine itself writes them."""
    there = dict(run_query(warehouse, "doctor_views").rows)
    ours = {_name(statement): _formatted(warehouse, statement) for statement in views()}
    database = warehouse.address.database
    yield compared(
        {name: bare(text, database) for name, text in ours.items()},
        {name: bare(text, database) for name, text in there.items()},
    )


def _name(statement: str) -> str:
    matched = NAME.match(statement)
    assert matched, statement[:60]
    return matched[1]


def _formatted(warehouse: Warehouse, statement: str) -> str:
    return str(run_query(warehouse, "doctor_formatted", statement=statement).rows[0][0])


def bare(statement: str, database: str) -> str:
    """A view's statement without what the engine adds: where it is, and whose rights it has."""
    text = re.sub(r"\s+", " ", statement.replace("`", ""))
    text = re.sub(r"^CREATE (OR REPLACE )?VIEW ", "", text)
    text = re.sub(r" DEFINER = \S+ SQL SECURITY DEFINER", "", text, count=1)
    return re.sub(rf"\b{re.escape(database)}\.(?=\w)", "", text)


def compared(ours: Mapping[str, str], there: Mapping[str, str]) -> Finding:
    """Which views are missing or say something else."""
    missing = sorted(ours.keys() - there.keys())
    other = sorted(name for name in ours.keys() & there.keys() if ours[name] != there[name])
    if missing:
        return fail("views", f"missing: {', '.join(missing)}", "cjm migrate")
    if other:
        text = f"not those of this version: {', '.join(other)}"
        return warn("views", text, "cjm migrate")
    return ok("views", f"all {len(ours)} are those of this version")
