"""Statements of strangers: what may not run is refused, what a dashboard asks is answered."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from cjm_tracker.resources import SQL
from cjm_tracker.warehouse import Warehouse, connect, migrate
from cjm_tracker.warehouse.admission import VIEWS, Refused
from cjm_tracker.warehouse.reader import Reader
from tests.cookbook import questions
from tests.dashboards.board_files import queries
from tests.dashboards.grafana_macros import expand
from tests.dashboards.questions import EVERYTHING, Lab

SECRET = "canary-of-the-file"


class Trap:
    """What a statement could reach: a file, a place to write, a web server, the facts."""

    def __init__(self, directory: Path, warehouse: Warehouse) -> None:
        self.directory, self.warehouse = directory, warehouse
        self.file = directory / "secret.csv"
        self.file.write_text(SECRET)
        self.target = directory / "written"
        self.calls: list[str] = []
        calls = self.calls

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                calls.append(self.path)
                self.send_error(404)

            do_POST = do_HEAD = do_GET

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/x"


@pytest.fixture(scope="module")
def trap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trap]:
    directory = tmp_path_factory.mktemp("trap")
    with connect(f"chdb:///{directory}/warehouse") as warehouse:
        migrate(warehouse)
        warehouse.command(
            "INSERT INTO dead_letter_log (value, reason, source, received_at, stored_at) "
            f"SELECT '{SECRET}', 'not_json', 'website', now(), now()"
        )
        trap = Trap(directory, warehouse)
        with sqlite3.connect(directory / "db.sqlite") as other:
            other.execute("CREATE TABLE t AS SELECT ?", [SECRET])
        yield trap
        trap.server.shutdown()
        trap.server.server_close()


@pytest.fixture(scope="module")
def reader(trap: Trap) -> Reader:
    return Reader(trap.directory / "warehouse")


# FILE, URL, OUT and DIR stand for those of the trap.
ANYWHERE = [  # an expression that must not be computed, wherever it stands
    "file('FILE')",
    "FILE('FILE')",
    "`file`('FILE')",
    "\"file\"('FILE')",
    "file/**/('FILE')",
    "file(concat('FILE',''))",
    "(file('FILE'))",
    "length(file('FILE'))",
    "[file('FILE')][1]",
    "hasColumnInTable('127.0.0.1:1','a','b','c')",
    "dictGet('a','b',1)",
    "joinGet('cjm.a','b',1)",
    "sleep(3)",
    "sleepEachRow(3)",
    "getServerSetting('x')",
    "getMacro('x')",
    "hostName()",
    "filesystemAvailable()",
    "generateSerialID('a')",
    "aiGenerate('x')",
    "showCertificate()",
    "addressToLine(1)",
    "logTrace('x')",
    "serverUUID()",
    "tcpPort()",
    "evalMLMethod(1,2)",
    "regionToName(1::UInt32)",
    "catboostEvaluate('FILE',1)",
    "getClientHTTPHeader('x')",
    "initializeAggregation('flameGraph', 1)",
    "flameGraph(1)",
    "fuzzQuery('x')",
    "transactionID()",
    "nosuchfunction(1)",
    "getSetting('x')",
]
PLACES = [
    "SELECT {}",
    "SELECT 1 WHERE {} = '1'",
    "SELECT * FROM (SELECT {})",
    "WITH {} AS a SELECT a",
    "SELECT (SELECT {})",
    "SELECT 1 ORDER BY {}",
    "SELECT 1 IN (SELECT {})",
    "SELECT arrayMap(x -> {}, [1])",
    "SELECT if(1, {}, 0)",
    "EXPLAIN SELECT {}",
    "SELECT sumIf(1, {} = '') FROM journeys",
    "SELECT * REPLACE ({} AS journey_id) FROM journeys",
    "SELECT 1 UNION ALL SELECT {}",
    "DESCRIBE (SELECT {})",
    "SELECT count() OVER (ORDER BY {})",
    "SELECT 1 FROM journeys AS a JOIN journeys AS b ON {} = '1'",
    "SELECT 1 LIMIT 1 BY {}",
    "SELECT 1 GROUP BY 1 HAVING {} = ''",
    "SELECT quantile(0.5)({})",
    "SELECT * FROM values({})",
    "SELECT 1 FROM journeys ARRAY JOIN [{}] AS y",
    "SELECT 1 QUALIFY {} = ''",
    "SELECT {}.1",
    "SELECT 1 AS x ORDER BY x WITH FILL FROM {}",
    "SELECT CASE WHEN 1 THEN {} END",
    "SELECT count() FILTER (WHERE {} = '')",
    "SELECT CAST({} AS String)",
    "SELECT 1 LIMIT {}",
    "SELECT * FROM numbers({})",
    "SELECT 1 WINDOW w AS (ORDER BY {})",
    "SHOW TABLES WHERE name = {}",
    "SHOW TABLES LIMIT {}",
    "SHOW COLUMNS FROM journeys WHERE field = {}",
    "FROM journeys |> WHERE {}",
    "SELECT 1 FROM journeys PREWHERE {} = ''",
    "SELECT DISTINCT ON ({}) 1",
]
TABLES = [
    "file('FILE')",
    "file('FILE','LineAsString')",
    "FiLe('FILE', LineAsString)",
    "'FILE'",
    "`FILE`",
    '"FILE"',
    "default.`FILE`",
    "`default`.`FILE`",
    "url('URL','CSV','a String')",
    "urlCluster('default','URL','CSV','a String')",
    "s3('URL','CSV')",
    "gcs('URL','CSV')",
    "remote('127.0.0.1:1', system.one)",
    "remoteSecure('127.0.0.1:1', system.one)",
    "cluster('default', system.one)",
    "clusterAllReplicas('default', system.one)",
    "mysql('127.0.0.1:1','a','b','c','d')",
    "postgresql('127.0.0.1:1','a','b','c','d')",
    "mongodb('127.0.0.1:1','a','b','c','d','e Int8')",
    "redis('127.0.0.1:1','a','a Int8')",
    "sqlite('DIR/db.sqlite','t')",
    "odbc('a','b','c')",
    "jdbc('a','b','c')",
    "hdfs('URL','CSV','a String')",
    "executable('id','TSV','a String')",
    "input('a String')",
    "merge('cjm','.*')",
    "merge('.*')",
    "loop(cjm.event_log)",
    "view(SELECT file('FILE'))",
    "viewIfPermitted(SELECT 1 ELSE null('a Int8'))",
    "dictionary('a')",
    "python('a')",
    "Python(x)",
    "filesystem('DIR')",
    "eval('SELECT 1')",
    "fuzzJSON('a','b')",
    "format(LineAsString, 'x')",
    "iceberg('URL')",
    "icebergLocal('DIR')",
    "deltaLake('URL')",
    "hudi('URL')",
    "azureBlobStorage('URL','a','b')",
    "mergeTreeIndex('cjm','event_log')",
    "generateRandom('a Int8')",
    "arrowstream('x')",
    "bigquery('a','b','c')",
    "paimonLocal('DIR')",
    "viewExplain('a','b',(SELECT 1))",
    "event_log",
    "cjm.event_log",
    "`cjm`.`event_log`",
    "link_log",
    "identifier_log",
    "dead_letter_log",
    "system.query_log",
    "system.processes",
    "system.users",
    "system.named_collections",
    "system.server_settings",
    "system.stack_trace",
    "system.environment",
    "system.clusters",
    "system.dictionaries",
    "system.user_directories",
    "system.parts",
    "system.errors",
    "INFORMATION_SCHEMA.statistics",
    "other.table",
    "journeys('x')",
    "`we\\nird`",
    "`a\nb`",
    "(SELECT * FROM event_log)",
    "journeys AS j, event_log",
    "journeys JOIN event_log ON 1 = 1",
    "journeys AS `x\\n     TableIdentifier journeys`, event_log",
]
TABLE_PLACES = [
    "SELECT * FROM {}",
    "SELECT 1 WHERE 1 IN (SELECT 1 FROM {})",
    "DESCRIBE TABLE {}",
    "SELECT * FROM journeys UNION ALL SELECT * FROM {}",
    "WITH a AS (SELECT * FROM {}) SELECT * FROM a",
]
STATEMENTS = [
    "INSERT INTO event_log VALUES (1)",
    "INSERT INTO FUNCTION file('OUT') SELECT 1",
    "INSERT INTO FUNCTION url('URL','CSV','a Int8') SELECT 1",
    "CREATE TABLE x (a Int8) ENGINE=Memory",
    "CREATE TEMPORARY TABLE x (a Int8)",
    "CREATE TABLE x ENGINE=File(CSV,'FILE') AS SELECT 1",
    "CREATE TABLE x (a String) ENGINE=URL('URL')",
    "CREATE FUNCTION f AS () -> file('FILE')",
    "CREATE DICTIONARY d (a Int8) PRIMARY KEY a SOURCE(FILE(PATH 'FILE' FORMAT 'CSV'))"
    " LAYOUT(FLAT()) LIFETIME(1)",
    "CREATE VIEW v AS SELECT 1",
    "CREATE OR REPLACE VIEW journeys AS SELECT 1",
    "CREATE USER a",
    "CREATE DATABASE a",
    "CREATE NAMED COLLECTION a AS b=1",
    "ATTACH TABLE x FROM 'FILE' (a Int8) ENGINE=Memory",
    "ATTACH DATABASE x ENGINE=SQLite('DIR/db.sqlite')",
    "DETACH TABLE event_log",
    "DROP TABLE event_log",
    "DROP DATABASE cjm",
    "TRUNCATE TABLE event_log",
    "ALTER TABLE event_log DELETE WHERE 1",
    "DELETE FROM event_log WHERE 1",
    "UPDATE event_log SET source='' WHERE 1",
    "OPTIMIZE TABLE event_log",
    "RENAME TABLE event_log TO y",
    "EXCHANGE TABLES event_log AND link_log",
    "SYSTEM SHUTDOWN",
    "SYSTEM FLUSH LOGS",
    "SYSTEM RELOAD CONFIG",
    "SYSTEM DROP MARK CACHE",
    "KILL QUERY WHERE 1",
    "KILL MUTATION WHERE 1",
    "SET readonly = 0",
    "SET max_memory_usage = 0",
    "SET ROLE x",
    "USE system",
    "GRANT ALL ON *.* TO default",
    "REVOKE ALL ON *.* FROM default",
    "BACKUP TABLE event_log TO File('OUT')",
    "RESTORE TABLE event_log FROM File('FILE')",
    "CHECK TABLE event_log",
    "WATCH journeys",
    "BEGIN TRANSACTION",
    "COMMIT",
    "EXECUTE AS default SELECT 1",
    "MOVE USER a TO b",
    "SELECT 1 INTO OUTFILE 'OUT'",
    "SELECT 1 INTO/**/OUTFILE 'OUT'",
    "SELECT 1 InTo -- x\n OuTfIlE 'OUT' TRUNCATE",
    "SELECT 1 INTO OUTFILE 'OUT' AND STDOUT FORMAT CSV",
    "(SELECT 1) UNION ALL SELECT 2 INTO OUTFILE 'OUT'",
    "SELECT 1 FORMAT CSV SETTINGS readonly = 0",
    "SELECT 1 SETTINGS max_execution_time = 0",
    "SELECT 1 SETTINGS max_result_rows = 0",
    "SELECT * FROM (SELECT 1 SETTINGS max_memory_usage = 0)",
    "SELECT 1 SETTINGS format_schema = 'FILE'",
    "SELECT 1 FORMAT Template",
    "SELECT 1 FORMAT Protobuf",
    "SELECT 1; SELECT file('FILE')",
    "SELECT 1;DROP TABLE event_log",
    "SELECT 1;;SELECT 2",
    ";SELECT 1; SELECT 2",
    "SELECT 1 /* ; */ ; SELECT 1 INTO OUTFILE 'OUT'",
    "SELECT ';'; SELECT 2",
    "SELECT 1\0; DROP TABLE event_log",
    "",
    "  ",
    "--",
    ";",
    "SELECT",
    "EXPLAIN AST INSERT INTO event_log VALUES",
    "EXPLAIN SYNTAX DROP TABLE event_log",
    "EXPLAIN TABLE OVERRIDE mysql('127.0.0.1:1','a','b','c','d') PARTITION BY 1",
    "EXPLAIN CURRENT TRANSACTION",
    "SELECT * APPLY(file) FROM values('FILE')",
    "SELECT * APPLY(x -> file(x)) FROM journeys",
    "SELECT * APPLY file FROM journeys",
    "SELECT 1 IN event_log",
    "SELECT 1 IN cjm.event_log",
    "SELECT in(1, default.`FILE`)",
    "SELECT 1 NOT IN system.users",
    "SELECT 1 GLOBAL IN `event_log`",
    "SELECT 1 AS x WHERE x IN default.`FILE`",
    "WITH event_log AS (SELECT 1) SELECT * FROM event_log",
    "SELECT 1 IN (WITH link_log AS (SELECT 1) SELECT 1), (SELECT 1 FROM link_log)",
    "SHOW CREATE TABLE event_log",
    "SHOW CREATE TABLE cjm.link_log",
    "SHOW CREATE DATABASE cjm",
    "SHOW PROCESSLIST",
    "SHOW GRANTS",
    "SHOW USERS",
    "SHOW ACCESS",
    "SHOW SETTINGS LIKE 'a'",
    "SHOW CREATE DICTIONARY d",
    "SHOW INDEX FROM event_log",
    "SHOW CLUSTERS",
    "SHOW NAMED COLLECTIONS",
    "EXISTS TABLE default.`FILE`",
    "SHOW FUNCTIONS",
    "SHOW ENGINES",
    "SELECT * FROM dead_letters",
    "SELECT value FROM dead_letters",
    "SELECT d.value FROM dead_letters AS d",
    "SELECT d.* FROM dead_letters AS d",
    "SELECT COLUMNS('val') FROM dead_letters",
    "SELECT v FROM dead_letters AS d (a,b,c,d,v)",
    "SELECT * EXCEPT reason FROM cjm.dead_letters",
    "SELECT `value` FROM (SELECT * FROM dead_letters)",
    "SELECT count() FROM dead_letters WHERE position(headers, 'a') > 0",
    "WITH x -> x AS file SELECT file('FILE')",
    "WITH x -> file(x) AS f SELECT f('FILE')",
    "SELECT file('FILE'), (WITH x -> x AS file SELECT 1)",
    "WITH file AS f SELECT f('FILE')",
    "WITH (x -> x) AS url SELECT * FROM url('URL','CSV','a String')",
    "SELECT 1 PARALLEL WITH SELECT 2",
    "COPY event_log TO 'OUT'",
    "DESCRIBE TABLE file('FILE')",
    "\ufeffDROP TABLE event_log",
    "ＤＲＯＰ TABLE event_log",
    "SELECT\u00a0file('FILE')",
    "SELECT fi\u0131le('FILE')",
    "SELECT\u2028file('FILE')",
    "SELECT $$a$$; SELECT file('FILE')",
    "SELECT 'a\\'; SELECT file('FILE') --",
    "/* /* */ */ SELECT file('FILE')",
    "SELECT 1 FROM {t:Identifier}",
]


def hostile() -> list[str]:
    return [
        *STATEMENTS,
        *(PLACES[0].format(one) for one in ANYWHERE),
        *(place.format("file('FILE')") for place in PLACES),
        *(TABLE_PLACES[0].format(one) for one in TABLES),
        *(place.format(one) for place in TABLE_PLACES for one in TABLES[:12]),
    ]


def test_nothing_hostile_runs(reader: Reader, trap: Trap) -> None:
    """Every one is refused, and nothing is read, written or called on the way."""
    answered = []
    for statement in hostile():
        text = (
            statement.replace("FILE", str(trap.file)).replace("URL", trap.url)
            .replace("OUT", str(trap.target)).replace("DIR", str(trap.directory))
        )  # fmt: skip
        try:
            answer = reader.run(text, parameters={"t": "event_log"})
        except Refused as refused:
            assert SECRET not in str(refused), statement
        else:
            answered.append((statement, answer.body[:80]))
    assert answered == []
    assert not trap.target.exists() and trap.calls == []
    found = trap.warehouse.query("SELECT count() AS n FROM dead_letter_log").one()
    assert found["n"] == 1


def test_words_do_not_pass_for_another_statement(reader: Reader) -> None:
    """`FILE` in capitals above is replaced before it is a function's name: here it is one."""
    for called in ("FILE", "File", "fIlE"):
        with pytest.raises(Refused, match="ACCESS_DENIED"):
            reader.run(f"SELECT {called}('/etc/passwd')")


