"""Views that look at few events before they tell each event's last state."""

from __future__ import annotations

import pytest

from cjm_tracker.warehouse import Warehouse, store

from .deeds import START, Deed, Journal, batch_of

# The same question of all events, the slow way.
SLOWLY = {
    "comments": "SELECT event_id FROM touchpoints WHERE comment != ''",
    "unmapped_events": "SELECT event_id FROM events WHERE touchpoint = '' AND drop_reason = ''",
}


def ids(warehouse: Warehouse, sql: str) -> list[str]:
    return sorted(row[0] for row in warehouse.query(sql).rows)


@pytest.mark.parametrize(
    ("view", "is_in", "is_out"),
    [
        ("comments", {"comment": "bad"}, {"comment": ""}),
        ("unmapped_events", {"touchpoint": ""}, {"touchpoint": "seen"}),
    ],
)
def test_the_last_state_of_an_event_decides(
    warehouse: Warehouse, view: str, is_in: dict[str, str], is_out: dict[str, str]
) -> None:
    states = {"came": (is_out, is_in), "went": (is_in, is_out), "stayed": (is_in, is_in)}
    journal = Journal(warehouse)
    for revision in (0, 1):
        # Another identifier: no merge would bring the two states together.
        journal.keep(
            *(
                Deed(name, START, (f"cookie:{revision}",), revision=revision).but(**said[revision])
                for name, said in states.items()
            ),
            Deed("never", START).but(**is_out),
        )
    assert ids(warehouse, f"SELECT event_id FROM {view}") == ["came", "stayed"]
    assert ids(warehouse, SLOWLY[view]) == ["came", "stayed"]


def test_campaigns_count_each_touchpoint_and_customer_once(warehouse: Warehouse) -> None:
    batch, records = batch_of([Deed(f"e{n}", START + n) for n in range(4)])
    for fact, campaign in zip(batch.facts, ("spring", "spring", "autumn", ""), strict=True):
        fact.event.attributes["campaign"] = campaign
    store(warehouse, batch, records, "test:1", START)
    store(warehouse, batch, records, "test:1", START + 1)
    found = warehouse.query("SELECT campaign, touchpoints, customers FROM campaigns").rows
    # Nobody is stitched yet.
    assert sorted(found) == [("autumn", 1, 0), ("spring", 2, 0)]


def test_arrivals_are_rows_as_they_were_written(warehouse: Warehouse) -> None:
    journal = Journal(warehouse)
    journal.keep(Deed("e", START), Deed("e", START, ("cookie:other",), revision=1))
    found = warehouse.query("SELECT event_id, revision FROM arrivals ORDER BY revision").rows
    assert found == [("e", 0), ("e", 1)]
    assert ids(warehouse, "SELECT event_id FROM events") == ["e"]
