"""Map drift: a journey map that people drew, beside what the log says.

Pure: a drawn map and the rows of two measures in, what differs and a score out.
"""

from cjm_tracker.drift.compare import Drift, drift
from cjm_tracker.drift.drawn import Drawn, by_label, read_drawn, read_sheet
from cjm_tracker.drift.entry import entry, quoted
from cjm_tracker.drift.lanes import CURATED, LANES, Written

__all__ = [
    "CURATED",
    "LANES",
    "Drawn",
    "Drift",
    "Written",
    "by_label",
    "drift",
    "entry",
    "quoted",
    "read_drawn",
    "read_sheet",
]
