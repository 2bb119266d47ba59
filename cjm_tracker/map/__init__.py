"""The journey map: one page that shows what customers went through, stage by stage."""

from cjm_tracker.map.model import JourneyMap
from cjm_tracker.map.read import read_map
from cjm_tracker.map.render import render

__all__ = ["JourneyMap", "read_map", "render"]
