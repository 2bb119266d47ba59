"""What is promised to analysts: kept by the views, described in full, raised by any change."""

from __future__ import annotations

import pytest

from cjm_tracker.cli.dictionary import columns_of
from cjm_tracker.contract import Column, Promise, dictionary, promised, raised
from cjm_tracker.contract.promise import views_of
from cjm_tracker.measures import measures
from cjm_tracker.resources import sql_text
from cjm_tracker.warehouse import Warehouse

COLUMNS = [
    Column("a", "As.", "one", "String", "first | of all"),
    Column("a", "As.", "two", "UInt8", ""),
]
KEPT = Promise(version="2.3", views=views_of(COLUMNS))


@pytest.fixture(scope="module")
def columns(engine: Warehouse) -> list[Column]:
    return columns_of(engine)


def test_the_promise_is_kept(columns: list[Column]) -> None:
    """A break is no accident: say it in the changelog; cjm dictionary --contract raises it."""
    assert promised().breaks(views_of(columns)) == []


def test_the_committed_dictionary_is_as_generated(columns: list[Column]) -> None:
    text = dictionary(promised().version, columns, measures().values())
    assert sql_text("DICTIONARY.md") == text, "cjm dictionary -o sql/DICTIONARY.md"


def test_everything_is_described(columns: list[Column]) -> None:
    assert [one for one in columns if not (one.words and one.view_words)] == []
    text = dictionary("1.0", columns, measures().values())
    for name, one in measures().items():
        assert f"### `{name}`: {one.title}\n" in text
        assert all(f"| `{column}` |" in text for column in one.columns)


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (COLUMNS[:1], ["a.two: is gone"]),
        ([], ["a.one: is gone", "a.two: is gone"]),
        ([COLUMNS[0], COLUMNS[1]._replace(type="Int8")], ["a.two: is Int8 now, was UInt8"]),
        ([*COLUMNS, Column("b", "", "one", "String", "")], []),
    ],
)
def test_what_is_gone_or_retyped_breaks_it(now: list[Column], told: list[str]) -> None:
    assert KEPT.breaks(views_of(now)) == told
    assert raised(KEPT, now).version == ("3.0" if told else "2.4")


def test_words_alone_raise_nothing() -> None:
    assert raised(KEPT, [one._replace(words="other") for one in COLUMNS]) == KEPT


def test_a_bar_in_a_comment_ends_no_cell() -> None:
    assert "| `one` | `String` | first \\| of all |\n" in dictionary("1.0", COLUMNS, [])
