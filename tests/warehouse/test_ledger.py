"""What the ledger proves, and what it finds when something is made to be wrong."""

from __future__ import annotations

from typing import Any

import pytest

from cjm_tracker.events import Record
from cjm_tracker.mapping import load_mapping
from cjm_tracker.pipeline import Batch, Pipeline
from cjm_tracker.sources import format_named
from cjm_tracker.warehouse import Warehouse, store
from cjm_tracker.warehouse.ledger import Account, Gap, Told, findings, ledger, unseen
from cjm_tracker.warehouse.replay import store_again

from .deeds import NOW, START, Cut, Deed, Mortal, batch_of

TOPIC = "cjm.raw.website"


def keep(
    warehouse: Warehouse, first: int, count: int, *, topic: str = TOPIC, again: str = ""
) -> None:
    """A batch of `count` records, each with an event of its own."""
    deeds = [Deed(f"{topic}:{n}", START + n) for n in range(first, first + count)]
    batch, records = batch_of(deeds, first, topic)
    if again:
        store_again(warehouse, batch, records, "test:1", NOW + 1, again)
    else:
        store(warehouse, batch, records, "test:1", NOW)


def ledger_row(warehouse: Warehouse, first: int, last: int, **counts: int) -> None:
    """A batch's row without the batch."""
    names = ", ".join(counts)
    values = ", ".join(str(value) for value in counts.values())
    warehouse.command(
        f"INSERT INTO batch_log (topic, partition, first_offset, last_offset, {names})"
        f" VALUES ('{TOPIC}', 0, {first}, {last}, {values})"
    )


def faults(account: Account, told: Told | None = None) -> list[str]:
    return [one.text for one in findings(account, told) if one.is_fault]


def only(warehouse: Warehouse) -> Account:
    (account,) = ledger(warehouse)
    return account


# --- a whole ledger


def test_an_empty_ledger_has_no_account(warehouse: Warehouse) -> None:
    assert ledger(warehouse) == []


def test_batches_side_by_side_are_whole(warehouse: Warehouse) -> None:
    keep(warehouse, 0, 5)
    keep(warehouse, 5, 3)
    account = only(warehouse)
    assert (account.first, account.last, account.batches) == (0, 7, 2)
    assert (account.records, account.stored, account.found, account.events) == (8, 8, 8, 8)
    assert findings(account, None) == []


def test_every_partition_has_its_own_account(warehouse: Warehouse) -> None:
    keep(warehouse, 0, 2)
    keep(warehouse, 100, 2, topic="cjm.raw.store")
    keep(warehouse, 0, 1, topic="file:a.log@12.website")
    assert [(one.topic, one.first, one.records) for one in ledger(warehouse)] == [
        ("cjm.raw.store", 100, 2), ("cjm.raw.website", 0, 2), ("file:a.log@12.website", 0, 1)
    ]  # fmt: skip


def test_a_hole_within_a_batch_is_none(warehouse: Warehouse) -> None:
    # A transaction's marker has an offset and is no record.
    batch, records = batch_of([Deed(f"e{n}", START + n) for n in range(3)], 0, TOPIC)
    store(warehouse, batch, [*records[:2], records[2]._replace(offset=5)], "test:1", NOW)
    keep(warehouse, 6, 2)
    assert findings(only(warehouse), None) == []


@pytest.mark.parametrize("second", [(0, 3), (2, 4), (1, 2), (0, 9), (4, 3)])
def test_ranges_read_twice_are_no_fault(warehouse: Warehouse, second: tuple[int, int]) -> None:
    keep(warehouse, 0, 6)
    keep(warehouse, *second)
    covered = set(range(6)) | set(range(second[0], sum(second)))
    keep(warehouse, len(covered), 2)
    account = only(warehouse)
    # A batch that begins where another began takes its row's place.
    replaced = second[0] == 0
    assert account.read_twice == (0 if replaced else 6 + second[1] - len(covered))
    if second == (0, 3):
        # The shorter row, and what followed it in the longer one was not read again yet.
        assert account.gaps == [Gap(3, 5)]
    else:
        assert findings(account, None) == []


