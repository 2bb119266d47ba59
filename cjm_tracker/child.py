"""Child processes that belong to this one: its Ctrl-C is not theirs, its death is."""

from __future__ import annotations

import ctypes
import signal
import sys
from typing import Any

PR_SET_PDEATHSIG = 1


def bound() -> dict[str, Any]:
    """Arguments of `Popen` for a child that is ended in its turn, and left behind by no kill.

    On Linux it is asked to end (SIGTERM) when the thread that started it is gone; elsewhere a
    killed parent leaves it.
    """
    if sys.platform != "linux":
        return {"process_group": 0}
    return {"process_group": 0, "preexec_fn": _end_with_parent}


# Loaded before the fork: there is little that a forked child may do.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def _end_with_parent() -> None:
    assert _libc
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
