"""What travels on our topics, as JSON Schema and AsyncAPI; and whether a change of it breaks."""

from cjm_tracker.schema.compat import breaks
from cjm_tracker.schema.export import documents

__all__ = ["breaks", "documents"]
