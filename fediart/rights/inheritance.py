"""Which policy holds: a work's own, else the artist's default, else the instance's, tightened by what was found.

Policies are compared by what they permit, not by a ranking: of two that permit different things, neither is the
stricter, and what satisfies both permits what both permit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from fediart.rights import table
from fediart.rights.finding import Finding
from fediart.rights.reservation import Policy

# `other-training` is training of what does not generate, `own-terms` whatever an artist's own words grant.
PERMITS: Mapping[Policy, frozenset[str]] = MappingProxyType(
    {
        Policy.STRICT: frozenset(),
        Policy.NO_AI: frozenset({"search"}),
        Policy.CUSTOM: frozenset({"search", "own-terms"}),
        Policy.NO_GENAI: frozenset({"search", "ai-use", "other-training"}),
        Policy.RESEARCH_ONLY: frozenset({"search", "research"}),
        Policy.ALLOW: frozenset({"search", "own-terms", "ai-use", "other-training", "research", "training"}),
    }
)
# For where one of several has to stand for all, as with a file that several works share.
STRICTEST_FIRST: Final = (
    Policy.STRICT, Policy.NO_AI, Policy.CUSTOM, Policy.NO_GENAI, Policy.RESEARCH_ONLY, Policy.ALLOW,
)  # fmt: skip

_DATA_MINING: Final = {
    "DMI-PROHIBITED": Policy.STRICT,
    "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING": Policy.NO_AI,
    "DMI-PROHIBITED-AIMLTRAINING": Policy.NO_AI,
    "DMI-PROHIBITED-GENAIMLTRAINING": Policy.NO_GENAI,
    "DMI-PROHIBITED-SEECONSTRAINT": Policy.CUSTOM,
}


@dataclass(frozen=True, slots=True)
class Conflict:
    """The artist chose less than what they said before, in the file itself or elsewhere: ask, never weaken silently."""

    chosen: Policy
    found: Policy


@dataclass(frozen=True, slots=True)
class Resolution:
    """`policy` may be used at once: until a conflict is answered it is the one that satisfies both sides."""

    policy: Policy
    conflict: Conflict | None = None


def resolve(
    *,
    instance: Policy,
    artist: Policy | None = None,
    work: Policy | None = None,
    found: Iterable[Policy] = (),
    confirmed: bool = False,
) -> Resolution:
    """Return the policy of a work. `found` is what its file, or the author's actor, already says.

    A choice for the work replaces the artist's default, and that the instance's. Defaults are tightened by what was
    found without a word; a choice that is weaker is a conflict, which `confirmed` (the artist was asked) settles in
    favour of the choice.
    """
    base = work or artist or instance
    said = strictest(found)
    if said is None:
        return Resolution(base)
    if work is not None and confirmed:
        return Resolution(work)
    both = combine(base, said)
    return Resolution(both, Conflict(work, said) if work is not None and both is not work else None)


def is_as_strict(policy: Policy, other: Policy) -> bool:
    """Tell whether a policy permits nothing that the other does not."""
    return PERMITS[policy] <= PERMITS[other]


def combine(policy: Policy, other: Policy) -> Policy:
    """Return the policy that permits most of what both permit, and nothing else."""
    both = PERMITS[policy] & PERMITS[other]
    return max((each for each in Policy if PERMITS[each] <= both), key=lambda each: len(PERMITS[each]))


def strictest(policies: Iterable[Policy]) -> Policy | None:
    """Return the policy that satisfies all of them, None for none."""
    result: Policy | None = None
    for policy in policies:
        result = policy if result is None else combine(result, policy)
    return result


def policy_of(found: Finding) -> Policy | None:
    """Return the policy that a finding amounts to; what it leaves open is taken as reserved, silence as nothing."""
    if found.reserved is None:
        return None
    if not found.reserved:
        return Policy.ALLOW
    if found.uses.get("search") is False:
        return Policy.STRICT
    data_mining = found.terms.get("dataMining")
    if isinstance(data_mining, str):
        stated = _DATA_MINING.get(data_mining.rpartition("/")[2].upper(), Policy.NO_AI)
        is_research = found.terms.get("contentUsage") == table.TABLE[Policy.RESEARCH_ONLY].content_usage
        return Policy.RESEARCH_ONLY if stated is Policy.CUSTOM and is_research else stated
    return Policy.NO_AI