@pytest.mark.parametrize("view", sorted(VIEWS - {"dead_letters"}))
def test_every_view_is_answered(reader: Reader, view: str) -> None:
    reader.run(f"SELECT * FROM {view} LIMIT 1")
    reader.run(f"SELECT count() FROM cjm.{view}")


SANE = [
    "SELECT 1",
    "select version(), timezone()",
    "SELECT currentDatabase()",
    "SELECT 1;",
    "SELECT name, value, readonly FROM system.settings LIMIT 3",
    "SHOW TABLES",
    "SHOW DATABASES",
    "SHOW TABLES FROM cjm LIKE '%j%'",
    "DESCRIBE TABLE journeys",
    "EXISTS TABLE cjm.journeys",
    "SHOW CREATE TABLE journeys",
    "SHOW COLUMNS FROM journeys FROM cjm",
    "EXPLAIN SELECT * FROM steps",
    "SELECT name, database FROM system.tables WHERE database = 'cjm'",
    "SELECT name, type FROM system.columns WHERE database='cjm' AND table='journeys'",
    "SELECT table_name FROM information_schema.tables LIMIT 1",
    "WITH a AS (SELECT stage, count() AS n FROM steps GROUP BY stage) SELECT * FROM a ORDER BY n",
    "SELECT toStartOfInterval(started_at, INTERVAL 1 HOUR) AS time, count() FROM journeys"
    " WHERE started_at >= toDateTime(1700000000) GROUP BY time ORDER BY time",
    "SELECT arrayMap(x -> x + 1, range(3)), quantileExactIf(0.5)(number, number > 2),"
    " sumMapForEach([map(1, 2)]) FROM numbers(10)",
    "SELECT reason, count() FROM dead_letters GROUP BY reason",
    "SELECT * FROM values('a Int8', 1, 2)",
    "SELECT CASE WHEN a = 'INTO OUTFILE' THEN 1 ELSE 2 END AS \"A name; with file(\""
    " FROM (SELECT 'file(''x'')' AS a)",
    "SELECT 'Ж', '日本', 'a\\nb', '\\\\' -- url('x')\n/* ; */",
    "SELECT count(*) FROM journeys AS a LEFT JOIN steps AS b USING (customer_id)",
    "SELECT row_number() OVER (PARTITION BY a ORDER BY b DESC) FROM (SELECT 1 AS a, 2 AS b)",
    "WITH (k, n) -> k / n AS share SELECT share(1, 2), arrayMap((k, n) -> share(k, n), [1], [2])",
    "SELECT 1 UNION ALL SELECT 2 FORMAT JSONCompact",
    "SELECT * FROM generate_series(1, 3)",
    "SELECT a IN ('x', 'y'), a IN (SELECT stage FROM stages) FROM (SELECT 'x' AS a)",
]


