"""What a signal was found to say, and how several are combined.

The rule everywhere: a reservation is read leniently, a permission only from an exact statement, and silence is
neither. So a typo can cost a miner a permission, never an artist a reservation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """`reserved`: True = training is reserved, False = expressly allowed, None = nothing (valid) was said.

    `terms` are the recognised statements as they were found, for storing and for showing again. `uses` are the same
    in one vocabulary, for comparing: AIPREF's `train-ai`, `ai-use` and `search`, True = allowed, of what was stated.
    """

    reserved: bool | None = None
    terms: Mapping[str, Any] = field(default_factory=dict)
    uses: Mapping[str, bool] = field(default_factory=dict)


def combine_verdicts(verdicts: Iterable[bool | None]) -> bool | None:
    """Return the most restrictive verdict: any reservation wins, then any permission, else unknown."""
    seen = set(verdicts)
    return True if True in seen else False if False in seen else None


def combine(*findings: Finding) -> Finding:
    """Combine what several signals say about one work; on equal names the terms of the earlier finding stay.

    Use it for an object and its author as well: the author's default can tighten what the object says, not loosen it.
    """
    terms: dict[str, Any] = {}
    for found in reversed(findings):
        terms.update(found.terms)
    return Finding(
        combine_verdicts(found.reserved for found in findings),
        terms,
        combine_uses(*(found.uses for found in findings)),
    )


def combine_uses(*stated: Mapping[str, bool]) -> dict[str, bool]:
    """Return each use that is stated anywhere; one refusal outweighs every permission.

    Spec: draft-ietf-aipref-vocab, section on combining preferences.
    """
    combined: dict[str, bool] = {}
    for uses in stated:
        for use, is_allowed in uses.items():
            combined[use] = combined.get(use, True) and is_allowed
    return combined
