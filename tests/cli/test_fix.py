"""Fixes, as a person registers them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .commands import cjm

PAGES = b"\n".join(
    b'{"type": "page", "messageId": "m%d", "timestamp": "2026-05-0%dT10:00:00Z",'
    b' "anonymousId": "a%d", "properties": {"path": "/x", "url": "https://shop.example/x"}}'
    % (number, number, number)
    for number in range(1, 9)
)
ADD = ("fix", "add", "--touchpoint", "page_viewed", "--at", "2026-05-05", "--who", "ann")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("fixes")
    load = ("load", "--direct", "--format", "segment", "--warehouse", "chdb:///w", "-")
    done = cjm(directory, *load, stdin=PAGES)
    assert done.returncode == 0, done.stderr
    return directory


def test_a_fix_is_registered_listed_and_asked_about(place: Path) -> None:
    where = ("--warehouse", "chdb:///w")
    conditions = ("--for", "channel=web", "--for", "attribute.region=BG,RO")
    done = cjm(place, *ADD, "--what", "shorter", *conditions, *where)
    assert (done.returncode, done.stdout) == (0, "fix 1: cjm measure before_after --set fix=1\n")
    listed = cjm(place, "fix", "list", *where).stdout
    for said in ("page_viewed", "2026-05-05 00:00", "shorter", "ann", "attribute.region=BG,RO"):
        assert said in listed
    ((row),) = json.loads(cjm(place, "fix", "list", "--json", *where).stdout)
    assert row["attributes"] == [["region", "BG"], ["region", "RO"]]
    asked = cjm(place, "measure", "before_after", "--set", "fix=1", "--json", *where)
    ((row),) = json.loads(asked.stdout)
    assert (row["verdict"], row["why"]) == ("cannot_tell", "too few journeys")
    assert row["other_before_n"] + row["straddling"] + row["not_yet"] > 0


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--for", "converted=yes"), 66, "a fix is for those of a channel, source"),
        (("--for", "colour=red"), 66, "where: 'colour=red'"),
        (("--touchpoint", "page_view"), 66, "did you mean 'page_viewed'?"),
        (("--who", " "), 78, "--who NAME"),
    ],
)
def test_what_cannot_be_registered_is_refused_in_one_line(
    place: Path, arguments: tuple[str, ...], status: int, said: str
) -> None:
    done = cjm(place, *ADD, "--what", "x", *arguments, "--warehouse", "chdb:///w")
    assert said in done.stderr and done.stderr.count("\n") == 1
    assert done.returncode == status
