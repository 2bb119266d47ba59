"""Stored events, asked again by other rules: exactly what loading the logs anew would say."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from cjm_tracker.emotion import THEMES, Theme
from cjm_tracker.events import Event, Record
from cjm_tracker.mapping import Mapping, load_mapping
from cjm_tracker.pipeline import Batch, Fact, Pipeline
from cjm_tracker.simulator import simulate
from cjm_tracker.sources import format_named
from cjm_tracker.testing import RECEIVED_AT
from cjm_tracker.touchpoints import Rule, SourceRules, When, compile_rules
from cjm_tracker.touchpoints.fields import OWN
from cjm_tracker.warehouse import Warehouse, migrate, stitch, store
from cjm_tracker.warehouse.remap import Page, Said, remap

from ..conftest import forget_everything
from ..sources.test_records import PAYLOADS
from .deeds import DAY, MAPPING, MINUTE, NOW, STAGES, START, Deed, Journal, at, batch_of, count

KEY = b"0123456789abcdef"
VERSION = "new:1"
YEAR = 365 * DAY
RETAIL = load_mapping()


def mapping(rules: dict[str, list[dict[str, Any]]], base: Mapping = RETAIL) -> Mapping:
    """The base with other rules for some sources."""
    sources = {
        source: SourceRules.model_validate({"channel": section.channel, "rules": rules[source]})
        if source in rules
        else section
        for source, section in base.sources.items()
    }
    groups = base.groups | {"on_a_tablet": When.model_validate({"device": "tablet"})}
    # Themes of its own, and the commonest of the preset's under another name.
    themes = {"dear": Theme(en=["too"], bg=["бърз*"]), "thanks": RETAIL.themes["praise"]}
    return base.model_copy(update={"sources": sources, "groups": groups, "themes": themes})


# Asks for every field an event has of its own, in every way a rule can ask.
EVERYTHING = mapping(
    {
        "website": [
            {"when": {"format": "apache_combined", "path": {"prefix": "/a"}}, "touchpoint": "a"},
            {"when": {"format": ["apache_combined"], "status": "404"}, "touchpoint": "b"},
            {"when": {"format": {"prefix": "apache"}, "user_agent": {"contains": "BOT"}},
             "drop": "robot"},
            {"when": {"is_bot": True}, "drop": "robot"},
            {"when": {"any": [{"arrival": "email"}, {"group": "on_a_tablet"}]},
             "touchpoint": "came"},
            {"when": {"value": {"min": 100}}, "touchpoint": "dear", "stage": "purchase"},
            {"when": {"value": {"present": True}, "currency": "EUR"}, "touchpoint": "cheap"},
            {"when": {"call": ["track"], "event": {"glob": "Product*"}}, "touchpoint": "looked"},
            {"when": {"utm_medium": {"not": {"present": False}}}, "touchpoint": "led",
             "channel": "ads"},
            {"when": {"event": {"suffix": "Completed"}}, "drop": "unwanted"},
        ],
        "call_centre": [
            {"when": {"wait_s": {"min": 30, "max": 90}}, "touchpoint": "waited"},
            {"when": {"duration_s": {"max": 300}, "outcome": "answered"}, "touchpoint": "brief"},
        ],
        "store": [
            {"when": {"event": "sale", "value": {"not": {"max": 50}}}, "touchpoint": "big"},
            {"when": {"outcome": {"present": True}}, "touchpoint": "other"},
        ],
        "survey": [
            {"when": {"metric": "csat", "score": {"max": 2}}, "touchpoint": "bad"},
            {"when": {"score": 5}, "touchpoint": "best"},
        ],
        "crm": [{"when": {}, "touchpoint": "known", "stage": "loyalty"}],
    }
)  # fmt: skip
MAPPINGS = {"the retail preset": RETAIL, "rules that ask for everything": EVERYTHING}
LOGS = {"website": "segment", "call_centre": "amazon_connect", "store": "poslog",
        "survey": "typeform"}  # fmt: skip


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Path]]:
    """Every payload there is, and the simulator's logs: (format, file)."""
    end = datetime(2026, 3, 1, 12, tzinfo=UTC)
    sample = simulate(tmp_path_factory.mktemp("logs"), events=1_000, end=end)
    return [
        *((path.parent.name, path) for path in PAYLOADS),
        *((format_name, getattr(sample, source)) for source, format_name in LOGS.items()),
    ]


