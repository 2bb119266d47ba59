"""What it costs to read a comment: its mood in each language and its themes, beside vaderSentiment
alone on the English ones, whose lexicon and rules ours are."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Annotated

import typer
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from benchmarks.measuring import clocked, show
from cjm_tracker.emotion import Reader, mood
from cjm_tracker.mapping import load_mapping
from cjm_tracker.simulator.phrases import PHRASES, compose

VADER = "vaderSentiment, en"


def text(
    comments: Annotated[int, typer.Option(help="Comments of each language.")] = 5_000,
    runs: Annotated[int, typer.Option(help="Times they are read; the fastest counts.")] = 3,
) -> None:
    """Microseconds a comment, and how many times vaderSentiment's they are."""
    reader = Reader("lexicon", load_mapping().themes)
    said = {language: _comments(language, comments) for language in PHRASES}
    work: dict[str, tuple[Callable[[str], object], list[str]]] = {
        VADER: (SentimentIntensityAnalyzer().polarity_scores, said["en"]),
        **{f"mood, {language}": (mood, texts) for language, texts in said.items()},
        **{
            f"themes, {language}": (lambda one: reader.note(one, {}), texts)
            for language, texts in said.items()
        },
        "no comment": (lambda one: reader.emotion("csat", 4, one), [""] * comments),
    }
    costs = {name: _us(read, texts, runs) for name, (read, texts) in work.items()}
    show(
        f"reading {comments:,} comments of the simulator",
        ["what", "µs each", f"/ {VADER}"],
        [[name, f"{us:,.1f}", f"{us / costs[VADER]:.2f}"] for name, us in costs.items()],
    )


def _comments(language: str, count: int) -> list[str]:
    dice = random.Random(1)
    causes = [
        (tone, cause) for cause, tones in PHRASES[language].items() for tone in ("bad", "good")
        if tone in tones
    ]  # fmt: skip
    return [compose(dice, language, *dice.choice(causes)) for _ in range(count)]


def _us(read: Callable[[str], object], texts: list[str], runs: int) -> float:
    def work() -> None:
        for one in texts:
            read(one)

    work()  # lexicons are read once
    return min(clocked(work).cpu_seconds for _ in range(runs)) / len(texts) * 1e6
