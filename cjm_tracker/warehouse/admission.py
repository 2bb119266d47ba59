"""Which statements of a stranger may run: decided on the engine's own parse of them.

The embedded engine has no users and no grants, reads any file named in a query and heeds INTO
OUTFILE even in its read-only mode. So a statement is admitted only when every part of its syntax
tree is known to be harmless: what is not known is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field

from cjm_tracker.resources import SQL

# The engine's own numbers, which clients know.
NOT_IMPLEMENTED, SYNTAX_ERROR, UNKNOWN_FORMAT, READONLY, ACCESS_DENIED = 48, 62, 73, 164, 497

Ask = Callable[[str, Mapping[str, str]], list[str]]  # SQL and bound values: the lines of its answer


class Refused(Exception):
    """A statement that is not run; in a server's words, with its number."""

    def __init__(self, code: int, name: str, text: str) -> None:
        super().__init__(f"Code: {code}. DB::Exception: {text}. ({name})")
        self.code = code


def denied(text: str) -> Refused:
    """What a server says where a right is missing."""
    return Refused(ACCESS_DENIED, "ACCESS_DENIED", f"Not enough privileges: {text}")


def not_implemented(text: str) -> Refused:
    """What a server says of what it cannot do."""
    return Refused(NOT_IMPLEMENTED, "NOT_IMPLEMENTED", text)


VIEWS = frozenset(path.stem for path in (SQL / "views").glob("*.sql")) | {"schema_migrations"}
SYSTEM = frozenset(
    "build_options collations columns contributors data_type_families databases formats functions"
    " keywords licenses numbers numbers_mt one settings table_engines table_functions tables"
    " time_zones zeros zeros_mt".split()
)
INFORMATION = frozenset("columns key_column_usage schemata tables views".split())
# In a record nobody could read they may be anything; a server's reader may not see them either.
HIDDEN_COLUMNS = {"dead_letters": frozenset(("key", "headers", "value"))}

TABLE_FUNCTIONS = frozenset(
    "generate_series generateseries null numbers numbers_mt values zeros zeros_mt".split()
)
# Kinds of functions that compute and nothing else, as system.functions names them.
PURE = (
    "Aggregate Functions", "Arithmetic", "Arrays", "Bit", "Bitmap", "Comparison", "Conditional",
    "Dates and Times", "Distance", "Encoding", "Financial", "Geo", "Hash", "IP Address", "JSON",
    "Logical", "Map", "Mathematical", "Null", "Random Number", "Rounding", "String",
    "String Replacement", "String Search", "String Splitting", "Time Window", "Tuple",
    "Type Conversion", "URL", "UUID", "Window Functions",
)  # fmt: skip
# Of the kind "Other", and those that the parser makes.
PURE_TOO = frozenset(
    "bar bytesize currentdatabase current_database database schema currentuser current_user user"
    " currentroles enabledroles currentschemas displayname dumpcolumnstructure"
    " finalizeaggregation"
    " formatreadabledecimalsize formatreadablequantity formatreadablesize formatreadabletimedelta"
    " identity ignore isconstant isdecimaloverflow materialize neighbor parsetimedelta revision"
    " rownumberinallblocks rownumberinblock runningaccumulate runningdifference"
    " runningdifferencestartingwithfirstvalue throwif tocolumntypename totypename transform"
    " variantelement varianttype version visiblewidth countdigits"
    " _cast lambda exists grouping casewithexpression casewithoutexpression".split()
)
IMPURE = frozenset("flamegraph logtrace".split())