def facts(logs: list[tuple[str, Path]], by: Mapping) -> tuple[list[Fact], list[Record]]:
    """What the pipeline makes of the logs."""
    pipeline = Pipeline(by, KEY)
    found: list[Fact] = []
    told: list[Record] = []
    for format_name, path in logs:
        format_ = format_named(format_name)
        with path.open("rb") as stream:
            frames = list(format_.frames(stream))
        records = [Record("t", 0, len(told) + n, RECEIVED_AT, one) for n, one in enumerate(frames)]
        found += pipeline.process(records, format_).facts
        told += records
    return found, told


def keep(warehouse: Warehouse, logs: list[tuple[str, Path]], by: Mapping) -> None:
    found, records = facts(logs, by)
    store(warehouse, Batch(found), records, "old:1", NOW)


Key = tuple[str, str, int]


def said(warehouse: Warehouse) -> dict[Key, Said]:
    columns = (*Said._fields[:-1], "attributes['themes']")
    names = ", ".join(("source", "event_id", "fingerprint", *columns))
    rows = warehouse.query(f"SELECT {names} FROM event_log FINAL").rows
    return {row[:3]: Said(*row[3:]) for row in rows}


def loaded(logs: list[tuple[str, Path]], by: Mapping) -> dict[Key, Said]:
    """What is said of each event where the logs are loaded with this mapping at once."""
    return {
        (fact.source, fact.event.event_id, fact.fingerprint): Said(
            *fact.touchpoint, fact.emotion, fact.event.attributes.get(THEMES, "")
        )
        for fact in facts(logs, by)[0]
    }


def all_pages(warehouse: Warehouse, by: Mapping, **more: Any) -> list[Page]:
    return list(remap(warehouse, by, VERSION, **more))


def changed(pages: list[Page]) -> int:
    return sum(group.stored for page in pages for group in page.groups if group.changes)


# --- as if loaded anew


@pytest.mark.parametrize("new", MAPPINGS)
@pytest.mark.parametrize("old", MAPPINGS)
def test_it_says_what_loading_anew_would_say(
    warehouse: Warehouse, logs: list[tuple[str, Path]], old: str, new: str
) -> None:
    keep(warehouse, logs, MAPPINGS[old])
    pages = all_pages(warehouse, MAPPINGS[new], size=300)
    assert said(warehouse) == loaded(logs, MAPPINGS[new])
    assert (changed(pages) > 300) == (old != new)
    assert (changed(pages) == 0) == (old == new)


def test_all_else_comes_through_as_it_was(
    warehouse: Warehouse, logs: list[tuple[str, Path]]
) -> None:
    keep(warehouse, logs, RETAIL)
    everything = (
        "SELECT * EXCEPT (touchpoint, channel, stage, drop_reason, emotion, stored_at,"
        " mapping_version) REPLACE (mapFilter((name, text) -> name != 'themes', attributes)"
        " AS attributes) FROM event_log FINAL ORDER BY ALL"
    )
    before = warehouse.query(everything).rows
    all_pages(warehouse, EVERYTHING)
    after = warehouse.query(everything).rows
    assert after == before
    # The rows that matter are among them: money, maps, lists, and what is not known.
    columns = list(zip(*before, strict=True))
    assert {type(value).__name__ for column in columns for value in column} >= {
        "Decimal", "dict", "list", "NoneType", "float", "datetime"
    }  # fmt: skip


def test_only_what_changes_is_written_and_just_later(
    warehouse: Warehouse, logs: list[tuple[str, Path]]
) -> None:
    keep(warehouse, logs, RETAIL)
    before, rows = said(warehouse), count(warehouse, "event_log")
    all_pages(warehouse, EVERYTHING)
    after = said(warehouse)
    differing = {key for key, now in after.items() if now != before[key]}
    assert count(warehouse, "event_log") - rows == len(differing)
    found = warehouse.query(
        "SELECT source, event_id, fingerprint, mapping_version,"
        " toUnixTimestamp64Milli(stored_at) FROM event_log FINAL"
    ).rows
    for *key, version, stored_at in found:
        expected = (VERSION, NOW + 1) if tuple(key) in differing else ("old:1", NOW)
        assert (version, stored_at) == expected


def test_a_second_time_nothing_changes(warehouse: Warehouse, logs: list[tuple[str, Path]]) -> None:
    keep(warehouse, logs, RETAIL)
    all_pages(warehouse, EVERYTHING, size=500)
    rows = count(warehouse, "event_log")
    assert changed(all_pages(warehouse, EVERYTHING, size=300)) == 0
    assert count(warehouse, "event_log") == rows


