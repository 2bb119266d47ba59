"""Python's collector of cycles, set for batches."""

from __future__ import annotations

import gc


def tune() -> None:
    """Look for cycles seldom, and never among what was there at the start.

    A batch's objects live for a second and hold no cycles: to look for some every 700 objects
    costs up to a third of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(500_000, 50, 100)