# What a tree may be made of. An APPLY hides the function it applies, so it is not here.
KINDS = frozenset(
    "ArrayJoin Asterisk Collation ColumnsExceptTransformer ColumnsListMatcher ColumnsRegexpMatcher"
    " ColumnsReplaceTransformer ColumnsReplaceTransformer::Replacement ColumnsTransformerList"
    " DescribeQuery ExistsDatabaseQuery ExistsTableQuery ExistsViewQuery Explain ExpressionList"
    " Function Identifier InterpolateElement Literal OrderByElement QualifiedAsterisk"
    " QualifiedColumnsListMatcher QualifiedColumnsRegexpMatcher SampleRatio"
    " SelectIntersectExceptQuery SelectQuery SelectWithUnionQuery ShowColumns"
    " ShowCreateTableQuery ShowTables Subquery"
    " TableExpression TableIdentifier TableJoin TablesInSelectQuery TablesInSelectQueryElement"
    " WindowDefinition WindowListElement WithElement".split()
)
STATEMENTS = frozenset(
    "DescribeQuery ExistsDatabaseQuery ExistsTableQuery ExistsViewQuery Explain"
    " SelectIntersectExceptQuery SelectQuery SelectWithUnionQuery ShowColumns ShowCreateTableQuery"
    " ShowTables".split()
)
# These show no tree of their conditions: they are to have none.
NAME = r"(?:\w+|`[\w. -]+`)"
SHOWN = re.compile(
    rf"SHOW (?:FULL |EXTENDED )*(?:TABLES|DATABASES|COLUMNS)(?: FROM {NAME}(?:\.{NAME})?)*"
    r"(?: (?:NOT )?I?LIKE '(?:[^'\\]|\\.)*')?(?: FORMAT `?\w+`?)?"
)
STARS = frozenset(
    "Asterisk ColumnsRegexpMatcher QualifiedAsterisk QualifiedColumnsRegexpMatcher".split()
)
FORMAT = re.compile(
    r"(?:TabSeparated|TSV|CSV|CustomSeparated$|JSON|Pretty|RowBinary|Values$|Vertical$|Native$"
    r"|Arrow|Parquet$|Markdown$|XML$|Null$|LineAsString$|Raw)\w*"
)

LINE = re.compile(r"( *)(.*?)(?: \(alias (.*?)\))?(?: \(children \d+\))?")
QUOTED = re.compile(r"'(?:[^'\\]|\\.|'')*'|(`(?:[^`\\]|\\.|``)*`)|\{\w+:[^}]*\}")
CALLED = re.compile(r"\b(\w+)`?\s*\(")
COMMON = re.compile(r"(\w+) AS (?:MATERIALIZED )?\(")


@dataclass(slots=True)
class Node:
    """A part of a syntax tree: `TableIdentifier cjm.journeys`."""

    kind: str
    name: str = ""
    alias: str = ""
    children: list[Node] = field(default_factory=list)

    def all(self) -> Iterator[Node]:
        """It, and everything below."""
        yield self
        for child in self.children:
            yield from child.all()


@dataclass(frozen=True, slots=True)
class Admitted:
    """A statement that may run, as the engine itself would write it."""

    sql: str
    form: str  # the one it names; empty: none


