"""Pushing into a Grafana: what is made, what is renewed, and what is said when it does not work."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cjm_tracker.dashboards import DataSource, client, push
from cjm_tracker.errors import ConfigError, DashboardError
from tests.dashboards.board_files import boards
from tests.dashboards.fake_grafana import BASIC, TOKEN, FakeGrafana, Reply, said, serving

SOURCE = DataSource(host="clickhouse", password="readerSecret")
EVERYTHING = {
    "folder cjm",
    "data source cjm-clickhouse",
    "alerts cjm-feeds",
    "alerts cjm-journeys",
    *(f"dashboard {uid}" for uid in boards()),
}
HTML = {"Content-Type": "text/html"}


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def grafana() -> Iterator[FakeGrafana]:
    with serving(FakeGrafana()) as running:
        yield running


def test_an_empty_grafana_gets_everything(grafana: FakeGrafana) -> None:
    report = push(grafana.url, TOKEN, datasource=SOURCE)
    assert set(report.created) == EVERYTHING
    assert not report.updated and not report.unchanged
    assert grafana.folders == {"cjm": {"uid": "cjm", "title": "Customer journeys"}}
    assert grafana.sources["cjm-clickhouse"]["secureJsonData"] == {"password": "readerSecret"}
    for uid, saved in grafana.boards.items():
        assert saved["dashboard"]["uid"] == uid and saved["dashboard"]["id"] is None
        assert saved["folderUid"] == "cjm" and saved["overwrite"] is True


def test_a_second_push_renews_and_makes_nothing(grafana: FakeGrafana) -> None:
    push(grafana.url, TOKEN, datasource=SOURCE)
    report = push(grafana.url, TOKEN, datasource=SOURCE)
    assert not report.created
    assert set(report.updated) == EVERYTHING - {"folder cjm"}
    assert report.unchanged == ("folder cjm",)
    puts = [path for method, path, _ in grafana.asked if method == "PUT"]
    assert [path for path in puts if "rule-groups" not in path] == [
        "/api/datasources/uid/cjm-clickhouse"
    ]


def test_a_renamed_folder_gets_its_name_back(grafana: FakeGrafana) -> None:
    grafana.folders["cjm"] = {"uid": "cjm", "title": "Old"}
    assert "folder cjm" in push(grafana.url, TOKEN).updated
    assert grafana.folders["cjm"]["title"] == "Customer journeys"


def test_without_a_data_source_none_is_touched(grafana: FakeGrafana) -> None:
    report = push(grafana.url, TOKEN)
    assert not any("data source" in what for what in report.created)
    assert not any("datasources" in path for _, path, _ in grafana.asked)


def test_a_data_source_provisioned_from_a_file_is_left_alone(grafana: FakeGrafana) -> None:
    grafana.sources["cjm-clickhouse"] = {"uid": "cjm-clickhouse", "readOnly": True}
    report = push(grafana.url, TOKEN, datasource=SOURCE)
    assert "data source cjm-clickhouse" in report.unchanged
    assert grafana.sources["cjm-clickhouse"] == {"uid": "cjm-clickhouse", "readOnly": True}


def test_a_renewed_data_source_stays_the_default_one_or_not(grafana: FakeGrafana) -> None:
    grafana.sources["cjm-clickhouse"] = {"uid": "cjm-clickhouse", "isDefault": True}
    push(grafana.url, TOKEN, datasource=SOURCE)
    assert grafana.sources["cjm-clickhouse"]["isDefault"] is True


def test_the_dashboards_ask_the_data_source_given(grafana: FakeGrafana) -> None:
    push(grafana.url, TOKEN, datasource=DataSource(host="h", uid="other", name="Other one"))
    for saved in grafana.boards.values():
        variable = saved["dashboard"]["templating"]["list"][0]
        assert variable["current"] == {"selected": True, "text": "Other one", "value": "other"}


def test_a_user_and_any_password_will_do(grafana: FakeGrafana) -> None:
    assert push(grafana.url, BASIC).created


def test_a_grafana_under_a_path_is_found() -> None:
    with serving(FakeGrafana(prefix="/tools/grafana")) as grafana:
        assert push(grafana.url + "/", TOKEN).created
        assert all(path.startswith("/tools/grafana/api/") for _, path, _ in grafana.asked)


@pytest.mark.parametrize("empty", [(204, {}, b""), (200, {}, b"")])
def test_an_answer_without_a_body_is_an_answer(grafana: FakeGrafana, empty: Reply) -> None:
    grafana.misbehave = empty
    assert push(grafana.url, TOKEN, datasource=SOURCE).updated


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (said(401, "Unauthorized"), "401 Unauthorized (the token or password is wrong"),
        (said(403, "You'll need additional permissions"), "(the account may not do this"),
        (said(409, "name exists"), "409 name exists (the name or id is taken"),
        (said(400, "Cannot save provisioned dashboard"), "400 Cannot save provisioned dashboard"),
        (said(500, "line one\nline two"), "500 line one line two"),
        ((500, {}, b""), "500 without a reason"),
        ((500, {}, b"null"), "an error, without saying which"),
        ((502, HTML, b"<p>the message of a proxy"), "an error, without saying which"),
        ((502, HTML, b"<p>bad gateway"), "502 without a reason"),
        ((200, HTML, b"<html>log in"), "the answer is no JSON: a login page, a proxy?"),
        ((302, {"Location": "/login"}, b""), "it sends us to another address"),
    ],
)
def test_a_refusal_is_one_line_that_says_what_to_do(
    grafana: FakeGrafana, reply: Reply, told: str
) -> None:
    grafana.misbehave = reply
    line = refused(grafana.url, TOKEN)
    assert line.startswith(f"grafana {grafana.url}: looking for the folder cjm: ")
    assert told in line


def test_an_address_that_is_no_grafanas_is_told(grafana: FakeGrafana) -> None:
    assert "is this address a Grafana's" in refused(grafana.url + "/elsewhere", TOKEN)


def test_nobody_listening_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    assert "cannot be reached: is it running" in refused(url, TOKEN)


def test_silence_is_told(grafana: FakeGrafana, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "TIMEOUT_S", 0.2)
    grafana.silent_s = 1
    assert "no answer within" in refused(grafana.url, TOKEN)


@pytest.mark.parametrize("credentials", [TOKEN, BASIC], ids=["token", "password"])
def test_a_secret_is_never_told(grafana: FakeGrafana, credentials: Any) -> None:
    secret = credentials if isinstance(credentials, str) else credentials[1]
    grafana.misbehave = said(500, f"cannot log in with {secret}")
    assert secret not in refused(grafana.url, credentials)
    assert "readerSecret" not in repr(SOURCE)


@pytest.mark.parametrize(
    "url",
    [
        "localhost:3000",
        "ftp://localhost",
        "http://",
        "http://user:hunter2@localhost:3000",
        "http://localhost:port",
        "http://localhost:3000/?orgId=1",
        "http://localhost:3000/#top",
        "http://localhost:3000/a b",
    ],
)
def test_an_address_that_cannot_be_one_is_refused_before_asking(url: str) -> None:
    with pytest.raises(ConfigError) as told:
        push(url, TOKEN)
    assert "hunter2" not in str(told.value)


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "ключ"])
def test_a_token_that_cannot_be_one_is_refused_before_asking(
    grafana: FakeGrafana, token: str
) -> None:
    with pytest.raises(ConfigError) as told:
        push(grafana.url, token)
    assert not grafana.asked and (not token or token not in str(told.value))


@pytest.mark.parametrize("uid", ["", "../../admin", "a/b", "a" * 41, "a b", "ключ", 7, None])
def test_an_id_that_would_lead_elsewhere_is_refused_before_asking(
    grafana: FakeGrafana, uid: Any, tmp_path: Path
) -> None:
    (tmp_path / "board.json").write_text(json.dumps({"uid": uid, "title": "t"}))
    with pytest.raises(ConfigError, match="an id has 1 to 40"):
        push(grafana.url, TOKEN, directory=tmp_path)
    if isinstance(uid, str):
        with pytest.raises(ConfigError, match="an id has 1 to 40"):
            push(grafana.url, TOKEN, folder_uid=uid)
        with pytest.raises(ConfigError, match="an id has 1 to 40"):
            push(grafana.url, TOKEN, datasource=DataSource(host="h", uid=uid))
    assert not grafana.asked


@pytest.mark.parametrize("text", [None, "{", "[]"])
def test_a_directory_without_dashboards_is_told(
    grafana: FakeGrafana, text: str | None, tmp_path: Path
) -> None:
    if text is not None:
        (tmp_path / "board.json").write_text(text)
    with pytest.raises(ConfigError) as told:
        push(grafana.url, TOKEN, directory=tmp_path)
    assert str(tmp_path) in str(told.value) and not grafana.asked


def refused(url: str, credentials: Any) -> str:
    """The one line of the error."""
    with pytest.raises(DashboardError) as told:
        push(url, credentials)
    (line,) = str(told.value).splitlines()
    return line
