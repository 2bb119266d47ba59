"""The cookbook of queries: every one runs, and its answer is the one shown."""

from __future__ import annotations

import pytest

from cjm_tracker.warehouse import Warehouse
from tests.cookbook import COOKBOOK, Question, answered, questions, world

TEXT = COOKBOOK.read_text(encoding="utf-8")
QUESTIONS = questions(TEXT)


@pytest.fixture(scope="module")
def filled(engine: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    world(engine, tmp_path_factory.mktemp("logs"))
    return engine


def test_every_heading_is_a_question_with_an_answer() -> None:
    assert len(QUESTIONS) == TEXT.count("\n## ") == TEXT.count("```sql\n") >= 20
    assert all(one.title.endswith("?") and one.answer.count("\n") > 2 for one in QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.title)
def test_the_answer_is_the_one_shown(filled: Warehouse, question: Question) -> None:
    assert answered(filled, question) == question.answer, "python -m tests.cookbook writes it"