class Admission:
    """Decides by asking the engine, which is only ever asked to parse what it is decided on."""

    def __init__(self, ask: Ask, database: str) -> None:
        self._ask, self._database = ask, database
        known = {line.split("\t")[0]: line.split("\t")[1] for line in ask(FUNCTIONS, {})}
        pure = {name for name, kind in known.items() if kind in PURE} - IMPURE
        self._pure = {name.lower() for name in pure} | PURE_TOO
        tables = {name.lower() for name in ask("SELECT name FROM system.table_functions", {})}
        self._impure = ({name.lower() for name in known} | tables) - self._pure - TABLE_FUNCTIONS
        combinators = ask("SELECT name FROM system.aggregate_function_combinators", {})
        self._combinators = tuple(name.lower() for name in combinators)
        self._aggregates = {
            name.lower() for name in ask("SELECT name FROM system.functions WHERE is_aggregate", {})
        } - IMPURE

    def asking(self, ask: Ask) -> Admission:
        """The same, by another connection."""
        made = copy(self)
        made._ask = ask
        return made

    def admitted(self, sql: str, parameters: Mapping[str, str]) -> Admitted:
        """The statement, where it may run; raises `Refused`, or what the engine says of it."""
        if "\0" in sql:
            raise Refused(SYNTAX_ERROR, "SYNTAX_ERROR", "Syntax error: a zero byte")
        # Bound as a value: two statements are never parsed, let alone run, as two.
        lines = self._ask(
            "SELECT formatQuerySingleLine({cjm_sql:String})", {"cjm_sql": _value(sql)}
        )
        if len(lines) != 1:
            raise Refused(SYNTAX_ERROR, "SYNTAX_ERROR", "Syntax error: not one statement")
        written = lines[0]
        bare = QUOTED.sub(_without, written)
        # Before the engine is asked for the tree: it opens files at INTO OUTFILE.
        if re.search(r"\bINTO\s+OUTFILE\b|\bFROM\s+INFILE\b", bare, re.IGNORECASE):
            raise denied("no files are written or read here")
        tree = _tree(self._ask(f"EXPLAIN AST {written}", parameters))
        self._check(tree, written, bare)
        return Admitted(written, _format(tree))

    def _check(self, tree: Node, written: str, bare: str) -> None:
        if tree.kind not in STATEMENTS:
            raise Refused(READONLY, "READONLY", f"{self._database}: only statements that read")
        parts = list(tree.all())
        for part in parts:
            if part.kind not in KINDS:
                raise denied(f"{part.kind} is not among what may be asked here")
        if tree.kind in ("ShowTables", "ShowColumns") and not SHOWN.fullmatch(written):
            raise denied("of SHOW only DATABASES, TABLES and COLUMNS, FROM and LIKE")
        if tree.kind == "Explain" and {one.kind for one in tree.children} != {
            "SelectWithUnionQuery"
        }:
            raise denied("EXPLAIN of a SELECT only")
        for called in CALLED.findall(bare):
            if called.lower() in self._impure:
                raise denied(f"function {called}")
        # WITH x -> … AS f: what is computed inside is a part of the tree like any other.
        given = frozenset(one.alias for one in parts if one.name == "lambda") - {""}
        if impure := {name for name in given if name.lower() in self._impure}:
            raise denied(f"function {', '.join(sorted(impure))}")
        names = _Names(self._database, self._tables(), frozenset(COMMON.findall(bare)), given)
        for part in parts:
            self._check_part(part, names)
        _check_columns(parts)

    def _check_part(self, part: Node, names: _Names) -> None:
        if part.kind == "TableExpression":
            for source in part.children:
                if source.kind == "TableIdentifier":
                    names.check(source.name)
                elif source.kind == "Function":
                    if source.name.lower() not in TABLE_FUNCTIONS:
                        raise denied(f"table function {source.name}")
                elif source.kind not in ("Subquery", "SampleRatio"):
                    raise denied(f"{source.kind} of a table")
            inside = [child for one in part.children for child in one.children]
        else:
            inside = part.children
            if part.kind in ("ExistsTableQuery", "ExistsViewQuery", "ShowCreateTableQuery"):
                names.check(".".join(one.name for one in inside if one.kind == "Identifier"))
            if part.kind == "TableIdentifier" and not names.is_known(part.name):
                raise denied(f"table {part.name}")
        for child in inside:
            is_own = child.name in names.functions
            if child.kind == "Function" and not is_own and not self._is_pure(child.name):
                raise denied(f"function {child.name}")
            if child.kind == "Identifier":
                names.check_word(child.name)

    def _is_pure(self, name: str) -> bool:
        low = name.lower()
        if low in self._pure:
            return True
        return any(
            low.endswith(ending) and self._is_aggregate(low.removesuffix(ending))
            for ending in self._combinators
        )

    def _is_aggregate(self, low: str) -> bool:
        return low in self._aggregates or any(
            low.endswith(ending) and self._is_aggregate(low.removesuffix(ending))
            for ending in self._combinators
        )

    def _tables(self) -> frozenset[str]:
        """All there are now: a rebuild makes some for a while."""
        return frozenset(
            self._ask(
                "SELECT name FROM system.tables WHERE database = {database:String}",
                {"database": self._database},
            )
        )


