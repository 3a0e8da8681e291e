"""The `Content-Signal` value of robots.txt: `search=yes, ai-input=no, ai-train=no`.

Spec: contentsignals.org; draft-romm-aipref-contentsignals-00. Writing is a column of `table`. Keys are `ai-train` and
`ai-input`, where AIPREF has `train-ai` and `ai-use`.
"""

from __future__ import annotations

from collections.abc import Mapping

from fediart.rights.finding import Finding, combine_uses

USES: Mapping[str, str] = {"ai-train": "train-ai", "ai-input": "ai-use", "search": "search"}
_LONGEST = 1024
_REFUSALS = frozenset({"no", "n", "false", "0", "none"})


def read_signals(text: str) -> dict[str, bool]:
    """Return each known key with a yes or no, True for yes. Refusals are read leniently, permissions exactly.

    Unknown keys are left out. Interop: Cloudflare adds `use=immediate|reference|full` since 2026.
    """
    found: dict[str, bool] = {}
    if len(text) > _LONGEST:
        return found
    for member in text.replace(";", ",").split(","):
        key, equals, value = (part.strip() for part in member.partition("="))
        if not equals or key.lower() not in USES:
            continue
        if value.lower() in _REFUSALS:
            found[key.lower()] = False
        elif value == "yes" and key in USES:
            found.setdefault(key, True)
    return found


def read(text: str) -> Finding:
    """Find what a `Content-Signal` value says."""
    signals = read_signals(text)
    if not signals:
        return Finding()
    trains = signals.get("ai-train")
    return Finding(
        None if trains is None else not trains,
        {"contentSignal": text.strip()},
        combine_uses({USES[key]: is_allowed for key, is_allowed in signals.items()}),
    )
