"""The commands on a small warehouse, read as a stranger reads them."""

from __future__ import annotations

import bz2
import gzip
import json
from pathlib import Path
from shutil import copytree

import pytest

from cjm_tracker.mapping import DEFAULT_MAPPING
from cjm_tracker.sources import formats
from cjm_tracker.warehouse import connect
from tests.cli.commands import cjm

pytestmark = pytest.mark.slow

LOG = "\n".join(
    [
        '{"type":"identify","messageId":"m0","anonymousId":"k1","userId":"ann",'
        '"timestamp":"2026-10-01T10:00:00Z","traits":{"email":"Ann@Example.org","phone":"+359888123456"}}',
        '{"type":"page","messageId":"m1","anonymousId":"k1","timestamp":"2026-10-01T09:59:00Z"}',
        '{"type":"track","event":"Order Completed","messageId":"m2","userId":"ann",'
        '"timestamp":"2026-10-01T10:05:00Z","properties":{"revenue":19.9,"currency":"EUR"}}',
        '{"type":"track","event":"Gift Wrapped","messageId":"m3","userId":"ann",'
        '"timestamp":"2026-10-01T10:06:00Z"}',
        "not json",
    ]
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("commands")
    (directory / "log.jsonl").write_text(LOG)
    done = cjm(directory, "load", "--direct", "--format", "segment", "log.jsonl", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "records": 5,
        "stored": 3,
        "dropped": 1,
        "dead_letters": 1,
        "to": "chdb:///cjm-data",
    }
    return directory


def answer(place: Path, query: str) -> list[dict[str, object]]:
    done = cjm(place, "sql", query, "--format", "json")
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, object]] = json.loads(done.stdout)
    return rows


def test_sql_gives_json_csv_and_a_table(place: Path) -> None:
    query = "SELECT touchpoint, value FROM touchpoints ORDER BY occurred_at"
    assert answer(place, query) == [
        {"touchpoint": "page_viewed", "value": None},
        {"touchpoint": "order_completed", "value": 19.9},
    ]
    assert cjm(place, "sql", query, "--format", "csv").stdout.splitlines() == [
        "touchpoint,value",
        "page_viewed,",
        "order_completed,19.9000",
    ]
    assert "order_completed" in cjm(place, "sql", query + ";").stdout


@pytest.mark.parametrize("wanted", ["ann", "k1", "ann@example.ORG", "+359 888 123 456"])
def test_a_customer_is_found_by_any_identifier(place: Path, wanted: str) -> None:
    done = cjm(place, "journey", wanted)
    assert done.returncode == 0, done.stderr
    assert done.stdout.index("Page viewed") < done.stdout.index("Order completed")


def test_a_journey_can_be_read_by_a_program_and_in_other_languages(place: Path) -> None:
    document = json.loads(cjm(place, "journey", "ann", "--json").stdout)
    assert [step["touchpoint"] for step in document["steps"]] == ["page_viewed", "order_completed"]
    assert "Завършена поръчка" in cjm(place, "journey", "ann", "--lang", "bg").stdout


def test_e_mail_addresses_and_phones_are_not_stored_as_they_are(place: Path) -> None:
    stored = answer(place, "SELECT kind, value FROM identities WHERE kind IN ('email', 'phone')")
    assert len(stored) == 2
    for path in (place / "cjm-data").rglob("*"):
        if path.is_file():
            content = path.read_bytes().lower()
            assert b"ann@example.org" not in content and b"359888123456" not in content, path


def test_the_same_file_packed_in_any_way_changes_nothing(place: Path) -> None:
    figures = "SELECT (SELECT count() FROM events) AS e, (SELECT count() FROM dead_letters) AS d"
    before = answer(place, figures)
    (place / "again.jsonl.gz").write_bytes(gzip.compress(LOG.encode()))
    (place / "again.jsonl.bz2").write_bytes(bz2.compress(LOG.encode()))
    files = ("again.jsonl.gz", "again.jsonl.bz2")
    done = cjm(place, "load", "--direct", "--format", "segment", *files)
    assert done.returncode == 0, done.stderr
    assert "website" in done.stdout and answer(place, figures) == before == [{"e": 4, "d": 1}]


