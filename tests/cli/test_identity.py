"""`cjm identity`, read as a stranger reads it: who is who and why, decided and taken back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cjm_tracker.resources import PRESETS
from cjm_tracker.warehouse import connect
from tests.cli.commands import cjm
from tests.warehouse.servers import Server

pytestmark = pytest.mark.slow

MAPPING = {
    "declared: []": "declared: [{kind: cookie, as: kiosk, prefix: kiosk-},"
    " {kind: user_id, as: agent, values: [helpdesk]}]",
    "blocked: []": "blocked: [walk-in]",
}


def event(number: int, cookie: str = "", user: str = "", **traits: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": "identify" if traits else "page",
        "messageId": f"m{number}",
        "timestamp": f"2026-10-01T10:{number:02}:00Z",
        "traits": traits,
    }
    return told | {
        name: value for name, value in (("anonymousId", cookie), ("userId", user)) if value
    }


PHONE, OTHER_PHONE = "+359888123456", "+359888777666"
LOG = [
    event(0, "k1"),
    event(1, "k1", "ann", email="Ann@Example.org", phone=PHONE),
    event(2, "k2", email="ann@example.org"),
    event(3, "k3", "boris", phone=PHONE),
    event(4, "k4", "vera", phone=OTHER_PHONE),
    event(5, "kiosk-1", "ann"),
    event(6, "kiosk-1", "vera"),
    event(7, "lone"),
    event(8, "twin"),
    event(9, "k9", "twin"),
    event(10, "esc\x1b[31m"),
]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a warehouse that nobody decides in."""
    directory = tmp_path_factory.mktemp("identity")
    mapping = (PRESETS / "retail.yaml").read_text(encoding="utf-8")
    for old, new in MAPPING.items():
        mapping = mapping.replace(old, new)
    (directory / "mapping.yaml").write_text(mapping, encoding="utf-8")
    load(directory, LOG)
    return directory


@pytest.fixture
def place(loaded: Path, tmp_path: Path) -> Path:
    """A copy, to decide in."""
    return Path(shutil.copytree(loaded, tmp_path / "place", symlinks=True))


def load(directory: Path, log: list[dict[str, Any]], **environment: str) -> None:
    lines = "\n".join(json.dumps(one) for one in log)
    done = run(
        directory, "load", "--direct", "--format", "segment", "-", stdin=lines, **environment
    )
    assert done.returncode == 0, done.stderr


def run(directory: Path, *arguments: str, stdin: str = "", **environment: str) -> Any:
    given = {"CJM_MAPPING": "mapping.yaml", "COLUMNS": "200", "LOGNAME": "ivan", **environment}
    return cjm(directory, *arguments, stdin=stdin.encode(), **given)


def told(directory: Path, *arguments: str, **environment: str) -> str:
    """What a command says, in one line without the blanks of tables."""
    done = run(directory, "identity", *arguments, **environment)
    assert done.returncode == 0, done.stderr
    return " ".join(done.stdout.split())


def document(directory: Path, *arguments: str, **environment: str) -> Any:
    done = run(directory, "identity", *arguments, "--json", **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# --- explain


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        pytest.param(
            "ann",
            ["user_id ann", "why strong: a user_id names one person",
             "2 of these links count", "yes cookie k1, of the same customer 2026-10-01 10:01;"
             " same event: website m1", "no: the other one is declared a kiosk's cookie kiosk-1,"
             " nobody's", "no: the other one is shared phone"],
            id="a login",
        ),
        pytest.param(
            "cookie:k2",
            ["why weak: it follows the person of user_id ann, 2 links away",
             "rule A weak identifier belongs to the person it is linked to",
             "seen 2026-10-01 10:02 UTC to 2026-10-01 10:02 UTC",
             "The way to the person link by link", "; the link counts"],
            id="a cookie further off",
        ),
        pytest.param(
            "0888 123 456",
            ["phone 0888 123 456, stored as the hash", "a customer of its own",
             "why shared: it meets 2 persons; a phone may meet 1", "none of these links counts",
             "no: this one is shared"],
            id="a shared phone",
        ),
        pytest.param(
            "kiosk-1",
            ["customer nobody's since",
             "why public: declared a kiosk's in the mapping (identity.declared)"],
            id="a kiosk",
        ),
        pytest.param("user_id:Walk-In", ["is no customer's", "identity.blocked"], id="blocked"),
        pytest.param("helpdesk", ["is no customer's", "declared an agent's"], id="an agent"),
        pytest.param("cookie:esc\x1b[31m", ["cookie esc�[31m"], id="an escape sequence"),
    ],
)  # fmt: skip
def test_an_identifier_is_explained(loaded: Path, wanted: str, says: list[str]) -> None:
    text = told(loaded, "explain", wanted)
    assert [part for part in says if part not in text] == [], text
    assert "\x1b" not in text


