"""`cjm mapping check|test|explain|coverage|schema`, as a person runs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cjm_tracker.cli.rules import proposed
from cjm_tracker.mapping import Mapping

from .commands import cjm

SHOP = """\
version: shop_1
stages: [awareness]
timezone: UTC
journeys: [{name: all, inactivity: 30d}]
groups:
  from_an_ad: {any: [{utm_medium: cpc}, {path: {prefix: /ad/}}]}
sources:
  website:
    channel: web
    rules:
      - {when: {event: Order Completed, coupon: {present: true}}, touchpoint: bargain}
      - {when: {group: from_an_ad, call: page}, touchpoint: ad_visit, stage: awareness}
labels:
  web: {en: Website}
  bargain: {en: Bargain}
  ad_visit: {en: From an ad}
examples:
  - {source: website, given: {event: Order Completed, coupon: SPRING}, touchpoint: bargain}
  - {source: website, given: {event: Order Completed}}
"""
ORDER = (
    b'{"type": "track", "messageId": "m1", "event": "Order Completed", "anonymousId": "c1",'
    b' "timestamp": "2026-03-02T10:00:00Z", "properties": {"total": 10, "currency": "EUR"}}\n'
)
PAGE = (
    b'{"type": "page", "messageId": "m2", "anonymousId": "c1", "timestamp": "2026-03-02T09:00:00Z",'
    b' "context": {"campaign": {"medium": "cpc"}}}\n'
)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.yaml").write_text(SHOP, encoding="utf-8")
    (tmp_path / "log.jsonl").write_bytes(ORDER + PAGE)
    return tmp_path


def changed(shop: Path, old: str, new: str) -> None:
    assert old in SHOP
    (shop / "shop.yaml").write_text(SHOP.replace(old, new, 1), encoding="utf-8")


def test_a_good_mapping_is_counted(shop: Path) -> None:
    done = cjm(shop, "mapping", "check", "shop.yaml")
    assert done.returncode == 0
    assert done.stdout == (
        "shop.yaml is a mapping: 2 rules name 2 touchpoints in 1 stages; 2 examples\n"
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("call: page}", "call: page, group: x}", "shop.yaml:12: "),
        (
            "{utm_medium: cpc}",
            "{utm_medium: {}}",
            "shop.yaml:6: groups.from_an_ad.any.0.utm_medium",
        ),
    ],
)
def test_a_bad_one_is_refused_by_its_line(shop: Path, old: str, new: str, said: str) -> None:
    changed(shop, old, new)
    done = cjm(shop, "mapping", "check", "shop.yaml")
    assert done.returncode == 78
    assert said in done.stderr


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{when: {event: Order Completed, coupon: {present: true}},", "{when: {},",
         "shop.yaml:12: never reached: a rule above matches everything"),
        ("{when: {event: Order Completed, coupon: {present: true}},",
         "{when: {group: from_an_ad, call: page},", "shop.yaml:12: never reached: line 11 asks"),
        ("  bargain: {en: Bargain}\n", "", "shop.yaml:11: 'bargain' has no label"),
        ("stages: [awareness", "stages: [awareness, service",
         "shop.yaml:2: no rule names the stage 'service'"),
    ],
    ids=["everything", "the same", "label", "stage"],
)  # fmt: skip
def test_what_is_hardly_meant_is_told(shop: Path, old: str, new: str, said: str) -> None:
    changed(shop, old, new)
    done = cjm(shop, "mapping", "check", "shop.yaml")
    assert done.returncode == 0
    assert said in done.stdout


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("coupon: {present: true}}, touch", "cupon: {present: true}}, touch",
         "shop.yaml:11: field 'cupon' is not defined, did you mean 'coupon'?"),
        ("{utm_medium: cpc}", "{utm_medum: cpc}",
         "shop.yaml:6: field 'utm_medum' is not defined, did you mean 'utm_medium'?"),
        ("call: page}", "call: page, format: ga4}",
         "shop.yaml:12: field 'call' of ga4 is not defined"),
        ("call: page}", "call: page, format: segmnt}",
         "shop.yaml:12: format 'segmnt' is not defined, did you mean 'segment'?"),
        ("coupon: SPRING}", "copon: SPRING}",
         "shop.yaml:18: field 'copon' is not defined, did you mean 'coupon'?"),
    ],
    ids=["rule", "group", "format gives no such", "format", "example"],
)  # fmt: skip
def test_a_field_that_no_format_gives_is_refused(shop: Path, old: str, new: str, said: str) -> None:
    changed(shop, old, new)
    done = cjm(shop, "mapping", "check", "shop.yaml")
    assert done.returncode == 78
    assert said in done.stderr


def test_examples_that_hold(shop: Path) -> None:
    done = cjm(shop, "mapping", "test", "shop.yaml")
    assert (done.returncode, done.stdout) == (0, "2 examples are as expected\n")


def test_an_example_that_does_not_hold_is_named_by_its_line(shop: Path) -> None:
    changed(shop, "coupon: SPRING}, touchpoint: bargain", "coupon: SPRING}, touchpoint: ad_visit")
    done = cjm(shop, "mapping", "test", "shop.yaml")
    assert done.returncode == 1
    assert "shop.yaml:18: touchpoint is bargain, expected ad_visit" in done.stdout
    assert "1 of 2 examples" in done.stderr


def test_without_examples_it_says_how_to_write_one(shop: Path) -> None:
    changed(shop, SHOP[SHOP.index("examples:") :], "")
    done = cjm(shop, "mapping", "test", "shop.yaml")
    assert done.returncode == 66
    assert "has no examples, such as: examples:" in done.stderr


def explained(shop: Path, record: int, format_name: str = "segment") -> dict[str, Any]:
    done = cjm(
        shop, "mapping", "explain", "log.jsonl", "--format", format_name, "--record", str(record),
        "--mapping", "shop.yaml", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (one,) = json.loads(done.stdout)
    return dict(one)


def test_why_no_rule_matches(shop: Path) -> None:
    told = explained(shop, 1)
    assert told["matched"] is None
    assert told["event"]["event"] == "Order Completed"
    assert told["event"]["occurred_at"] == "2026-03-02T10:00:00+00:00"
    (near,) = told["close"]
    assert (near["rule"], near["line"]) == (1, 11)
    assert near["failed"] == ["coupon: (absent), asked for present True"]


def test_which_rule_matches(shop: Path) -> None:
    told = explained(shop, 2)
    assert (told["matched"]["rule"], told["matched"]["line"]) == (2, 12)
    assert told["matched"]["says"] == {"touchpoint": "ad_visit", "stage": "awareness"}


def test_of_an_envelope_what_lies_inside_is_explained(shop: Path) -> None:
    wrapped = "formats: {wrapped: {format: cloudevents, inside: segment}}"
    changed(shop, "timezone: UTC\n", f"timezone: UTC\n{wrapped}\n")
    envelope = {"specversion": "1.0", "id": "1", "source": "shop", "type": "seen"}
    (shop / "log.jsonl").write_text(json.dumps({**envelope, "data": json.loads(PAGE)}))
    told = explained(shop, 1, "wrapped")
    assert told["event"]["format"] == "segment"
    assert told["matched"]["says"]["touchpoint"] == "ad_visit"


@pytest.mark.parametrize(
    ("log", "record", "said"),
    [(ORDER, 2, "there is no record 2"), (b"{\n", 1, "record 1 becomes a dead letter: not_json")],
)
def test_a_record_that_cannot_be_explained(shop: Path, log: bytes, record: int, said: str) -> None:
    (shop / "log.jsonl").write_bytes(log)
    done = cjm(
        shop, "mapping", "explain", "log.jsonl", "--format", "segment", "--record", str(record)
    )
    assert done.returncode == 66
    assert said in done.stderr


def test_coverage_proposes_a_rule_for_what_none_matches(shop: Path) -> None:
    loaded = cjm(shop, "load", "--direct", "--format", "segment", "--mapping", "shop.yaml",
                 "--warehouse", "chdb:///w", "log.jsonl")  # fmt: skip
    assert loaded.returncode == 0, loaded.stderr
    done = cjm(shop, "mapping", "coverage", "--warehouse", "chdb:///w", "--json")
    told = json.loads(done.stdout)
    assert told["sources"] == [
        {"source": "website", "events": 2, "mapped": 1, "unmapped": 1, "dropped": 0, "share": 0.5}
    ]
    (shape,) = told["unmapped"]
    assert (shape["name"], shape["events"]) == ("Order Completed", 1)
    assert shape["rule"] == (
        '- {when: {format: segment, event: "Order Completed"}, touchpoint: order_completed}'
    )


@pytest.mark.parametrize(
    ("name", "touchpoint"),
    [("Order Completed", "order_completed"), ("404", "website_404"), ("Заказ", "website_event"),
     ("$pageview", "pageview")],
)  # fmt: skip
def test_a_proposed_touchpoint_is_a_slug(name: str, touchpoint: str) -> None:
    assert proposed("website", "segment", name).endswith(f"touchpoint: {touchpoint}}}")


def test_the_schema_knows_every_section(shop: Path) -> None:
    told = json.loads(cjm(shop, "mapping", "schema").stdout)
    assert set(told["properties"]) == set(Mapping.model_fields)
