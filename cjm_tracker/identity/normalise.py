"""From an event's identifiers to known ones: normal form, hash, number, and whose they are."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from typing import NamedTuple

import phonenumbers

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Identifier
from cjm_tracker.identity.kinds import IdentityConfig, nobodies


class Known(NamedTuple):
    """An identifier in its normal form. `value` is a keyed hash where the kind is personal."""

    number: int
    kind: str
    value: str


class Who(NamedTuple):
    """Whom an event names: the customer, first-ranked identifier first; the account the customer
    belongs to; and, as stored, the agent who acts for the customer."""

    identifiers: tuple[Known, ...]
    account: Known | None = None
    agent: str = ""


class DeclaredRules(NamedTuple):
    """What identifiers are declared as: `(kind, prefix, as)`, and number → as for those in full.

    One named in full stands above any prefix, else the first that fits holds.
    """

    prefixes: list[tuple[str, str, str]]
    numbers: dict[int, str]

    def standing(self, known: Known) -> str:
        """`kiosk`, `household` or `agent`; empty where nothing is declared."""
        if named := self.numbers.get(known.number):
            return named
        for kind, prefix, standing in self.prefixes:
            if kind == known.kind and known.value.startswith(prefix):
                return standing
        return ""


def identifier_number(kind: str, value: str) -> int:
    """The identifier's UInt64; in SQL: `halfMD5(concat(kind, ':', value))`."""
    digest = hashlib.md5(f"{kind}:{value}".encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[:8], "big")


class Normaliser:
    """Turns identifiers as events carry them into known ones, and leaves out nobody's.

    Equal people must be written equally, by the rule written down in `forms`. Phones are read in
    the event's own region where it names one (BG, not Bulgaria).
    """

    def __init__(self, config: IdentityConfig, key: bytes) -> None:
        self._config = config
        self._key = key
        self._blocked = nobodies(config.blocked)
        self._ranks = config.ranks
        self._known = lru_cache(maxsize=200_000)(self._normalise)
        self.declared = self._declared()
        # A visit's events carry the same identifiers, one event after the other.
        self._whom = lru_cache(maxsize=20_000)(self._who)

    def __call__(self, identifiers: tuple[Identifier, ...], region: str) -> Who:
        """The admissible ones of an event's identifiers, each once; the first account and agent."""
        return self._whom(identifiers, region)

    def _who(self, identifiers: tuple[Identifier, ...], region: str) -> Who:
        persons: dict[int, Known] = {}
        accounts: list[Known] = []
        agents: list[Known] = []
        for kind, value in identifiers:
            known = self._known(kind, value, region)
            if known is None:
                continue
            if kind not in self._ranks:
                accounts.append(known)
            elif self.declared.standing(known) == "agent":
                agents.append(known)
            else:
                persons[known.number] = known
        return Who(
            tuple(sorted(persons.values(), key=lambda known: (self._ranks[known.kind], known))),
            accounts[0] if accounts else None,
            agents[0].value if agents else "",
        )

    def _normalise(self, name: str, value: str, region: str) -> Known | None:
        kind = self._config.kinds.get(name)
        if kind is None:
            raise InvalidRecord("bad_field", f"identifier kind '{name[:40]}' is not configured")
        spoken = region if region in phonenumbers.SUPPORTED_REGIONS else self._config.region
        normal = kind.normal(value, spoken, self._blocked)
        if normal is None:
            return None
        stored = self._hashed(normal) if kind.personal and not self._config.plain else normal
        return Known(identifier_number(name, stored), name, stored)

    def _hashed(self, value: str) -> str:
        return hmac.new(self._key, value.encode(), hashlib.sha256).hexdigest()[:32]

    def _declared(self) -> DeclaredRules:
        rules = DeclaredRules([], {})
        for declared in self._config.declared:
            if declared.prefix:
                prefix = self._config.kinds[declared.kind].opening(declared.prefix)
                rules.prefixes.append((declared.kind, prefix, declared.standing))
            for value in declared.values:
                if known := self._known(declared.kind, value, ""):
                    rules.numbers.setdefault(known.number, declared.standing)
        return rules


def declared_standing(config: IdentityConfig, key: bytes) -> DeclaredRules:
    """The identifiers declared kiosks' or households': an agent's never become a customer's."""
    declared = Normaliser(config, key).declared
    return DeclaredRules(
        [rule for rule in declared.prefixes if rule[2] != "agent"],
        {number: standing for number, standing in declared.numbers.items() if standing != "agent"},
    )
