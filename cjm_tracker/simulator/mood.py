"""How a customer feels about the shop, and why.

Feeling runs from -1 to 1. The latest bad and the latest good reason are kept, so that a comment
can name the cause of its score.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Mood:
    feeling: float = 0.1
    sore: str = "general"
    glad: str = "general"

    def hurt(self, amount: float, cause: str) -> None:
        self.feeling = max(-1.0, self.feeling - amount)
        self.sore = cause

    def please(self, amount: float, cause: str) -> None:
        self.feeling = min(1.0, self.feeling + amount)
        self.glad = cause

    def fade(self) -> None:
        """Time passes: feelings cool down and reasons are forgotten."""
        self.feeling = 0.1 + (self.feeling - 0.1) / 2
        self.sore = self.glad = "general"

    def cause(self, tone: str) -> str:
        return {"bad": self.sore, "good": self.glad}.get(tone, "general")
