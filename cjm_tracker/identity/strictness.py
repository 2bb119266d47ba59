"""How readily identifiers link: as the mapping says, and its two extremes.

A figure that is about the same under all three does not hang on who is taken for whom.
"""

from __future__ import annotations

from typing import Literal, get_args

from cjm_tracker.identity.kinds import IdentityConfig

Strictness = Literal["strict", "default", "loose"]
STRICTNESS: tuple[Strictness, ...] = get_args(Strictness)

UNLIMITED = 2**31 - 1
FAR = 8  # links; the most that a mapping may say


def under(config: IdentityConfig, strictness: Strictness) -> IdentityConfig:
    """The rules of identity at that strictness.

    strict: strong identifiers link, and nothing else does: a weak one (cookie, e-mail, phone) is a
    customer of its own. default: as configured. loose: no limit holds. However many persons an
    identifier meets, it is neither shared nor public and stays with the first of them; a weak one
    follows a person over 8 links, and there are no crowds.

    At any of them decisions and what is declared hold, and no weak identifier joins two persons.
    """
    if strictness == "strict":
        return config.model_copy(update={"max_hops": 0, "max_anonymous": 1})
    if strictness == "loose":
        kinds = {
            name: kind.model_copy(update={"limit": UNLIMITED})
            for name, kind in config.kinds.items()
        }
        lifted = {"public_from": UNLIMITED, "max_anonymous": UNLIMITED, "max_hops": FAR}
        return config.model_copy(update={"kinds": kinds, **lifted})
    return config
