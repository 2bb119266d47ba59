"""All checks of all subjects. What is slow or away costs a bounded time, and none of the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping

from cjm_tracker.dashboards.client import Credentials
from cjm_tracker.doctor.broker import broker_findings
from cjm_tracker.doctor.finding import Finding, fail, skipped
from cjm_tracker.doctor.grafana import grafana_findings
from cjm_tracker.doctor.installation import (
    key_finding,
    machine_findings,
    mapping_of,
    settings_of,
)
from cjm_tracker.doctor.warehouse import warehouse_findings

# After it no other check of a subject is begun; for the one at hand it is waited a while longer.
PATIENCE_S = 7.0
LONGER_S = 3.0

Look = Callable[[], Iterable[Finding]]


def examine(
    given: Mapping[str, object],
    clock: Callable[[], int],
    *,
    grafana: str | None = None,
    credentials: Credentials | None = None,
) -> list[Finding]:
    """Everything that is found, subject by subject, in some ten seconds at most.

    `given` are settings above the environment's, None where not given; `clock` says ms since 1970;
    `grafana` is an address. Nothing is written, no topic and no table is made.
    """
    found = [*machine_findings()]
    asked = Side("grafana", lambda: grafana_findings(grafana, credentials))
    settings, said = settings_of(given)
    found += said
    if settings is None:
        found += [skipped(name, "the settings do not load") for name in ("broker", "warehouse")]
        return found + asked.told()
    mapping, said = mapping_of(settings)
    found += [*said, key_finding(settings)]
    sides = [
        Side("broker", lambda: broker_findings(settings)),
        Side("warehouse", lambda: warehouse_findings(settings, mapping, clock)),
        asked,
    ]
    return found + [one for side in sides for one in side.told()]


class Side:
    """One subject, looked at beside the others."""

    def __init__(
        self,
        name: str,
        look: Look,
        patience_s: float = PATIENCE_S,
        longer_s: float = LONGER_S,
    ) -> None:
        self._name = name
        self._look = look
        self._patience_s, self._longer_s = patience_s, longer_s
        self._until = time.monotonic() + patience_s
        self._found: list[Finding] = []
        # A daemon: one that hangs in a client does not keep the command from ending.
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def told(self) -> list[Finding]:
        """What was found; where time ran out, until then."""
        self._thread.join(max(0.0, self._until + self._longer_s - time.monotonic()))
        late = [self._late()] if self._thread.is_alive() else []
        return [*self._found, *late]

    def _work(self) -> None:
        try:
            for finding in self._look():
                self._found.append(finding)
                if time.monotonic() > self._until:
                    self._found.append(self._late())
                    return
        except Exception as error:
            # Not its text: what we did not foresee may hold anything.
            kind = type(error).__name__
            fix = "a fault of cjm doctor itself: report it with the status of the other lines"
            self._found.append(fail(self._name, f"the look ended with {kind}", fix))

    def _late(self) -> Finding:
        if not self._found:
            text = f"no answer within {self._patience_s + self._longer_s:.0f} s"
            return fail(self._name, text, "start it anew, or correct its address")
        text = f"too slow: {self._patience_s:.0f} s were over before all was asked"
        return fail(self._name, text, "look whether it is overloaded, or the way there is slow")
