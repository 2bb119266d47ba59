"""Measures: what journeys tell, in SQL over one path table.

Each is a file of `sql/measures` that begins with what it means; this room reads those, and turns
what a person asks for into bound parameters.
"""

from cjm_tracker.measures.measure import Measure, measure_named, measures
from cjm_tracker.measures.scope import Scope

__all__ = ["Measure", "Scope", "measure_named", "measures"]
