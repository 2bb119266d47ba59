"""The lines of a log file before they are written: when each one arrives, and how to write it.

Lines are encoded only on writing, so that a large world fits into memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from cjm_tracker.simulator import amazon_connect, poslog, segment, typeform
from cjm_tracker.simulator.acts import Act, Answer, Contact, Sale, WebAct
from cjm_tracker.simulator.tills import Shift

FILES = {
    "website": "website.segment.jsonl",
    "call_centre": "call_centre.amazon_connect.jsonl",
    "store": "store.poslog.xml",
    "survey": "survey.typeform.jsonl",
}


@dataclass(frozen=True, slots=True)
class Line:
    arrives_at: datetime
    encode: Callable[[], bytes]


def line(entry: Act | Shift) -> Line:
    return Line(entry.arrives_at, encoder(entry))


def encoder(entry: Act | Shift) -> Callable[[], bytes]:
    if isinstance(entry, WebAct):
        return partial(segment.encode, entry)
    if isinstance(entry, Contact):
        return partial(amazon_connect.encode, entry)
    if isinstance(entry, Answer):
        return partial(typeform.encode, entry)
    if isinstance(entry, Sale | Shift):
        return partial(poslog.encode, entry)
    raise TypeError(f"no format for {type(entry).__name__}")


def write(path: Path, lines: Iterable[Line]) -> None:
    """Write the lines; tills get the document around their transactions."""
    is_xml = path.suffix == ".xml"
    with path.open("wb") as file:
        if is_xml:
            file.write(poslog.HEADER)
        file.writelines(line.encode() + b"\n" for line in lines)
        if is_xml:
            file.write(poslog.FOOTER)