def test_there_and_back_again(warehouse: Warehouse, logs: list[tuple[str, Path]]) -> None:
    keep(warehouse, logs, RETAIL)
    before = said(warehouse)
    for by in (EVERYTHING, RETAIL, EVERYTHING, RETAIL):
        all_pages(warehouse, by)
    assert said(warehouse) == before


# --- what rules may and may not say

GONE = mapping({"store": [{"when": {}, "touchpoint": "sold"}]})


def test_no_rule_overrules_what_the_format_dropped(
    warehouse: Warehouse, logs: list[tuple[str, Path]]
) -> None:
    keep(warehouse, [one for one in logs if one[0] == "poslog"], RETAIL)
    all_pages(warehouse, GONE)
    found = warehouse.query(
        "SELECT DISTINCT drop_reason, format_drop, touchpoint, stage, channel"
        " FROM event_log FINAL ORDER BY ALL"
    ).rows
    assert found == [
        ("", "", "sold", "", "store"),
        ("control_transaction", "control_transaction", "", "", "store"),
        ("voided_sale", "voided_sale", "", "", "store"),
    ]


def named(says: dict[str, str], drop: str = "") -> Mapping:
    """A mapping for deeds, whose events are called as what they stand for."""
    rules: list[dict[str, Any]] = [
        {"when": {"event": name}, "touchpoint": said, "stage": STAGES.get(said)}
        for name, said in says.items()
    ]
    rules.append({"when": {"event": drop or "none"}, "drop": "unwanted"})
    return mapping(dict.fromkeys(MAPPING.sources, rules), MAPPING)


AS_TOLD = named({name: name for name in STAGES})


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        pytest.param(AS_TOLD, ("seen", "web", "awareness", ""), id="the same"),
        pytest.param(named({"seen": "bought"}), ("bought", "web", "purchase", ""), id="another"),
        pytest.param(named({"else": "seen"}), ("", "web", "", ""), id="unmapped"),
        pytest.param(named({}, drop="seen"), ("", "web", "", "unwanted"), id="drop"),
    ],
)
@pytest.mark.parametrize("dropped", ["", "by_a_rule"])
def test_a_rule_may_say_anything_of_what_a_rule_has_said(
    warehouse: Warehouse, dropped: str, by: Mapping, expected: tuple[str, ...]
) -> None:
    Journal(warehouse).keep(at(0, drop_reason=dropped))
    all_pages(warehouse, by)
    assert [found[:4] for found in said(warehouse).values()] == [expected]


def test_a_source_that_the_mapping_no_longer_has_is_unmapped(warehouse: Warehouse) -> None:
    Journal(warehouse).keep(at(0))
    only = AS_TOLD.model_copy(update={"sources": {"store": AS_TOLD.sources["store"]}})
    all_pages(warehouse, only)
    assert list(said(warehouse).values()) == [Said("", "", "", "", None, "")]


@pytest.mark.parametrize("score", [0.0, 5.0, 10.0])
def test_emotion_is_that_of_the_answer(warehouse: Warehouse, score: float) -> None:
    batch, records = batch_of([at(0, emotion=0.123)])
    batch.facts[0].event.metric, batch.facts[0].event.score = "nps", score
    store(warehouse, batch, records, "old:1", NOW)
    all_pages(warehouse, AS_TOLD)
    assert [found.emotion for found in said(warehouse).values()] == [score / 5 - 1]


# --- states of events


def test_only_the_latest_of_what_was_said_counts(warehouse: Warehouse) -> None:
    journal = Journal(warehouse)
    for touchpoint in ("bought", "seen"):  # one event, by two mappings
        batch, records = batch_of([at(0, "seen")])
        point = batch.facts[0].touchpoint._replace(name=touchpoint)
        batch.facts[0] = batch.facts[0]._replace(touchpoint=point)
        journal.now += 1
        store(warehouse, batch, records, touchpoint, journal.now)
    assert changed(all_pages(warehouse, AS_TOLD)) == 0


def test_of_two_states_the_one_stored_last_stays_so(warehouse: Warehouse) -> None:
    # Loaded again with other identity rules: the same event, under another identifier.
    for second, (who, touchpoint) in enumerate([("cookie:c1", "helped"), ("cookie:c2", "seen")]):
        batch, records = batch_of([at(0, "seen", who)])
        point = batch.facts[0].touchpoint._replace(name=touchpoint)
        batch.facts[0] = batch.facts[0]._replace(touchpoint=point, fingerprint=1)
        store(warehouse, batch, records, who, NOW + 1000 * second)
    standing = "SELECT identifier, touchpoint FROM events"
    before = warehouse.query(standing).rows
    assert changed(all_pages(warehouse, AS_TOLD)) == 1
    assert warehouse.query(standing).rows == before == [(at(0, who="cookie:c2").numbers[0], "seen")]


