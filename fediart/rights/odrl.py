"""The ODRL offer that `tdm-policy` points at: what a miner has to do first.

A reservation is an Offer with a duty, not a `prohibition`: the TDMRep profile does not know prohibitions, and strict
readers refuse them.
Spec: TDMRep, section 7 (profile http://www.w3.org/ns/tdmrep); ODRL Information Model 2.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from fediart.rights import table
from fediart.rights.finding import Finding, combine_verdicts
from fediart.rights.reservation import Reservation

CONTEXT = ("http://www.w3.org/ns/odrl.jsonld", "http://www.w3.org/ns/tdmrep.jsonld")
PROFILE = "http://www.w3.org/ns/tdmrep"
_MINE = frozenset({"tdm:mine", "http://www.w3.org/ns/tdmrep#mine"})
_CONSENT = {"action": "obtainConsent"}


def write(r: Reservation, *, target: str = "") -> dict[str, Any]:
    """Return the offer for one work. `target` is the work's address; without it, its page of terms stands for it."""
    row = table.TABLE[r.policy]
    asset = target or r.usage_info_url or r.policy_url
    permission: dict[str, Any] = {"target": asset, "action": "tdm:mine"}
    permissions = [permission]
    if row.mining_purpose:
        permission["constraint"] = [_purpose(row.mining_purpose)]
        other: dict[str, Any] = {"target": asset, "action": "tdm:mine", "duty": [dict(_CONSENT)]}
        permissions.append(other | {"constraint": [_purpose("tdm:non-research")]})
    elif row.consent_needed:
        permission["duty"] = [dict(_CONSENT)]
    assigner = {"uid": r.holder_url}
    if r.credit:
        assigner["vcard:fn"] = r.credit
    if r.acquire_url:
        assigner["vcard:hasURL"] = r.acquire_url
    return {
        "@context": list(CONTEXT),
        "@type": "Offer",
        "profile": PROFILE,
        "uid": r.policy_url,
        "dct:issued": r.declared_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "assigner": assigner,
        "permission": permissions,
    }


def read(doc: object) -> Finding:
    """Find what a policy says on mining: any duty, constraint or prohibition reserves, a bare permission allows."""
    if not isinstance(doc, Mapping):
        return Finding()
    verdicts: list[bool | None] = [_is_conditional(rule) for rule in _mining_rules(doc.get("permission"))]
    verdicts += [True for _ in _mining_rules(doc.get("prohibition"))]
    terms: dict[str, Any] = {}
    uid, assigner = doc.get("uid"), doc.get("assigner")
    if isinstance(uid, str):
        terms["tdmPolicy"] = uid
    if isinstance(assigner, Mapping) and isinstance(assigner.get("uid"), str):
        terms["assigner"] = assigner["uid"]
    return Finding(combine_verdicts(verdicts), terms)


def _purpose(purpose: str) -> dict[str, str]:
    return {"leftOperand": "purpose", "operator": "eq", "rightOperand": purpose}


def _mining_rules(rules: object) -> list[Mapping[str, Any]]:
    items = rules if isinstance(rules, list) else [rules]
    return [rule for rule in items if isinstance(rule, Mapping) and _has_mining(rule.get("action"))]


def _has_mining(action: object) -> bool:
    actions = action if isinstance(action, list) else [action]
    return any(isinstance(each, str) and each in _MINE for each in actions)


def _is_conditional(rule: Mapping[str, Any]) -> bool:
    return any(key in rule for key in ("duty", "constraint"))
