"""An installation looked at as a whole: what is well, what is not, and what to type. Reads only."""

from cjm_tracker.doctor.examine import examine
from cjm_tracker.doctor.finding import Finding

__all__ = ["Finding", "examine"]
