"""`cjm sensitivity`: the band of a funnel, as a person and as a program read it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .commands import cjm

# Ann looks and buys on two devices, of which only one knows her number; Bob looks.
CALLS = [
    ("Product Viewed", "phone-1", "", "01T09:00:00Z"),
    ("Signed In", "phone-1", "ann", "01T09:05:00Z"),
    ("Order Completed", "phone-2", "ann", "01T10:00:00Z"),
    ("Product Viewed", "desk-1", "", "02T09:00:00Z"),
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("shop")
    lines = [
        json.dumps({"type": "track", "event": event, "messageId": f"m{number}",
                    "anonymousId": device, "timestamp": f"2026-03-{at}",
                    **({"userId": who} if who else {})})
        for number, (event, device, who, at) in enumerate(CALLS)
    ]  # fmt: skip
    (directory / "log.jsonl").write_text("\n".join(lines), encoding="utf-8")
    load = ["load", "--direct", "--format", "segment", "--warehouse", "chdb:///w", "log.jsonl"]
    assert cjm(directory, *load).returncode == 0
    return directory


FUNNEL = ["--set", "of=touchpoint", "--set", "steps=product_viewed,order_completed"]


def test_a_band_as_json(shop: Path) -> None:
    done = cjm(shop, "sensitivity", "--warehouse", "chdb:///w", *FUNNEL, "--json")
    found = json.loads(done.stdout)
    # Strict: Ann, her two phones' traces before she signed in, Bob.
    assert [(one["identity"], one["customers"]) for one in found["identities"]] == [
        ("strict", 3), ("default", 2), ("loose", 2)
    ]  # fmt: skip
    first, second = found["steps"]
    assert (first["journeys_low"], first["journeys"], first["journeys_high"]) == (2, 2, 2)
    assert (second["journeys_low"], second["journeys"], second["journeys_high"]) == (0, 1, 1)
    assert (second["share_low"], second["share"], second["share_high"]) == (0, 0.5, 0.5)


def test_a_band_in_words_fits_a_narrow_screen(shop: Path) -> None:
    done = cjm(shop, "sensitivity", "--warehouse", "chdb:///w", *FUNNEL, COLUMNS="80")
    lines = [line.split() for line in done.stdout.splitlines()]
    assert "order_completed 1 0 – 1 50.0% 0.0% – 50.0%".split() in lines
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_a_wrong_parameter_is_refused_before_anything_is_opened(tmp_path: Path) -> None:
    done = cjm(tmp_path, "sensitivity", "--set", "stepps=a,b")
    assert (done.returncode, done.stderr.count("\n")) == (66, 1)
    assert "funnel: parameter 'stepps'" in done.stderr
