"""The normal form of an identifier, and its number in the warehouse."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import ValidationResult

from cjm_tracker.errors import InvalidRecord
from cjm_tracker.events import Identifier
from cjm_tracker.identity.kinds import BLOCKED, IdentityConfig, Kind

MAX_VALUE = 512


class Known(NamedTuple):
    """An identifier in its normal form. `value` is a keyed hash where the kind is personal."""

    number: int
    kind: str
    value: str


def identifier_number(kind: str, value: str) -> int:
    """The identifier's UInt64; in SQL: `halfMD5(concat(kind, ':', value))`."""
    digest = hashlib.md5(f"{kind}:{value}".encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[:8], "big")


class Normaliser:
    """Turns identifiers as events carry them into known ones, or None for nobody's.

    Equal people must be written equally: phones become E.164, read in the event's own region
    where it names one (BG, not Bulgaria); e-mail addresses lose their case; every text is NFKC
    without outer blanks.
    """

    def __init__(self, config: IdentityConfig, key: bytes) -> None:
        self._config = config
        self._key = key
        self._blocked = BLOCKED | {value.casefold() for value in config.blocked}
        self._rank = {kind: rank for rank, kind in enumerate(config.kinds)}
        self._known = lru_cache(maxsize=200_000)(self._normalise)

    def __call__(self, identifiers: tuple[Identifier, ...], region: str) -> tuple[Known, ...]:
        """The admissible ones of an event's identifiers, first-ranked first, each once."""
        found: dict[int, Known] = {}
        for kind, value in identifiers:
            if known := self._known(kind, value, region):
                found[known.number] = known
        return tuple(sorted(found.values(), key=lambda known: (self._rank[known.kind], known)))

    def _normalise(self, name: str, value: str, region: str) -> Known | None:
        kind = self._config.kinds.get(name)
        if kind is None:
            raise InvalidRecord("bad_field", f"identifier kind '{name[:40]}' is not configured")
        written = unicodedata.normalize("NFKC", value).strip()
        if self._means_nobody(written):
            return None
        normal = self._in_form(kind, written, region)
        if normal is None or self._means_nobody(normal):
            return None
        stored = self._hashed(normal) if kind.personal and not self._config.plain else normal
        return Known(identifier_number(name, stored), name, stored)

    def _means_nobody(self, value: str) -> bool:
        folded = value.casefold()
        digits = folded.strip("+- ()")
        return (
            not digits  # blank, or "-"
            or len(folded) > MAX_VALUE
            or folded in self._blocked
            or (len(digits) > 2 and len(set(digits)) == 1)  # 0000000000, xxxx
        )

    def _in_form(self, kind: Kind, value: str, region: str) -> str | None:
        if kind.form == "phone":
            known = region in phonenumbers.SUPPORTED_REGIONS
            return phone(value, region if known else self._config.region)
        if kind.form == "email":
            return email(value)
        return value.lower() if kind.form == "lower" else value

    def _hashed(self, value: str) -> str:
        return hmac.new(self._key, value.encode(), hashlib.sha256).hexdigest()[:32]


def phone(written: str, region: str) -> str | None:
    """The number in E.164; None where no such number can exist."""
    try:
        parsed = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    # Not is_possible_number(): that also takes a local number without its area code, which has
    # no E.164 form and which a subscriber of every town may have.
    if phonenumbers.is_possible_number_with_reason(parsed) != ValidationResult.IS_POSSIBLE:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def email(written: str) -> str | None:
    """The address in lower case; dots and plus signs stay, they are the provider's business."""
    try:
        checked = validate_email(written, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return checked.normalized.casefold()
