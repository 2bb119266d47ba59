"""Who is who: identifier kinds, their normal form, the links between them, and customers.

A customer is a pure function of the set of links: neither the order nor the batches they came in
change the answer, and no fact row is ever rewritten.
"""

from cjm_tracker.identity.kinds import IdentityConfig, Kind
from cjm_tracker.identity.normalise import Known, Normaliser, identifier_number
from cjm_tracker.identity.resolve import Assignment, Link, Node, customer_id, resolve

__all__ = [
    "Assignment",
    "IdentityConfig",
    "Kind",
    "Known",
    "Link",
    "Node",
    "Normaliser",
    "customer_id",
    "identifier_number",
    "resolve",
]
