"""Suspending and silencing servers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fediart import errors
from fediart.activitypub import origins
from fediart.activitypub.errors import ProtocolError
from fediart.db import changes, queries
from fediart.db.engine import Transaction

SUSPEND = queries.domains.SUSPEND
SILENCE = queries.domains.SILENCE
SEVERITIES = (SUSPEND, SILENCE)


@dataclass(frozen=True, slots=True)
class Ended:
    """What a rule put an end to."""

    deliveries: int = 0
    follows: int = 0


def read_domain(text: str, *, own_host: str) -> str:
    """Return a domain in its one form: lower case, A-labels, without a dot at the end.

    Raises: InputError for what is no domain, and for one that this server is a part of.
    """
    name = text.strip().removesuffix(".").lower()
    if not name:
        raise errors.InputError("there is no domain")
    if "*" in name:
        raise errors.InputError(f"{name} is obfuscated: nobody can tell which domain is meant")
    if any(character in name for character in "/@?# ") or "." not in name:
        raise errors.InputError(f"{text.strip()} is not a domain, such as bad.example")
    try:
        domain = origins.host_of(f"https://{name}/")
    except ProtocolError as exc:
        raise errors.InputError(f"{text.strip()} is not a domain, such as bad.example", detail=str(exc)) from exc
    if domain in queries.domains.names_above(own_host):
        raise errors.InputError(f"{domain} is this server's own domain, or one that it is a part of")
    return domain


async def block(tx: Transaction, domain: str, *, severity: str, reason: str, now: datetime) -> Ended:
    """Suspend or silence a domain with everything below it; repeats are harmless.

    A suspension drops what waits to be delivered there and ends every follow in both directions. Nobody is told.
    """
    await queries.domains.save(tx, domain=domain, severity=severity, reason=reason, at=now)
    ended = Ended()
    if severity == SUSPEND:
        ended = Ended(
            deliveries=await queries.deliveries.drop_for_domain(tx, domain, now=now),
            follows=await queries.follows.end_for_domain(tx, domain),
        )
    await changes.bump(tx)
    return ended


async def unblock(tx: Transaction, domain: str) -> None:
    """Take a rule away; follows that it ended stay ended.

    Raises: NotFoundError when there is none for exactly this domain.
    """
    if not await queries.domains.remove(tx, domain):
        raise errors.NotFoundError(f"there is no rule for {domain}")
    await changes.bump(tx)
