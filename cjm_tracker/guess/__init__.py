"""First contact with a log that nobody has described: its format, and a mapping to start from.

Every known format is tried on the beginning of the log, and the one that reads most and gets most
out of it is the likeliest. A table that none of them knows is described from its cells.
"""

from cjm_tracker.guess.ranking import CERTAIN, Candidate, ranked, trial
from cjm_tracker.guess.sample import Sample, sample_of
from cjm_tracker.guess.starter import shapes, starter
from cjm_tracker.guess.table import Table, table_in

__all__ = [
    "CERTAIN",
    "Candidate",
    "Sample",
    "Table",
    "ranked",
    "sample_of",
    "shapes",
    "starter",
    "table_in",
    "trial",
]
