"""Where the files that ship beside the code lie: `sql/`, `deploy/grafana/`, the presets.

In a checkout they stand at the top of the repository, in an installed wheel inside the package.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _shipped(name: str) -> Path:
    inside = _PACKAGE / "_shipped" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


SQL = _shipped("sql")
DEPLOY = _shipped("deploy")
PRESETS = _PACKAGE / "presets"


def sql_text(relative: str) -> str:
    """The text of one shipped SQL file, such as `queries/stage_funnel.sql`."""
    return (SQL / relative).read_text(encoding="utf-8")
