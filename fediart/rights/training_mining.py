"""The training and data mining assertions of a C2PA manifest, as the data that a manifest builder takes.

Two labels say the same: CAWG's, which is current, and C2PA 1.x's, which is what deployed readers look for.
Spec: CAWG Training and Data Mining Assertion 1.1; C2PA Technical Specification 1.4, c2pa.training-mining.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fediart.rights import table
from fediart.rights.finding import Finding, combine_uses, combine_verdicts
from fediart.rights.reservation import Policy, Reservation

CAWG: Final = "cawg.training-mining"
LEGACY: Final = "c2pa.training-mining"

_LONGEST_TEXT: Final = 2048
_MOST_ASSERTIONS: Final = 64
_USES: Final = {"ai_training": "train-ai", "ai_generative_training": "train-ai", "ai_inference": "ai-use"}


def write(r: Reservation) -> list[dict[str, Any]]:
    """Return both assertions as `{"label": ..., "data": {"entries": ...}}`."""
    row = table.TABLE[r.policy]
    stated = row.training_mining
    words = {
        "data_mining": stated.data_mining,
        "ai_inference": stated.ai_inference,
        "ai_training": stated.ai_training,
        "ai_generative_training": stated.ai_generative_training,
    }
    entries = {key: word for key, word in words.items() if word}
    return [
        _assertion(CAWG, {f"cawg.{key}": _entry(word, _constraint(r)) for key, word in entries.items()}),
        _assertion(LEGACY, {f"c2pa.{key}": {"use": stated.legacy} for key in entries}),
    ]


def read(assertions: object) -> Finding:
    """Find what a manifest's assertions say of training; `data_mining` alone does not speak of it.

    Spec: CAWG Training and Data Mining 1.1: constrained without information is not allowed. Here constrained reserves
    anyway: whoever trains has to look.
    Trust: none; malformed assertions are skipped.
    """
    verdicts: list[bool | None] = []
    uses: list[dict[str, bool]] = []
    terms: dict[str, Any] = {}
    for label, key, entry in _entries(assertions):
        use = entry.get("use")
        if not isinstance(use, str) or len(use) > _LONGEST_TEXT:
            continue
        is_allowed = True if use == table.ALLOWED else False if _is_refusal(use) else None
        if is_allowed is None:
            continue
        terms.setdefault(label, {})[key] = use
        info = entry.get("constraint_info")
        if isinstance(info, str) and info and len(info) <= _LONGEST_TEXT:
            terms["constraints"] = info
        name = key.partition(".")[2]
        if name in _USES:
            uses.append({_USES[name]: is_allowed})
        if _USES.get(name) == "train-ai":
            verdicts.append(not is_allowed)
    return Finding(combine_verdicts(verdicts), terms, combine_uses(*uses))


def _constraint(r: Reservation) -> str:
    row = table.TABLE[r.policy]
    where = r.usage_info_url or r.policy_url
    if r.policy is Policy.CUSTOM:
        return f"{r.constraints} {where}" if r.constraints else where
    return f"{'Scientific research only.' if row.mining_purpose else 'Search indexing only.'} {where}"


def _entry(word: str, constraint: str) -> dict[str, str]:
    return {"use": word, "constraint_info": constraint} if word == table.CONSTRAINED else {"use": word}


def _assertion(label: str, entries: Mapping[str, Any]) -> dict[str, Any]:
    return {"label": label, "data": {"entries": dict(entries)}}


def _is_refusal(use: str) -> bool:
    return use.replace("_", "").replace("-", "").replace(" ", "").lower() in {"notallowed", "constrained"}


def _entries(assertions: object) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for assertion in assertions[:_MOST_ASSERTIONS] if isinstance(assertions, list) else []:
        if not isinstance(assertion, Mapping) or assertion.get("label") not in (CAWG, LEGACY):
            continue
        data = assertion.get("data")
        entries = data.get("entries") if isinstance(data, Mapping) else None
        for key, entry in entries.items() if isinstance(entries, Mapping) else ():
            if isinstance(key, str) and isinstance(entry, Mapping):
                yield assertion["label"], key, entry