def test_one_long_batch_reaches_over_those_that_begin_later(warehouse: Warehouse) -> None:
    keep(warehouse, 0, 20)
    keep(warehouse, 2, 3)
    keep(warehouse, 20, 1)
    account = only(warehouse)
    assert (account.gaps, account.astray, account.beyond) == ([], 0, 0)


def test_equal_records_share_a_row_and_are_counted(warehouse: Warehouse) -> None:
    deed = Deed("e", START)
    for first in (0, 1):
        batch, records = batch_of([deed], first, TOPIC)
        store(warehouse, batch, records, "test:1", NOW + first)
    # Rows that say the same become one when parts are merged.
    warehouse.command("OPTIMIZE TABLE event_log FINAL")
    account = only(warehouse)
    assert (account.records, account.found, unseen([account])) == (2, 1, 1)
    assert findings(account, None) == []


def test_dead_letters_are_found_by_their_address(warehouse: Warehouse) -> None:
    bad = [Record(TOPIC, 0, n, NOW, b"{" * (n + 1)) for n in range(3)]
    batch = Pipeline(load_mapping(), b"key").process(bad, format_named("segment"))
    store(warehouse, batch, bad, "test:1", NOW)
    account = only(warehouse)
    assert (account.dead_letters, account.found, account.stored) == (3, 3, 0)
    assert findings(account, None) == []


# --- a ledger with something wrong


def test_a_gap_is_found_and_only_the_broker_can_explain_it(warehouse: Warehouse) -> None:
    keep(warehouse, 0, 5)
    keep(warehouse, 9, 3)
    account = only(warehouse)
    gap = Gap(5, 8)
    assert account.gaps == [gap]
    assert ["only its broker knows" in fault for fault in faults(account)] == [True]
    assert faults(account, Told({gap: 0})) == []
    (lost,) = faults(account, Told({gap: 3}))
    assert "LOST: offsets 5-8, 3 records" in lost
    assert "cjm replay --source website --from 0:5 --to 0:9" in lost
    (gone,) = findings(account, Told({gap: 0}, first=9))
    assert not gone.is_fault and "nobody can tell" in gone.text


def test_a_gap_of_a_file_is_mended_by_loading_it(warehouse: Warehouse) -> None:
    keep(warehouse, 0, 2, topic="file:a.log@12.website")
    keep(warehouse, 3, 2, topic="file:a.log@12.website")
    (fault,) = faults(only(warehouse))
    assert "load the file again" in fault


def test_rows_in_a_gap_are_astray_whatever_the_broker_says(warehouse: Warehouse) -> None:
    for first in (0, 5, 9):
        keep(warehouse, first, 4 if first == 5 else 5)
    warehouse.command("DELETE FROM batch_log WHERE first_offset = 5")
    account = only(warehouse)
    assert (account.gaps, account.astray, account.first_outside) == ([Gap(5, 8)], 4, 5)
    assert len(faults(account, Told({Gap(5, 8): 0}))) == 1


def test_an_event_a_batch_names_must_be_stored(warehouse: Warehouse) -> None:
    keep(warehouse, 0, 5)
    warehouse.command(f"DELETE FROM event_log WHERE event_id = '{TOPIC}:3'")
    account = only(warehouse)
    assert account.missing == 1
    assert faults(account) == ["events that a batch names and that are not stored: 1"]