@pytest.mark.parametrize("statement", SANE)
def test_sane_questions_are_answered(reader: Reader, statement: str) -> None:
    answer = reader.run(statement, "JSONCompact")
    # Of no rows the engine says nothing at all, of what it does not know it raises.
    assert not answer.body or "meta" in json.loads(answer.body)


def test_questions_of_dashboards_and_cookbook_may_be_asked(reader: Reader, trap: Trap) -> None:
    """Parsed only: what they answer is tested elsewhere. Panels are many and much alike."""
    lab = Lab(trap.warehouse, trap.directory, lived_in=False)
    asked = {expand(one.sql, lab.choices(), EVERYTHING) for one in queries()[::6]}
    cookbook = (SQL / "cookbook.md").read_text(encoding="utf-8")
    for sql in sorted(asked | {one.sql for one in questions(cookbook)}):
        reader.run(f"EXPLAIN AST {sql}")


def test_values_are_bound_and_texts_kept(reader: Reader) -> None:
    answer = reader.run(
        "SELECT {a:String} AS a, 'tab\\t' || '\n' AS b, {n:UInt8} + 1 AS n",
        "JSONEachRow",
        {"a": "x'; DROP TABLE y --\\n", "n": "41"},
    )
    assert json.loads(answer.body) == {"a": "x'; DROP TABLE y --\n", "b": "tab\t\n", "n": 42}


def test_limits_hold(reader: Reader) -> None:
    for statement, settings, code in (
        ("SELECT count() FROM numbers(1e12) WHERE NOT ignore(sipHash64(number))", "1", 159),
        ("SELECT number FROM numbers(2000000) FORMAT RowBinary", "20", 396),
        ("SELECT length(groupArray(number)) FROM numbers(2e9)", "20", 241),
    ):
        with pytest.raises(Refused) as refused:
            reader.run(statement, settings={"max_execution_time": settings})
        assert refused.value.code == code, str(refused.value)


@pytest.mark.parametrize(
    "name", ["max_memory_usage", "allow_ddl", "format_schema", "user_files_path"]
)
def test_no_setting_lifts_a_limit(reader: Reader, name: str) -> None:
    with pytest.raises(Refused, match="readonly mode"):
        reader.run("SELECT 1", settings={name: "1"})
