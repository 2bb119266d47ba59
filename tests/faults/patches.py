"""The real Faust worker with one fault built in: `python -m tests.faults.patches FAULT`.

Production code has no hook for this; its functions are wrapped before the worker starts.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from faust.cli.faust import cli

from cjm_tracker.sources.website import segment
from streams.delivery import Delivery

# Which call the worker dies after, the first being 1.
AT = "CJM_TESTS_DIE_AT"


def die_after(method: str, counts: Callable[..., object]) -> None:
    """Kill this process when the website's delivery is through with a step, the AT-th time."""
    step = getattr(Delivery, method)
    left = int(os.environ[AT])

    async def then_die(self: Delivery, *given: Any) -> Any:
        nonlocal left
        answer = await step(self, *given)
        if self._source == "website" and counts(*given):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(Delivery, method, then_die)


def block(*_: object) -> None:
    """The event loop comes round no more."""
    time.sleep(3600)


async def hang(*_: object) -> None:
    """Nothing is delivered any more, and all else goes on."""
    await asyncio.Event().wait()


async def block_delivery(*_: object) -> None:
    block()


def misread_amounts() -> None:
    """A coupon `unfit` makes an amount that no Decimal(18, 4) holds."""
    add = segment._add_money

    def misread(event: Any, properties: Any) -> None:
        add(event, properties)
        if properties.coupon == "unfit":
            event.value = Decimal(10) ** 15

    segment._add_money = misread


FAULTS: dict[str, Callable[[], None]] = {
    "after_facts": lambda: die_after("_insert", lambda what, parcel: what == "facts"),
    "after_dead_letters": lambda: die_after("_send", lambda letters: letters),
    "after_ledger": lambda: die_after("_insert", lambda what, parcel: what == "ledger"),
    "after_commit": lambda: die_after("_commit", lambda offsets: offsets),
    "blocked_loop": lambda: setattr(Delivery, "__call__", block_delivery),
    "hanging_delivery": lambda: setattr(Delivery, "__call__", hang),
    "misread_amounts": misread_amounts,
}

if __name__ == "__main__":
    FAULTS[sys.argv[1]]()
    cli(["-A", "streams.app", "worker", "-l", "info"])