def test_what_is_shown_cut_short_may_be_typed_so(loaded: Path) -> None:
    stored = document(loaded, "explain", "email:ANN@example.org")["value"]
    assert document(loaded, "explain", f"{stored[:12]}…")["value"] == stored


def test_an_explanation_can_be_read_by_a_program(loaded: Path) -> None:
    found = document(loaded, "explain", "cookie:k2")
    (link,) = found.pop("links")
    assert [found[name] for name in ("kind", "value", "standing", "hops")] == [
        "cookie", "k2", "linked", 2
    ]  # fmt: skip
    assert [one["kind"] for one in found["chain"]] == ["email", "user_id"]
    assert found["totals"] == [{"verdict": "one_customer", "counts": True, "identifiers": 1}]
    assert [stay["customer_id"] for stay in found["history"]] == [found["customer_id"]]
    assert (link["source"], link["rule"], link["event_id"]) == ("website", "same_event", "m2")
    assert link["event_at"] == link["first_seen_at"] == "2026-10-01T10:02:00+00:00"
    assert (link["counts"], link["customer_id"]) == (True, found["customer_id"])


def test_no_more_links_are_listed_than_wanted_and_all_are_counted(loaded: Path) -> None:
    text = told(loaded, "explain", "ann", "--limit", "1")
    assert "Seen together with 4 other identifiers" in text
    assert "2 yes 2 no: the other one stands alone" in text
    assert text.endswith("and 3 more (--limit)")


def test_a_customer_is_explained_by_its_identifiers(loaded: Path) -> None:
    ann = document(loaded, "explain", "ann")["customer_id"]
    found = document(loaded, "explain", ann)
    assert (found["customer_id"], found["count"]) == (ann, 4)
    assert [(one["kind"], one["hops"]) for one in found["identifiers"]][::3] == [
        ("user_id", 0), ("cookie", 2)
    ]  # fmt: skip
    text = told(loaded, "explain", ann, "--limit", "2", "--as-of", "2999-01-01")
    assert f"{ann} on 2999-01-01 00:00 UTC: 4 identifiers" in text
    assert "user_id ann names the person" in text and text.endswith("and 2 more (--limit)")


def test_who_it_was_at_a_time_is_told(loaded: Path) -> None:
    assert document(loaded, "explain", "k1", "--as-of", "2026-01-31T23:59")["customer_id"] is None
    text = told(loaded, "explain", "k1", "--as-of", "2999-01-01")
    assert "as of 2999-01-01 00:00 UTC customer c" in text and "until now" in text
    assert "why follows the person, 1 link away" in text
    assert "The customer's identifiers at that time: 4" in text


# --- decide


def test_a_decision_is_applied_told_and_taken_back(place: Path) -> None:
    before = run(place, "journey", "boris", "--json").stdout

    text = told(place, "include", "lone", "boris", "--by", "Maria", "--why", "her own words")
    assert text.startswith(
        "decision 1 by Maria: cookie lone and user_id boris are one customer"
        " 1 identifier changed customers:"
    )
    assert before != run(place, "journey", "boris", "--json").stdout
    explained = told(place, "explain", "lone")
    assert "why decision 1 by Maria makes it one customer with user_id boris" in explained
    assert "Decisions about it" in explained and "her own words stands" in explained
    assert "Reported as" in explained

    done = document(place, "undo", "1", "--why", "a mistake")
    assert [(one["value"], one["standing"]) for one in done["moved"]] == [("lone", "anonymous")]
    assert run(place, "journey", "boris", "--json").stdout == before
    assert [
        (one["decision"], one["action"], one["by"], one["undone_by"], one["is_applied"])
        for one in document(place, "decisions")
    ] == [(1, "include", "Maria", 2, True), (2, "undo", "ivan", None, True)]
    text = told(place, "decisions")
    assert "her own words undone by 2" in text and "2 decision 1 is taken back ivan" in text


