"""A dirty world has the noise it says it has; a clean one has none."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import phonenumbers
import pytest

from cjm_tracker.simulator import SampleLogs

from .reading import SOURCES, Seen, descents, read, records, table, understood


def _malformed(logs: SampleLogs) -> int:
    return sum(seen is None for source in SOURCES for seen in read(logs, source))


def _repeats(logs: SampleLogs) -> int:
    counts = [Counter(records(logs, source)) for source in SOURCES]
    return sum(number - 1 for count in counts for number in count.values())


def _versions(seen: list[Seen]) -> dict[str, set[bytes]]:
    versions: dict[str, set[bytes]] = {}
    for record in seen:
        versions.setdefault(record.event_id, set()).add(record.raw)
    return {event_id: raws for event_id, raws in versions.items() if len(raws) > 1}


def _identify_calls(logs: SampleLogs) -> dict[str, dict[str, str]]:
    messages = [seen.content for seen in understood(logs, "website")]
    return {m["messageId"]: m["traits"] for m in messages if m["type"] == "identify"}


def test_malformed_records_are_those_planted(dirty: SampleLogs) -> None:
    planted = {kind: n for kind, n in dirty.planted.items() if kind.startswith("malformed_")}
    assert _malformed(dirty) == sum(planted.values())
    assert sum(planted.values()) == pytest.approx(0.003 * sum(dirty.records.values()), rel=0.2)
    damages = ("truncated", "encoding", "type", "timestamp", "xml", "1970", "9999", "nan")
    assert set(planted) == {f"malformed_{damage}" for damage in damages}


def test_exact_repeats_are_those_planted(dirty: SampleLogs) -> None:
    assert _repeats(dirty) == dirty.planted["duplicate"]
    assert dirty.planted["duplicate"] == pytest.approx(0.015 * sum(dirty.records.values()), rel=0.1)


def test_resent_contacts_grow_and_never_shrink(dirty: SampleLogs) -> None:
    versions = _versions(understood(dirty, "call_centre"))
    assert len(versions) == dirty.planted["resent_contact"]
    for contact_id in versions:
        same = [s for s in understood(dirty, "call_centre") if s.event_id == contact_id]
        draft, final = min(same, key=_written), max(same, key=_written)
        assert draft.written_at < final.written_at
        assert "topic" not in draft.content["Attributes"]
        assert final.content["Attributes"].items() > draft.content["Attributes"].items()


def _written(seen: Seen) -> datetime:
    return seen.written_at


def test_some_message_ids_come_with_two_payloads(dirty: SampleLogs) -> None:
    versions = _versions(understood(dirty, "website"))
    assert len(versions) == dirty.planted["conflicting_id"] > 0
    assert not _versions(understood(dirty, "survey"))
    assert not _versions(understood(dirty, "store"))


def test_late_messages_say_when_they_came(dirty: SampleLogs) -> None:
    lags = [seen.written_at - seen.occurred_at for seen in understood(dirty, "website")]
    late = [lag for lag in lags if lag >= timedelta(minutes=50)]
    assert 0 < len(late) <= dirty.planted["late"] * 1.1  # a late record may be repeated
    assert max(late) <= timedelta(days=30, minutes=1)
    assert max(late) > timedelta(days=3)


def test_order_is_disturbed_in_every_log(dirty: SampleLogs) -> None:
    assert all(descents(understood(dirty, source)) > 0 for source in SOURCES)
    assert dirty.planted["out_of_order"] > 0


def test_national_phones_can_be_read_with_the_country(dirty: SampleLogs) -> None:
    phones = {row["value"] for row in _identifiers(dirty, "phone")}
    national = 0
    for traits in _identify_calls(dirty).values():
        if traits["phone"] == "0000000000" or traits["phone"].startswith("+"):
            continue
        number = phonenumbers.parse(traits["phone"], traits["country"])
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        assert e164 in phones
        national += 1
    assert national == dirty.planted["national_phone"] > 0


def test_junk_identifiers_are_in_the_logs_and_not_in_the_truth(dirty: SampleLogs) -> None:
    junk = {"null", "undefined", "guest", "0000000000", "test@test.com"}
    found: set[str] = set()
    for source in SOURCES:
        data = getattr(dirty, source).read_bytes().decode(errors="replace")
        found |= {word for word in junk if f'"{word}"' in data}
    assert found == junk
    values = {row["value"] for row in table(dirty.truth / "identifiers.csv")}
    assert not values & junk


def test_shared_identifiers_are_those_planted(dirty: SampleLogs) -> None:
    shared = {
        kind: len({row["value"] for row in _identifiers(dirty, kind) if row["shared"] == "1"})
        for kind in ("phone", "cookie", "loyalty_card")
    }
    planted = dirty.planted
    assert shared["phone"] == planted["household_phone"] > 0
    assert shared["cookie"] == planted["family_tablet"] + planted["kiosk"]
    assert shared["loyalty_card"] == planted["lent_card"] > 0
    assert planted["family_tablet"] > 0


def test_many_customers_sign_in_on_a_kiosk(dirty: SampleLogs) -> None:
    users = Counter(row["value"] for row in _identifiers(dirty, "cookie"))
    assert sum(number > 4 for number in users.values()) == dirty.planted["kiosk"] == 3


def _identifiers(logs: SampleLogs, kind: str) -> list[dict[str, str]]:
    return [row for row in table(logs.truth / "identifiers.csv") if row["kind"] == kind]


def test_a_clean_world_has_no_noise(clean: SampleLogs) -> None:
    assert clean.planted == {}
    assert _malformed(clean) == 0
    assert _repeats(clean) == 0
    for source in SOURCES:
        seen = understood(clean, source)
        assert descents(seen) == 0
        assert len({record.event_id for record in seen}) == len(seen)


def test_a_clean_world_shares_nothing(clean: SampleLogs) -> None:
    assert all(row["shared"] == "0" for row in table(clean.truth / "identifiers.csv"))
    phones = [traits["phone"] for traits in _identify_calls(clean).values()]
    assert all(phone.startswith("+") for phone in phones)


def test_in_a_clean_world_every_device_of_a_known_customer_signs_in(clean: SampleLogs) -> None:
    known = {row["customer"]: row["known"] for row in table(clean.truth / "customers.csv")}
    cookies = {
        row["value"] for row in _identifiers(clean, "cookie") if known[row["customer"]] == "1"
    }
    messages = [seen.content for seen in understood(clean, "website")]
    assert cookies == {m["anonymousId"] for m in messages if m["userId"]}
