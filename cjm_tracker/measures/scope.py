"""Which journeys a measure looks at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from cjm_tracker.errors import InputError
from cjm_tracker.personas import NONE, Persona
from cjm_tracker.sources.settings import nearest

# The first and last moment that the engine's times can hold.
ALWAYS = (datetime(1970, 1, 1, tzinfo=UTC), datetime(2299, 12, 31, tzinfo=UTC))
ATTRIBUTE = "attribute."
WORDS = {"channel": "channels", "source": "sources", "touchpoint": "touchpoints", "stage": "stages",
         "customer": "customers", "converted": "converted", "persona": "personas"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scope:
    """Journeys that started in `[since, until)` and meet each condition; empty ones ask nothing.

    Of several values of one condition any will do. `attributes` are name and value, of any event of
    the customer.
    """

    since: datetime = ALWAYS[0]
    until: datetime = ALWAYS[1]
    channels: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    touchpoints: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    converted: tuple[int, ...] = ()
    customers: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    personas: tuple[str, ...] = ()
    persona_rules: tuple[tuple[Any, ...], ...] = ()  # all there are, in their order

    @classmethod
    def of(
        cls,
        where: Iterable[str],
        since: datetime | None = None,
        until: datetime | None = None,
        personas: Sequence[Persona] = (),
    ) -> Scope:
        """From conditions as a person writes them: `channel=web,store`, `attribute.region=BG`."""
        found: dict[str, Any] = {"persona_rules": tuple(one.bound() for one in personas)}
        known_personas = [*(one.name for one in personas), NONE]
        for written in where:
            name, is_one, values = written.partition("=")
            if name.startswith(ATTRIBUTE) and is_one:
                attribute = name.removeprefix(ATTRIBUTE)
                pairs = tuple((attribute, value) for value in values.split(","))
                found["attributes"] = (*found.get("attributes", ()), *pairs)
                continue
            if name not in WORDS or not is_one:
                known = [*WORDS, f"{ATTRIBUTE}NAME"]
                raise InputError(f"where: '{written}'{nearest(name, known)}, as in channel=web")
            meant = tuple(values.split(","))
            if name == "converted":
                found["converted"] = tuple(_yes_or_no(value) for value in meant)
                continue
            if name == "persona" and (
                unknown := [one for one in meant if one not in known_personas]
            ):
                raise InputError(
                    f"where: persona '{unknown[0]}'{nearest(unknown[0], known_personas)}"
                )
            found[WORDS[name]] = (*found.get(WORDS[name], ()), *meant)
        return cls(since or ALWAYS[0], until or ALWAYS[1], **found)

    def parameters(self, definition: str) -> dict[str, Any]:
        """As `sql/measures/scope.sql` binds them."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        lists = {name: list(value) for name, value in values.items() if isinstance(value, tuple)}
        return {**values, **lists, "definition": definition}


def instead(where: Sequence[str], against: Sequence[str]) -> list[str]:
    """The conditions to compare with: the same, but for the names that are given another one."""
    others = {written.partition("=")[0] for written in against}
    return [*(one for one in where if one.partition("=")[0] not in others), *against]


def _yes_or_no(value: str) -> int:
    if value not in ("yes", "no"):
        raise InputError(f"where: converted={value}: yes or no")
    return int(value == "yes")
