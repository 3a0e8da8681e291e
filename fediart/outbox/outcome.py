"""What an inbox's answer means for a delivery. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    DELIVERED = "delivered"
    RETRY = "retry"
    DROP = "drop"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`is_host_failing`: the host as a whole does not work, so its other deliveries can wait too."""

    verdict: Verdict
    reason: str = ""
    retry_after_seconds: float | None = None
    is_host_failing: bool = False


_AGAIN = frozenset({401, 408, 425, 429})


def read_answer(status: int, reason: str, retry_after_seconds: float | None) -> Outcome:
    """Judge an HTTP answer.

    Interop: Mastodon retries 401, 408, 429 and 5xx (but 501) and takes other 4xx for final. A redirect is a failure
    that the peer's admin may mend: following it would send a signature made for another address.
    """
    said = f"{status} {reason}".strip()
    if 200 <= status < 300:
        return Outcome(Verdict.DELIVERED)
    if status == 410:
        return Outcome(Verdict.GONE, f"gone: {said}")
    if 300 <= status < 400:
        return Outcome(Verdict.RETRY, f"answered with a redirect ({said}); its inbox address must be updated")
    if status in _AGAIN:
        return Outcome(Verdict.RETRY, said, retry_after_seconds, is_host_failing=status == 429)
    if status >= 500 and status != 501:
        return Outcome(Verdict.RETRY, said, retry_after_seconds, is_host_failing=True)
    return Outcome(Verdict.DROP, f"refused: {said}")


def read_failure(reason: str, *, is_temporary: bool) -> Outcome:
    """Judge a request that got no answer."""
    if is_temporary:
        return Outcome(Verdict.RETRY, reason, is_host_failing=True)
    return Outcome(Verdict.DROP, reason)