FUNCTIONS = """
SELECT f.name, if(f.alias_to = '', f.categories, o.categories)
FROM system.functions AS f LEFT JOIN system.functions AS o ON f.alias_to = o.name
"""


@dataclass(frozen=True, slots=True)
class _Names:
    """What names of a statement may stand for."""

    database: str
    tables: frozenset[str]
    common: frozenset[str]  # WITH … AS (…)
    functions: frozenset[str]  # WITH … -> … AS …

    def check(self, name: str) -> None:
        if not self.is_known(name):
            raise denied(f"table {name}: cjm-tracker's views only, see SHOW TABLES")

    def is_known(self, name: str) -> bool:
        database, _, table = name.rpartition(".")
        if not database:
            return table in VIEWS or (table in self.common and table not in self.tables)
        if database == self.database:
            return table in VIEWS
        if database == "system":
            return table in SYSTEM
        return database.lower() == "information_schema" and table.lower() in INFORMATION

    def check_word(self, name: str) -> None:
        """A column, or, after IN, a table."""
        first = name.partition(".")[0]
        foreign = first.lower() in (self.database, "default", "system", "information_schema")
        if "." in name and foreign and not self._is_below_known(name):
            raise denied(f"{name}")
        if name in self.tables and name not in VIEWS:
            raise denied(f"table {name}")

    def _is_below_known(self, name: str) -> bool:
        parts = name.split(".")
        return self.is_known(".".join(parts[:2]))


def _check_columns(parts: list[Node]) -> None:
    tables = {one.name.rpartition(".")[2] for one in parts if one.kind.endswith("Identifier")}
    for table in tables & HIDDEN_COLUMNS.keys():
        hidden = HIDDEN_COLUMNS[table]
        for part in parts:
            named = part.kind == "Identifier" and part.name.rpartition(".")[2] in hidden
            if part.kind in STARS or named:
                raise denied(
                    f"{table} without {', '.join(sorted(hidden))}, which may hold personal data: "
                    "name the columns"
                )


def _tree(lines: list[str]) -> Node:
    root = Node("")
    above = [root]
    for line in lines:
        if not line:
            continue
        found = LINE.fullmatch(line)
        assert found
        kind, _, name = found[2].partition(" ")
        depth = len(found[1]) + 1
        if depth > len(above):
            raise denied("a name with a line break")
        node = Node(kind, name, found[3] or "")
        above[depth:] = [node]
        above[depth - 1].children.append(node)
    if len(root.children) != 1:
        raise denied("not one statement")
    return root.children[0]


def _format(tree: Node) -> str:
    """The one a statement asks for, at its end; what else stands there is refused."""
    if tree.kind != "SelectWithUnionQuery":
        return ""
    named = ""
    for part in tree.children:
        if part.kind == "Identifier":
            named = part.name
            if not FORMAT.fullmatch(named):
                raise Refused(UNKNOWN_FORMAT, "UNKNOWN_FORMAT", f"Unknown format {named}")
        elif part.kind != "ExpressionList":
            raise denied(f"{part.kind} after a SELECT")
    return named


def _without(found: re.Match[str]) -> str:
    """A quoted text is nothing to look into; a quoted name is."""
    name = found[1]
    if not name:
        return "''"
    if "\\" in name or "\n" in name:
        # The tree would show it over several lines, as if it were parts of its own.
        raise denied("a name with a line break")
    return name if re.fullmatch(r"`\w+`", name) else "``"


def _value(text: str) -> str:
    """As a bound value is written: escaped like a field of TSV."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
