"""The journey map: one page that shows what customers went through, stage by stage."""

from cjm_tracker.map.compare import with_drawn, with_other
from cjm_tracker.map.formats import FORMATS, check_ending, written
from cjm_tracker.map.model import JourneyMap
from cjm_tracker.map.read import capitalised, read_map
from cjm_tracker.map.render import render

__all__ = [
    "FORMATS",
    "JourneyMap",
    "capitalised",
    "check_ending",
    "read_map",
    "render",
    "with_drawn",
    "with_other",
    "written",
]
