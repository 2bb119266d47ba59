"""Every real survey payload there is, read to its end: what becomes of each record."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from cjm_tracker.events import Record
from cjm_tracker.inputs import open_logs
from cjm_tracker.pipeline import Batch
from cjm_tracker.sources import format_named

from ..shared import shared
from .outcomes import pipeline

pytestmark = pytest.mark.real

NOW = 1_900_000_000_000


class Outcome(NamedTuple):
    """Of a file: its format, records, events stored, dropped and dead letters by reason."""

    format: str
    records: int
    events: int
    dropped: dict[str, int] = {}
    dead: dict[str, int] = {}


SOURCE = "says where the others are from"
NO_TIME = "answers, or a link to one, without a time: their response has it"
NO_RESPONSE = "a table about surveys, people or invitations, not about a response"

# What becomes of each file; a text says why a file is no log of ours.
FILES: dict[str, dict[str, Outcome | str]] = {
    "typeform": {"SOURCE.txt": SOURCE, "form_response.json": Outcome("typeform", 1, 1)},
    "wootric_inmoment": {
        "SOURCE.txt": SOURCE,
        "response_created.json": Outcome("wootric", 1, 1),
        "decline_created.json": Outcome("wootric", 1, 0, {"no_answer": 1}),
    },
    "cloudevents": {"SOURCE.txt": SOURCE},
    "qualtrics_fivetran_seeds": {
        "SOURCE.txt": SOURCE,
        # All five were left unfinished, and their answers would be in another table.
        "survey_response.csv": Outcome("qualtrics_csv", 5, 0, {"no_answer": 5}),
        "question_response.csv": NO_TIME,
        "survey_embedded_data.csv": NO_TIME,
        **dict.fromkeys(
            """
            block.csv block_question.csv contact_mailing_list_membership.csv core_contact.csv
            core_mailing_list.csv directory.csv directory_contact.csv directory_mailing_list.csv
            distribution.csv distribution_contact.csv question.csv question_option.csv
            sub_question.csv survey.csv survey_version.csv user.csv
            """.split(),
            NO_RESPONSE,
        ),
    },
}
LOGS = [
    (folder, name, told)
    for folder, files in FILES.items()
    for name, told in files.items()
    if isinstance(told, Outcome)
]


def processed(path: Path, format_name: str) -> Batch:
    format_ = format_named(format_name)
    with ExitStack() as stack:
        (log,) = open_logs([str(path)], stack)
        frames = [frame for frame, _ in log.frames(format_)]
    records = [Record("t", 0, offset, NOW, frame) for offset, frame in enumerate(frames)]
    return pipeline().process(records, format_)


@pytest.mark.parametrize("folder", FILES)
def test_every_file_is_told(folder: str) -> None:
    assert {path.name for path in shared(f"formats/{folder}").iterdir()} == set(FILES[folder])


@pytest.mark.parametrize(("folder", "name", "told"), LOGS, ids=[name for _, name, _ in LOGS])
def test_every_record_is_an_event_a_drop_or_a_dead_letter(
    folder: str, name: str, told: Outcome
) -> None:
    batch = processed(shared(f"formats/{folder}") / name, told.format)
    dropped = Counter(fact.touchpoint.drop_reason for fact in batch.facts)
    stored = dropped.pop("", 0)
    dead = Counter(letter.reason for letter in batch.dead_letters)
    assert Outcome(told.format, batch.records, stored, dict(dropped), dict(dead)) == told


@pytest.mark.parametrize(
    "name", [n for n, told in FILES["qualtrics_fivetran_seeds"].items() if told == NO_RESPONSE]
)
def test_a_table_about_something_else_is_refused_row_by_row(name: str) -> None:
    batch = processed(shared("formats/qualtrics_fivetran_seeds") / name, "qualtrics_csv")
    assert batch.records == len(batch.dead_letters) > 0
