"""The frame of a dashboard, and panels put in rows on its grid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grafana_foundation_sdk.builders.dashboard import Dashboard, DashboardLink
from grafana_foundation_sdk.models.dashboard import (
    AnnotationContainer,
    DashboardCursorSync,
    DashboardLinkType,
    GridPos,
)

from generator.annotations import events
from generator.queries import datasource_variable
from generator.texts import Texts

TAG = "cjm"
WIDTH = 24
# What Grafana 11.6 reads; later ones migrate it when they load it.
SCHEMA_VERSION = 39


Row = tuple[int, list[tuple[int, Any]]]  # a height, and panels of given widths


def board(
    key: str,
    texts: Texts,
    variables: Sequence[Any],
    rows: Sequence[Row],
    since: str = "now-30d",
) -> Dashboard:
    """The dashboard `cjm-KEY`. It shows 30 days: of many customers, that is soon answered."""
    made = _frame(f"cjm-{key}", texts.dashboard(key), texts, variables).time(since, "now")
    for height, row in rows:
        add_row(made, height, row)
    return made


def _frame(uid: str, words: tuple[str, str], texts: Texts, variables: Sequence[Any]) -> Dashboard:
    title, description = words
    made = (
        Dashboard(title)
        .uid(uid)
        .description(description)
        .tags([TAG])
        .timezone("browser")
        .refresh("30s")
        .editable()
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .link(_siblings(texts))
        .variables([datasource_variable(texts), *variables])
    )
    made._internal.schema_version = SCHEMA_VERSION
    made._internal.annotations = AnnotationContainer(list_val=events(texts))
    return made


def add_row(made: Dashboard, height: int, row: Sequence[tuple[int, Any]]) -> None:
    """Panels of given widths side by side, below those there are."""
    there = made._internal.panels or []
    top = max((panel.grid_pos.y + panel.grid_pos.h for panel in there), default=0)
    left = 0
    for number, (width, panel) in enumerate(row, start=len(there) + 1):
        made.with_panel(panel.id(number).grid_pos(GridPos(h=height, w=width, x=left, y=top)))
        left += width
    if left != WIDTH:
        raise ValueError(f"the row at {top} is {left} wide, not {WIDTH}")


def _siblings(texts: Texts) -> DashboardLink:
    """A menu of all our dashboards that keeps the time range and the choices made."""
    link = DashboardLink(texts.word("dashboards")).type(DashboardLinkType.DASHBOARDS).tags([TAG])
    # The SDK would hide it in a menu; without a placement it stands above the panels.
    link._internal.placement = None
    return link.as_dropdown(True).include_vars(True).keep_time(True)
