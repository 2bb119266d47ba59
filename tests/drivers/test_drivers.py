"""The drivers themselves, asking the SQL interface of `cjm up` while the warehouse is open.

Grafana's data source asks by clickhouse-go, DBeaver by ClickHouse's JDBC driver.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cjm_tracker.warehouse.reader import Reader
from streams.sql import SqlInterface
from tests.dashboards.board_files import queries
from tests.dashboards.grafana_macros import expand
from tests.dashboards.questions import EVERYTHING, Lab, open_lab
from tests.long import one_in
from tests.streams.serving import served

HERE = Path(__file__).parent
WAYS = {"gzip", "none", "lz4", "zstd"}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Lab]:
    with open_lab(tmp_path_factory.mktemp("drivers"), migrated) as opened:
        yield opened


@pytest.fixture(scope="module")
def port(lab: Lab) -> Iterator[int]:
    with served(SqlInterface, Reader(lab.directory)) as port:
        yield port


def needs(*tools: str) -> pytest.MarkDecorator:
    absent = [tool for tool in tools if shutil.which(tool) is None]
    return pytest.mark.skipif(bool(absent), reason=f"needs {' and '.join(absent)}")


@pytest.mark.long
@needs("go")
def test_grafanas_driver_asks_what_the_dashboards_ask(lab: Lab, port: int, tmp_path: Path) -> None:
    program = tmp_path / "ask"
    subprocess.run(["go", "build", "-o", program, "."], cwd=HERE / "go", check=True, timeout=600)
    questions = sorted({expand(one.sql, lab.choices(), EVERYTHING) for one in queries()})
    said = subprocess.run(
        [program, f"127.0.0.1:{port}"],
        input=json.dumps(questions),
        capture_output=True,
        check=True,
        text=True,
        timeout=600,
    )
    answers = [json.loads(line) for line in said.stdout.splitlines()]
    assert {one["way"] for one in answers} == WAYS
    assert [one["error"] for one in answers if one["error"]] == []
    # The first way asks all, in order.
    for question, answer in zip(questions, answers, strict=False):
        rows = lab.warehouse.query(question).dicts()
        assert answer["rows"] == len(rows)
        assert not rows or answer["columns"] == list(rows[0])


def count(lab: Lab, view: str) -> int:
    [[rows]] = lab.warehouse.query(f"SELECT count() FROM {view}").rows
    return int(rows)


@pytest.mark.slow
@needs("java", "mvn")
@pytest.mark.parametrize("driver", one_in(2, ["0.9.4", "0.6.5"]))
def test_dbeavers_driver_looks_around(lab: Lab, port: int, tmp_path: Path, driver: str) -> None:
    fetch = ["mvn", "-q", "-B", "-f", HERE / "java" / "pom.xml", "dependency:copy-dependencies"]
    given = [f"-DoutputDirectory={tmp_path}", f"-Ddriver={driver}"]
    subprocess.run([*fetch, *given], check=True, timeout=600)
    said = subprocess.run(
        [
            *("java", "-cp", f"{tmp_path}/*", HERE / "java" / "Ask.java"),
            f"jdbc:clickhouse://127.0.0.1:{port}/cjm",
        ],
        capture_output=True,
        check=True,
        text=True,
        timeout=120,
    )
    answers = dict(line.split("\t") for line in said.stdout.splitlines())
    for view in ("journeys", "steps", "touchpoints", "events", "feeds"):
        assert int(answers.pop(view)) == count(lab, view)
    columns = len(lab.warehouse.query("DESCRIBE TABLE journeys").rows)
    assert int(answers.pop("columns")) == int(answers.pop("describe")) == columns
    assert "UNKNOWN_IDENTIFIER" in answers.pop("unknown")
    assert "READONLY" in answers.pop("write")
    assert "ACCESS_DENIED" in answers.pop("file")
    assert int(answers.pop("types")) > 1
    assert answers == {
        "tables": "1", "keys": "0", "nothing": "0", "many": "300000", "prepared": "1"
    }  # fmt: skip
