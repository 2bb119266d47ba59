"""Measures: what journeys tell, in SQL over one path table.

Each is a file of `sql/measures` that begins with what it means; this room reads those, and turns
what a person asks for into bound parameters.
"""

from cjm_tracker.measures.compare import Side, compared
from cjm_tracker.measures.measure import Measure, measure_named, measures, scoped
from cjm_tracker.measures.scope import Scope, instead

__all__ = [
    "Measure",
    "Scope",
    "Side",
    "compared",
    "instead",
    "measure_named",
    "measures",
    "scoped",
]