def test_what_no_rule_matches_is_shown_with_what_it_calls_itself(place: Path) -> None:
    assert answer(place, "SELECT name, events FROM unmapped") == [
        {"name": "Gift Wrapped", "events": 1}
    ]


def test_the_map_is_one_page(place: Path) -> None:
    done = cjm(place, "map", "--lang", "ru", "-o", "map.html")
    assert done.returncode == 0, done.stderr
    page = (place / "map.html").read_text(encoding="utf-8")
    assert (
        'lang="ru"' in page
        and "Покупка" in page
        and "http://" not in page.replace("http://www.w3.org/", "")
    )


def test_another_definition_can_be_looked_at(place: Path) -> None:
    text = DEFAULT_MAPPING.read_text(encoding="utf-8")
    more = "  - {name: from_order, starts_at: [order_completed], only_from_start: true}\n"
    # Before the section that follows the journeys.
    cut = text.index("\n# Per source")
    (place / "more.yaml").write_text(text[:cut] + more + text[cut:], encoding="utf-8")
    assert cjm(place, "rebuild", "--mapping", "more.yaml").returncode == 0
    asked = ("journey", "ann", "--mapping", "more.yaml", "--json")
    for definition, steps in (("customer_journey", 2), ("from_order", 1)):
        found = json.loads(cjm(place, *asked, "--definition", definition).stdout)
        assert len(found["steps"]) == steps
    mapped = cjm(place, "map", "--mapping", "more.yaml", "--definition", "from_order")
    assert mapped.returncode == 0, mapped.stderr
    unknown = cjm(place, "map", "--mapping", "more.yaml", "--definition", "nothing")
    assert unknown.returncode == 66
    assert "no journey definition 'nothing'; it has customer_journey, from_order" in unknown.stderr
    assert cjm(place, "rebuild").returncode == 0


def test_formats_lists_every_format(place: Path) -> None:
    shown = cjm(place, "formats").stdout
    assert all(name in shown for name in formats())


def test_migrate_says_what_it_would_do(tmp_path: Path) -> None:
    would = cjm(tmp_path, "migrate", "--dry-run").stdout
    assert "would apply 0001_facts" in would
    assert "applied 0001_facts" in cjm(tmp_path, "migrate").stdout
    assert "is at this version" in cjm(tmp_path, "migrate").stdout


def test_a_migration_that_leaves_no_journeys_says_what_makes_them(place: Path) -> None:
    copytree(place / "cjm-data", place / "older", symlinks=True)
    with connect(f"chdb:///{place / 'older'}") as warehouse:
        warehouse.command("TRUNCATE TABLE journey_log")
        (last,) = warehouse.query("SELECT max(name) FROM schema_migrations").rows[0]
        warehouse.command(f"DELETE FROM schema_migrations WHERE name = '{last}'")
    asked = ("--warehouse", "chdb:///older")
    assert "until the next stitch" in cjm(place, "migrate", *asked).stdout
    assert "until" not in cjm(place, "migrate", *asked).stdout
    assert cjm(place, "stitch", *asked).returncode == 0
    made = cjm(place, "sql", "SELECT path_text FROM journeys ORDER BY ALL", *asked).stdout
    assert made == cjm(place, "sql", "SELECT path_text FROM journeys ORDER BY ALL").stdout != ""


def test_a_stitch_without_anything_new_changes_no_journey(place: Path) -> None:
    query = "SELECT customer_id, path_text FROM journeys"
    before = answer(place, query)
    assert "wrote the journeys of" in cjm(place, "stitch").stdout
    assert answer(place, query) == before