def test_exclude_and_unmerge_tell_what_moved(place: Path) -> None:
    done = document(place, "exclude", "ann", "email:ann@example.org", "--why", "not hers")
    assert {one["kind"] for one in done["moved"]} == {"email", "cookie"}
    text = told(place, "unmerge", "k1", "--why", "a shared tablet")
    assert text.startswith("decision 2 by ivan: cookie k1 stands alone 1 identifier changed")
    text = told(place, "explain", "ann")
    assert "no: decision 1 says they are two customers" in text
    assert "no: the other one is set apart by decision 2" in text
    done = run(place, "identity", "include", "email:ann@example.org", "ann", "--why", "x")
    assert done.returncode == 78
    assert "decision 1 (exclude) says the opposite: undo it first" in done.stderr


def test_a_decision_that_changes_nothing_says_so(place: Path) -> None:
    text = told(place, "include", "vera", "k4", "--why", "to be sure")
    assert text.endswith("no identifier changed its customer")


def test_what_waits_to_be_stitched_is_not_told_as_the_decisions_doing(place: Path) -> None:
    load(place, [event(20, "lone", "carla")])
    with connect(f"chdb:///{place / 'cjm-data'}", create=False) as warehouse:
        # As a worker leaves it that has stored, and not stitched yet.
        (run_of_it,) = warehouse.query("SELECT max(run) FROM stitched_log").rows[0]
        for table in ("identity_log", "stitched_log"):
            warehouse.command(
                f"ALTER TABLE {table} DELETE WHERE run = {run_of_it} SETTINGS mutations_sync = 1"
            )
    assert document(place, "include", "vera", "k4", "--why", "to be sure")["moved"] == []


# --- refused


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        pytest.param(("explain", "nosuch"), 66, "'nosuch' was never seen in chdb:///cjm-data",
                     id="never seen"),
        pytest.param(("explain", "twin"), 66, "several identifiers: say which of",
                     id="a cookie and a login"),
        pytest.param(("include", "ann", "ann", "--why", "x"), 78, "both are the same", id="itself"),
        pytest.param(("unmerge", "ann", "--why", " "), 78, "say why: --why", id="no reason"),
        pytest.param(("unmerge", "ann", "--by", "", "--why", "x"), 78, "say who", id="no name"),
        pytest.param(("unmerge", "null", "--why", "x"), 66, "'null' is no customer's",
                     id="nobody's"),
        pytest.param(("undo", "9", "--why", "x"), 66, "there is no decision 9", id="no decision"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_clear_line(
    loaded: Path, arguments: tuple[str, ...], status: int, says: str
) -> None:
    done = run(loaded, "identity", *arguments)
    assert done.returncode == status, done.stderr
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("cjm: ") and says in line


def test_of_what_is_refused_nothing_is_kept(loaded: Path) -> None:
    ann = document(loaded, "explain", "ann")["customer_id"]
    done = run(loaded, "identity", "unmerge", ann, "--why", "x")
    assert done.returncode == 78 and f"cjm identity explain {ann} lists them" in done.stderr
    assert document(loaded, "decisions") == []
    assert told(loaded, "decisions").startswith("nothing was decided yet")


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("explain", "ann", "--as-of", "yesterday"), id="no date"),
        pytest.param(("unmerge", "ann"), id="no reason"),
    ],
)
def test_wrong_usage_is_refused(loaded: Path, arguments: tuple[str, ...]) -> None:
    assert run(loaded, "identity", *arguments).returncode == 2


# --- on a server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("server"))
    running.start()
    yield running
    running.kill()


def test_on_a_server_the_workers_apply_a_decision(loaded: Path, server: Server) -> None:
    given = {"CJM_WAREHOUSE": server.dsn("cjm"), "CJM_PII_KEY": "k" * 32}
    load(loaded, LOG, **given)
    text = told(loaded, "unmerge", "k1", "--why", "a shared tablet", **given)
    assert text.endswith("the workers apply it with their next stitch (cjm stitch does it now)")
    assert "decision 1 (unmerge) awaits the next stitch" in told(loaded, "explain", "k1", **given)
    assert run(loaded, "stitch", **given).returncode == 0
    assert "why apart: decision 1 by ivan" in told(loaded, "explain", "k1", **given)
