"""`/.well-known/tdmrep.json`: the reservation by path, for the whole site.

Spec: TDMRep, section 6.1: an array of rules, read in order; the first whose `location` matches a path counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fediart.rights import robots_groups, table, tdm
from fediart.rights.finding import Finding
from fediart.rights.reservation import Reservation

PATH = "/.well-known/tdmrep.json"
_LONGEST_TEXT = 2048
_MOST_RULES = 10_000


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for the paths that begin with `location`: `*` is any run of characters, a last `$` the end."""

    location: str
    reservation: Reservation


def write(r: Reservation, rules: Iterable[Rule] = ()) -> list[dict[str, Any]]:
    """Return the document: `r` for the whole site, after the rules with more to say, the longest location first.

    Raises: ValueError for a location that is no path.
    """
    found = sorted(rules, key=lambda rule: (-len(rule.location), rule.location))
    return [_rule(rule.location, rule.reservation) for rule in (*found, Rule("/*", r))]


def read(document: object, path: str = "/") -> Finding:
    """Find what the document says of a path; a rule with another value than 0 or 1 says nothing, but still counts.

    Spec: TDMRep, section 6.1; only an array is the document. Trust: none.
    """
    if not isinstance(document, list):
        return Finding()
    for rule in document[:_MOST_RULES]:
        if not isinstance(rule, Mapping) or not isinstance(location := rule.get("location"), str):
            continue
        if not robots_groups.is_match(location, path):
            continue
        reserved = tdm.read_reservation(rule.get("tdm-reservation"))
        if reserved is None:
            return Finding()
        terms: dict[str, Any] = {"tdmReservation": rule["tdm-reservation"]}
        policy = rule.get("tdm-policy")
        if isinstance(policy, str) and len(policy) <= _LONGEST_TEXT:
            terms["tdmPolicy"] = policy
        return Finding(reserved, terms)
    return Finding()


def _rule(location: str, r: Reservation) -> dict[str, Any]:
    if not location.startswith("/"):
        raise ValueError(f"a location of tdmrep.json begins with a slash, not {location!r}")
    row = table.TABLE[r.policy]
    rule: dict[str, Any] = {"location": location, "tdm-reservation": row.tdm_reservation}
    return rule | ({"tdm-policy": r.policy_url} if row.tdm_reservation else {})
