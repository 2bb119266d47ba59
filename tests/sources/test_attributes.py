"""What a format says that rules may ask for, beside what its examples under tests/records show."""

from __future__ import annotations

from pathlib import Path

import pytest

from cjm_tracker.emotion.themes import THEMES
from cjm_tracker.mapping import load_mapping
from cjm_tracker.sources import formats
from cjm_tracker.sources.urls import ARRIVAL
from cjm_tracker.testing import expected, payloads

RECORDS = Path(__file__).parents[1] / "records"

# One function reads these off a query for all of its formats: test_urls.py shows each.
QUERY = set(ARRIVAL)
# Declared, and in no example: optional fields of the payload that stand on a line of code of their
# own, and what a format has from one whose examples show it (access logs, Qualtrics, Shopify).
UNSHOWN = {
    "ga4": {"category"},
    "haproxy": {"extension", "host"},
    "posthog": {"category"},
    "qualtrics_csv": {"about", "order_id", "region"},
    "s3_access": {"referrer_host"},
    "segment": {"reason", "topic"},
    "shopify": {"fulfillment"},
    "shopify_csv": {"fulfillment", "locale", "order_number", "payment", "reason", "store"},
    "zendesk_talk": {"callback"},
}


def shown(name: str) -> set[str]:
    rows = (
        row
        for path in payloads(RECORDS / name)
        for one in expected(path)
        for row in one.get("events", ())
    )
    # Themes are the mapping's, of what was written.
    return {attribute for row in rows for attribute in row["attributes"]} - {THEMES}


@pytest.mark.parametrize("name", formats())
def test_a_format_gives_what_it_declares(name: str) -> None:
    declared = formats()[name].attributes
    assert declared is not None and len(set(declared)) == len(declared)
    seen = shown(name)
    assert seen <= set(declared)
    assert set(declared) - seen - QUERY == UNSHOWN.get(name, set())


def test_a_table_gives_its_columns() -> None:
    bank = load_mapping(Path("bank"))
    assert bank.known_formats["branch_visits"].attributes == ("branch", "counter")
    assert set(bank.attributes("store")) >= {"branch_visits", "poslog"}
