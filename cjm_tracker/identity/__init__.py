"""Who is who: identifier kinds, their normal form, the links between them, and customers.

A customer is a pure function of the set of links: neither the order nor the batches they came in
change the answer, and no fact row is ever rewritten.
"""

from cjm_tracker.identity.kinds import Declared, IdentityConfig, Kind
from cjm_tracker.identity.normalise import (
    DeclaredRules,
    Known,
    Normaliser,
    Who,
    declared_standing,
    identifier_number,
)
from cjm_tracker.identity.resolve import (
    ALONE,
    Decisions,
    Limits,
    Links,
    Nodes,
    Resolution,
    Standing,
    customer_id,
    resolve,
)

__all__ = [
    "ALONE",
    "Decisions",
    "Declared",
    "DeclaredRules",
    "IdentityConfig",
    "Kind",
    "Known",
    "Limits",
    "Links",
    "Nodes",
    "Normaliser",
    "Who",
    "Resolution",
    "Standing",
    "customer_id",
    "declared_standing",
    "identifier_number",
    "resolve",
]
