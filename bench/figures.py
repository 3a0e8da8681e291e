"""What a measurement yields: a figure and its baseline, each with the rounds that it is the median of."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a measurement may write, and how long it may take."""

    folder: Path
    rounds: int
    is_quick: bool

    def count(self, full: int) -> int:
        """Return how many requests a round has."""
        return full // 4 if self.is_quick else full


@dataclass(frozen=True, slots=True)
class Figure:
    """`unit` says which way is better: more per second, fewer seconds, less memory."""

    unit: str
    rounds: Sequence[float]
    baseline_rounds: Sequence[float]
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def value(self) -> float:
        return statistics.median(self.rounds)

    @property
    def baseline(self) -> float:
        return statistics.median(self.baseline_rounds)

    @property
    def ratio(self) -> float:
        """Return the figure as a multiple of its baseline."""
        return self.value / self.baseline

    def as_json(self) -> dict[str, Any]:
        return {
            "value": _short(self.value),
            "unit": self.unit,
            "baseline": _short(self.baseline),
            "ratio": round(self.ratio, 3),
            "rounds": [_short(value) for value in self.rounds],
            "baseline_rounds": [_short(value) for value in self.baseline_rounds],
            **self.extra,
        }


def median(values: Sequence[float]) -> float:
    """Return the median, rounded."""
    return _short(statistics.median(values))


def megabytes(size_bytes: float) -> float:
    return round(size_bytes / 1_000_000, 1)


def _short(value: float) -> float:
    return round(value, 2) if value < 100 else round(value, 1)
