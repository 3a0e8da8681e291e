"""Where a wall of pictures breaks into rows, so that each row fills the width with every picture whole.

Pure. All that counts is proportions: a row whose ratios (width by height) sum to `fill` is one `fill`-th of the page's
width high. The breaks are chosen for the whole wall at once; a row is never left with one picture because the next one
happened to be wide.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

_MOST_IN_ROW = 12
_LOOSE = 0.3  # how much a last row that stays short weighs against a row that is too high
_NEARLY_FULL = 0.75


@dataclass(frozen=True, slots=True)
class Place:
    """A picture's share of its row's width once the row's gaps are taken off, and how many gaps there are."""

    share: float
    gaps: int


def arrange(ratios: Sequence[float], *, fill: float) -> list[Place]:
    """Return the place of each picture, in order."""
    places: list[Place] = []
    for start, end in _breaks(ratios, fill):
        row = ratios[start:end]
        total = sum(row)
        if end == len(ratios) and total < fill * _NEARLY_FULL:
            total = fill  # a short last row keeps the height of the others
        places += [Place(ratio / total, len(row) - 1) for ratio in row]
    return places


def _breaks(ratios: Sequence[float], fill: float) -> list[tuple[int, int]]:
    """Find the rows with the least deviation from the wanted height, summed over the wall."""
    sums = [0.0, *accumulate(ratios)]
    least = [0.0] + [math.inf] * len(ratios)
    begins = [0] * (len(ratios) + 1)
    for end in range(1, len(ratios) + 1):
        for start in range(max(0, end - _MOST_IN_ROW), end):
            deviation = math.log((sums[end] - sums[start]) / fill)
            weight = _LOOSE if end == len(ratios) and deviation < 0 else 1.0
            cost = least[start] + weight * deviation**2
            if cost < least[end]:
                least[end], begins[end] = cost, start
    found: list[tuple[int, int]] = []
    end = len(ratios)
    while end:
        found.append((begins[end], end))
        end = begins[end]
    return found[::-1]
