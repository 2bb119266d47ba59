"""What happens to records between a system and our log: repeated, late, shuffled, broken.

Every kind is planted in a known number, so that a reader of the logs can be held to it. The
numbers follow from the sizes of the logs alone (`extra_records`), which keeps a world to its size.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from math import ceil, exp, log

from cjm_tracker.simulator import amazon_connect, damage
from cjm_tracker.simulator.acts import Act, Contact, Sale, WebAct
from cjm_tracker.simulator.log import Line, encoder, line
from cjm_tracker.simulator.tills import Shift
from cjm_tracker.simulator.world import World

_DUPLICATE = 0.015
_MALFORMED = 0.003
_RESENT = 0.12
_CONFLICT = 0.0003
_LATE = 0.012
_OUT_OF_ORDER = 0.02

_HOUR, _MONTH = 3_600.0, 30 * 86_400.0
_SPARE_NUMBERS = 90_000  # till numbers no real transaction reaches


def extra_records(sizes: Mapping[str, int]) -> int:
    """How many records noise adds to logs of these sizes."""
    repeated = sum(_quota(_DUPLICATE, size) + _quota(_MALFORMED, size) for size in sizes.values())
    resent = _quota(_RESENT, sizes.get("call_centre", 0))
    return repeated + resent + _quota(_CONFLICT, sizes.get("website", 0))


class Noise:
    """Turns the acts of one source into the lines of its log, with noise on the way."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._rng = world.rng
        self.planted: Counter[str] = Counter()

    def disturb(self, acts: list[Act], shifts: list[Shift]) -> list[Line]:
        size = len(acts) + len(shifts)
        resent = self._finish_later([act for act in acts if isinstance(act, Contact)])
        delays = self._delay(acts)
        lines = [
            Line(act.arrives_at + delays.get(index, timedelta(0)), encoder(act))
            for index, act in enumerate(acts)
        ]
        lines += [line(shift) for shift in shifts]
        repeats = self._repeat(lines, size)
        conflicts = self._contradict([act for act in acts if isinstance(act, WebAct)])
        lines += resent + repeats + conflicts + self._break(acts, size)
        lines.sort(key=lambda entry: entry.arrives_at)
        self._shuffle(lines)
        return lines

    def _finish_later(self, contacts: list[Contact]) -> list[Line]:
        """Contact records written as a draft first and re-sent when the agent is done."""
        chosen = self._rng.sample(contacts, _quota(_RESENT, len(contacts)))
        drafts = []
        for contact in chosen:
            contact.draft_at = contact.arrives_at
            later = contact.arrives_at + timedelta(minutes=2 + self._rng.expovariate(1 / 90))
            contact.lag = min(later, self._world.end) - contact.at
            draft = partial(amazon_connect.encode, contact, draft=True)
            drafts.append(Line(contact.draft_at, draft))
        self.planted["resent_contact"] += len(drafts)
        return drafts

    def _delay(self, acts: list[Act]) -> dict[int, timedelta]:
        """Hours to thirty days, but never past the end: by then we have the file."""
        newest = self._world.end - timedelta(hours=3)
        old = [index for index, act in enumerate(acts) if act.arrives_at < newest]
        delays = {}
        for index in self._rng.sample(old, min(len(old), _quota(_LATE, len(acts)))):
            act = acts[index]
            room = (self._world.end - act.arrives_at).total_seconds() - 60
            seconds = exp(self._rng.uniform(log(_HOUR), log(min(_MONTH, room))))
            if isinstance(act, WebAct):
                act.lag += timedelta(seconds=int(seconds))  # the browser was offline and says so
            else:
                delays[index] = timedelta(seconds=int(seconds))
            self.planted["late"] += 1
        return delays

    def _repeat(self, lines: list[Line], size: int) -> list[Line]:
        chosen = self._rng.sample(lines, _quota(_DUPLICATE, size))
        self.planted["duplicate"] += len(chosen)
        return [Line(self._soon_after(entry.arrives_at), entry.encode) for entry in chosen]

    def _contradict(self, acts: list[WebAct]) -> list[Line]:
        """The same message id with another price: which one is true nobody can tell."""
        views = [act for act in acts if act.name == "Product Viewed"]
        chosen = self._rng.sample(views, min(len(views), _quota(_CONFLICT, len(acts))))
        self.planted["conflicting_id"] += len(chosen)
        return [
            Line(self._soon_after(act.arrives_at), encoder(replace(act, body=_repriced(act))))
            for act in chosen
        ]

    def _break(self, acts: list[Act], size: int) -> list[Line]:
        broken = []
        for number in range(_quota(_MALFORMED, size) if acts else 0):
            kinds = damage.KINDS[acts[0].source]
            kind = kinds[number % len(kinds)]
            act = self._copy(self._rng.choice(acts), number)
            broken.append(Line(act.arrives_at, partial(damage.damaged, kind, act)))
            self.planted[f"malformed_{kind}"] += 1
        return broken

    def _copy(self, act: Act, number: int) -> Act:
        if isinstance(act, Sale):
            return replace(act, sequence=_SPARE_NUMBERS + number)
        return replace(act, event_id=self._world.uuid())

    def _shuffle(self, lines: list[Line]) -> None:
        """Swap near neighbours which came at different times."""
        moved: set[int] = set()
        for _ in range(_quota(_OUT_OF_ORDER / 2, len(lines))):
            first = self._rng.randrange(max(1, len(lines) - 4))
            second = min(first + self._rng.randrange(1, 4), len(lines) - 1)
            if moved & {first, second} or lines[first].arrives_at == lines[second].arrives_at:
                continue
            lines[first], lines[second] = lines[second], lines[first]
            moved |= {first, second}
        self.planted["out_of_order"] += len(moved)

    def _soon_after(self, moment: datetime) -> datetime:
        later = moment + timedelta(seconds=1 + self._rng.expovariate(1 / 1200))
        return min(later, self._world.end)


def _repriced(act: WebAct) -> dict[str, object]:
    price = act.body["price"]
    return {**act.body, "price": round(float(str(price)) * 1.1, 2)}


def _quota(rate: float, size: int) -> int:
    """A share of a log, at least one record of any log."""
    return ceil(rate * size)
