"""The normal form of an identifier's value: the written rule of what is the same spelling.

| form  | the same                                             | not the same                     |
|-------|------------------------------------------------------|----------------------------------|
| text  | full-width and ligature spellings (NFKC), outer      | case; look-alikes of another     |
|       | blanks                                               | script; inner blanks, zero-width |
| lower | as text, and upper and lower case                    | look-alikes; inner blanks        |
| email | case; a domain in its own script and in punycode     | dots, plus tags                  |
| phone | national, international, `tel:`, any punctuation,    | another region's national        |
|       | digits of any script; an extension does not count    | spelling                         |
| card  | case; blanks, hyphens, dots, slashes or none; digits | Й and И, 0 and O                 |
|       | of any script; А В Е К М Н О Р С Т У Х Ѕ І Ј typed   |                                  |
|       | on a Cyrillic keyboard for A B E K M H O P C T Y X … |                                  |
|       | zeros before a number: tills pad with them, tables   |                                  |
|       | drop them                                            |                                  |

Every function here gives None where the value can be no such identifier, and gives a normal form
back as it is.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumberFormat, ValidationResult
from stdnum import ean, luhn

from cjm_tracker.identity.nobody import is_made_up

Form = Literal["text", "lower", "email", "phone", "card"]
CheckDigit = Literal["none", "luhn", "ean"]

# Capitals that look alike: cards are typed on Bulgarian and Russian keyboards.
_LATIN = str.maketrans("АВЕКМНОРСТУХЅІЈ", "ABEKMHOPCTYXSIJ")
# Hyphens of every length, the minus sign and the invisible ones among them.
_SEPARATORS = re.compile(r"[\s./\u00ad\u200b-\u200f\u2010-\u2015\u2060\u2212\ufeff-]")
_MASKED = re.compile("X{4}")  # as receipts print a card
# What the telephone library does not know: вътр. 12, внутр. 12.
_EXTENSION = re.compile(
    r"[\s,;(]*\b(?:в|вътр|вътрешен|вн|внутр|внутренний)\b\.?\s*\d{1,6}\)?$", re.I
)


def in_form(form: Form, written: str, region: str) -> str | None:
    """`written` in its normal form; `region` is where a national telephone number is from."""
    match form:
        case "text":
            return text(written)
        case "lower":
            return lower(written)
        case "email":
            return email(written)
        case "phone":
            return phone(written, region)
        case "card":
            return card(written)


def opening_in_form(form: Form, written: str) -> str:
    """The beginning of a value as normal forms begin; empty where none begins so."""
    match form:
        case "text":
            return _nfkc(written).lstrip()
        case "lower" | "email":
            return lower(written)
        case "phone":
            bare = _without_separators(written)
            return bare if bare.startswith("+") else ""  # E.164 begins with nothing else
        case "card":
            return _unpadded(_without_separators(written))


def passes(check_digit: CheckDigit, value: str) -> bool:
    """Whether the last digit is the one that the others ask for."""
    if check_digit == "none":
        return True
    if not (value.isascii() and value.isdigit()):
        return False
    # Zeros before it change no check digit, but an EAN has them up to its length.
    padded = value.zfill(13 if len(value) <= 13 else 14)
    return bool(luhn.is_valid(value) if check_digit == "luhn" else ean.is_valid(padded))


def text(written: str) -> str:
    """NFKC without outer blanks."""
    return _nfkc(written).strip()


def lower(written: str) -> str:
    """As text, in lower case."""
    return text(text(written).lower())


def email(written: str) -> str | None:
    """The address in lower case; dots and plus signs stay, they are the provider's business."""
    address = text(written)
    if plain := _PLAIN_EMAIL.fullmatch(address):
        # Nothing can be wrong but the domain, and there are few of those.
        checked = _address(f"a@{plain[2]}")
        return checked and f"{plain[1].lower()}@{checked[1]}"
    checked = _address(address)
    # The domain comes in lower case already; to fold it would make straße.de strasse.de.
    return checked and f"{_nfkc(checked[0].casefold())}@{checked[1]}"


# Of an address without anything that needs a judgement: short, and letters in plain ASCII.
_PLAIN_EMAIL = re.compile(
    r"([A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*)(?<!.{65})@([A-Za-z0-9.-]{1,100})"
)


@lru_cache(10_000)
def _address(written: str) -> tuple[str, str] | None:
    """Local part and domain, as the library understands them; None for what is no address."""
    try:
        checked = validate_email(written, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return checked.local_part, checked.domain


def phone(written: str, region: str) -> str | None:
    """The number in E.164; None where no such number can exist."""
    try:
        parsed = phonenumbers.parse(_EXTENSION.sub("", text(written)), region)
    except phonenumbers.NumberParseException:
        return None
    # Not is_possible_number(): that also takes a local number without its area code, which has
    # no E.164 form and which a subscriber of every town may have.
    if phonenumbers.is_possible_number_with_reason(parsed) != ValidationResult.IS_POSSIBLE:
        return None
    if is_made_up(str(parsed.national_number)):
        return None
    e164 = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    # Read once more: +32 (0)1 591… keeps its 0 at first, where a number with it is possible too.
    return e164 if e164 == written else phone(e164, region)


def card(written: str) -> str | None:
    """Capitals and digits without separators, look-alike Cyrillic capitals as Latin ones."""
    bare = _without_separators(written)
    if _MASKED.search(bare) or is_made_up(bare):
        return None
    number = _unpadded(bare)
    return None if not number or is_made_up(number) else number


def _unpadded(bare: str) -> str:
    return bare.lstrip("0") if bare.isdecimal() else bare


def _without_separators(written: str) -> str:
    capitals = _nfkc(written).upper().translate(_LATIN)
    digits = "".join(str(unicodedata.decimal(sign, sign)) for sign in capitals)
    return _nfkc(_SEPARATORS.sub("", digits))


def _nfkc(written: str) -> str:
    return unicodedata.normalize("NFKC", written)
