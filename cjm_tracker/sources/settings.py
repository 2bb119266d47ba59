"""What a mapping may say about any format."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a continent's folder
        raise ValueError(f"'{name}' is no time zone of the IANA database") from None
    return name


Zone = Annotated[str, AfterValidator(_zone)]


class Strict(BaseModel):
    """Base of what people write: a key nobody knows is a slip of the pen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FormatSettings(Strict):
    timezone: Zone | None = None


def problem_of(name: str, known: Iterable[str]) -> str:
    """That a format is not there, and which one may have been meant."""
    return f"format '{name}'{nearest(name, list(known))}"


def nearest(name: str, known: list[str]) -> str:
    """That a name is not defined, and which one may have been meant."""
    close = get_close_matches(name, known, n=1)
    hint = f", did you mean '{close[0]}'?" if close else f"; there are: {', '.join(known)}"
    return " is not defined" + hint
