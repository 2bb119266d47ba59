"""Phone numbers: valid in form, handed out one by one, written in two ways.

The call centre sees E.164. People fill in forms the way they say a number at home; that national
form cannot be read without knowing the country.
"""

from __future__ import annotations

_BLOCKS = {"BG": "+359880", "RU": "+79160", "GB": "+447400"}
_SPREAD = 611_953  # shares no factor with a million, so numbers differ and do not look counted


def phone_number(country: str, ordinal: int) -> str:
    """The `ordinal`-th mobile number of a country, in E.164; distinct for a million of them."""
    return f"{_BLOCKS[country]}{(ordinal * _SPREAD + 104_729) % 1_000_000:06d}"


def national(phone: str, country: str) -> str:
    """The number as people of that country write it."""
    if country == "BG":
        digits = "0" + phone.removeprefix("+359")
        return f"{digits[:4]} {digits[4:7]} {digits[7:]}"
    if country == "RU":
        digits = phone.removeprefix("+7")
        return f"8 ({digits[:3]}) {digits[3:6]}-{digits[6:8]}-{digits[8:]}"
    digits = "0" + phone.removeprefix("+44")
    return f"{digits[:5]} {digits[5:]}"
