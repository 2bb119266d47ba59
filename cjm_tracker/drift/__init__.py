"""Map drift: a journey map that people drew, beside what the log says.

Pure: a drawn map and the rows of two measures in, what differs and a score out.
"""

from cjm_tracker.drift.compare import Drift, drift
from cjm_tracker.drift.drawn import Drawn, read_drawn

__all__ = ["Drawn", "Drift", "drift", "read_drawn"]