def test_events_are_looked_for_slice_by_slice(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(warehouse, 0, 30)
    warehouse.command(f"DELETE FROM event_log WHERE event_id IN ('{TOPIC}:3', '{TOPIC}:7')")
    monkeypatch.setattr("cjm_tracker.warehouse.ledger.SLICE", 4)
    assert only(warehouse).missing == 2


@pytest.mark.parametrize(
    "counts",
    [
        {"records": 10, "stored": 8, "dropped": 1, "dead_letters": 0},
        {"records": 11, "stored": 11, "dropped": 0, "dead_letters": 0},
        {"records": 0, "stored": 0, "dropped": 0, "dead_letters": 0},
    ],
    ids=["one is missing", "more than offsets", "none at all"],
)
def test_a_batch_whose_numbers_contradict_each_other(
    warehouse: Warehouse, counts: dict[str, int]
) -> None:
    ledger_row(warehouse, 0, 9, records=10, stored=7, dropped=2, dead_letters=1)
    assert faults(only(warehouse)) == []
    ledger_row(warehouse, 10, 19, **counts)
    assert faults(only(warehouse)) == ["batches whose numbers contradict each other: 1"]


def test_facts_without_their_ledger_row_are_told_from_lost_ones(warehouse: Warehouse) -> None:
    keep(warehouse, 0, 5)
    with pytest.raises(Cut):
        keep(Mortal(warehouse, "batch_log"), 5, 3)
    account = only(warehouse)
    assert (account.beyond, account.astray) == (3, 0)
    assert len(faults(account)) == 1  # nobody knows
    assert faults(account, Told(committed=5)) == []  # it will be read again
    (fault,) = faults(account, Told(committed=8))
    assert "committed up to 8, but the ledger ends at 4" in fault


def test_a_partition_may_have_facts_and_no_ledger_at_all(warehouse: Warehouse) -> None:
    with pytest.raises(Cut):
        keep(Mortal(warehouse, "batch_log"), 0, 3)
    account = only(warehouse)
    assert (account.batches, account.beyond) == (0, 3)
    assert faults(account, Told(committed=None)) == []
    assert "the ledger ends at nothing" in faults(account, Told(committed=3))[0]


# --- what was read again


def test_a_replay_neither_covers_nor_doubles_the_workers_rows(warehouse: Warehouse) -> None:
    keep(warehouse, 0, 5)
    before = warehouse.query("SELECT * FROM batches").rows
    keep(warehouse, 1, 3, again="r1")
    own = warehouse.query("SELECT * FROM batches WHERE NOT startsWith(topic, 'replay:')").rows
    assert own == before
    apart, account = sorted(ledger(warehouse), key=lambda one: one.records)
    assert (apart.topic, apart.first, apart.last) == (f"replay:{TOPIC}", 1, 3)
    assert findings(apart, None) == findings(account, None) == []
    assert unseen([apart, account]) == 0


def test_a_gap_that_was_replayed_is_closed_and_said_so(warehouse: Warehouse) -> None:
    keep(warehouse, 0, 5)
    keep(warehouse, 9, 3)
    keep(warehouse, 5, 2, again="r1")
    account = ledger(warehouse)[0]
    assert (account.gaps, account.replayed, account.astray) == ([Gap(7, 8)], 2, 0)
    keep(warehouse, 7, 2, again="r2")
    account = ledger(warehouse)[0]
    assert (account.gaps, account.replayed) == ([], 4)
    assert [(one.is_fault, one.text) for one in findings(account, None)] == [
        (False, "4 offsets of gaps were read by cjm replay")
    ]


def test_a_replay_far_from_the_workers_rows_makes_no_gap(warehouse: Warehouse) -> None:
    keep(warehouse, 100, 5)
    keep(warehouse, 0, 5, again="r1")
    keep(warehouse, 500, 5, again="r1")
    assert [findings(account, None) for account in ledger(warehouse)] == [[], []]


def test_a_replay_of_what_the_workers_never_read_needs_no_row_of_theirs(
    warehouse: Warehouse,
) -> None:
    keep(warehouse, 0, 5, again="r1")
    accounts: Any = {account.topic: account for account in ledger(warehouse)}
    assert accounts[TOPIC].found == 5 and accounts[TOPIC].beyond == 0
    assert [findings(account, None) for account in accounts.values()] == [[], []]


def test_a_second_replay_by_an_earlier_mapping_holds_again(warehouse: Warehouse) -> None:
    # Its rows were written before: their tokens must not make it look done.
    for number, (version, touchpoint) in enumerate(
        [("a:1", "seen"), ("b:1", "bought"), ("a:1", "seen")]
    ):
        batch, records = batch_of([Deed("e", START, touchpoint=touchpoint)], 0, TOPIC)
        store_again(warehouse, _same_event(batch), records, version, NOW + number, f"r{number}")
    assert warehouse.query("SELECT touchpoint FROM touchpoints").rows == [("seen",)]
    (tokens,) = warehouse.query("SELECT count() FROM new_batches").rows[0]
    assert tokens == 3  # each of them is stitched


def _same_event(batch: Batch) -> Batch:
    """The deed's fingerprint is of its touchpoint, too; an event's is not."""
    batch.facts = [fact._replace(fingerprint=7) for fact in batch.facts]
    return batch
