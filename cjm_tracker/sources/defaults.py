"""What each source usually sends."""

from __future__ import annotations

from cjm_tracker.events import Source

# The format of records that carry no `cjm-format` header.
DEFAULT_FORMATS: dict[Source, str] = {
    "website": "segment",
    "call_centre": "amazon_connect",
    "store": "poslog",
    "survey": "typeform",
    "crm": "crosswalk",
}