def test_a_state_that_no_longer_holds_is_stored_but_no_event(warehouse: Warehouse) -> None:
    journal = Journal(warehouse)
    journal.keep(at(0, id="e", revision=1), at(1, id="e", revision=2, who="cookie:c2"), at(2))
    stitch(warehouse, MAPPING, journal.now)
    groups = [g for page in all_pages(warehouse, named({"seen": "bought"})) for g in page.groups]
    assert [(group.events, group.stored) for group in groups] == [(2, 3)]


# --- pages

# Two identifiers and none, over three years, several events at one instant.
SPREAD = [
    Deed(f"{year} {who} {n}", START + year * YEAR + n // 3 * MINUTE, who, touchpoint)
    for year in range(3)
    for who in ((), ("cookie:c1",), ("cookie:c2",))
    for n, touchpoint in enumerate(["seen", "bought", "helped", "compared", "seen", "bought", ""])
]
NEW = named({"seen": "seen", "bought": "helped", "helped": "bought"})


@pytest.fixture(scope="module")
def spread(engine: Warehouse) -> dict[Key, Said]:
    """What is said of them where all are asked at once."""
    return _asked(engine, 100_000)[1]


def _asked(engine: Warehouse, size: int) -> tuple[list[Page], dict[Key, Said]]:
    migrate(engine)
    forget_everything(engine)
    Journal(engine).keep(*SPREAD)
    return all_pages(engine, NEW, size=size), said(engine)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 62, 63, 64])
def test_pages_of_any_size_say_the_same(
    engine: Warehouse, spread: dict[Key, Said], size: int
) -> None:
    pages, found = _asked(engine, size)
    assert found == spread
    assert sum(page.stored for page in pages) == len(SPREAD)
    # An instant of one identifier is never cut.
    assert max(page.stored for page in pages) <= max(size + 2, 3)


@pytest.mark.parametrize("done", [1, 4, 5, 8])
def test_it_goes_on_behind_a_page(engine: Warehouse, spread: dict[Key, Said], done: int) -> None:
    pages, _ = _asked(engine, 9)
    _begun(engine, done)
    rest = all_pages(engine, NEW, size=9, after=pages[done - 1].end)
    assert [page.end for page in rest] == [page.end for page in pages[done:]]
    assert said(engine) == spread


def _begun(engine: Warehouse, done: int) -> None:
    forget_everything(engine)
    Journal(engine).keep(*SPREAD)
    begun = remap(engine, NEW, VERSION, size=9)
    for _ in range(done):
        next(begun)
    begun.close()


def test_nothing_stored_is_no_page(warehouse: Warehouse) -> None:
    assert all_pages(warehouse, NEW) == []


# --- what the page shows the rules is all they can see


def test_every_field_of_its_own_that_a_rule_can_ask_for_is_in_a_page() -> None:
    # One more belongs into `seen` of sql/rebuild/page.sql.
    assert set(OWN) == {
        "event", "outcome", "currency", "metric", "score", "value", "wait_s", "duration_s"
    }  # fmt: skip


TESTS: list[Any] = [
    "", "x", 0, False, ["", "x"], {"prefix": ""}, {"prefix": "x"}, {"suffix": "x"}, {"glob": "*"},
    {"contains": "x"}, {"min": 0}, {"max": 0}, {"present": True}, {"present": False},
    {"not": {"prefix": "x"}}, {"not": {"min": 0}}, {"not": {"present": True}},
]  # fmt: skip


@pytest.mark.parametrize("test", TESTS, ids=repr)
def test_no_rule_tells_an_empty_field_from_an_absent_one(test: Any) -> None:
    """A page does not tell them apart either: a name that rules do not ask for is empty in it."""
    rule = TypeAdapter(Rule).validate_python(
        {"when": {"f": test, "event": test}, "touchpoint": "t"}
    )
    section = RETAIL.sources["website"].model_copy(update={"rules": [rule]})
    classify = compile_rules({"website": section})

    @cache
    def asked(*fields: tuple[str, str]) -> Any:
        return classify("website", "segment", Event("e", "", 0, attributes=dict(fields)))

    assert asked() == asked(("f", ""))
