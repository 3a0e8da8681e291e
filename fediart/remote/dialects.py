"""Which HTTP signature a peer takes: draft-cavage first, RFC 9421 on a second knock, and what was learned.

One request carries one style, never both: a peer that finds two may check the one it knows badly. Storing what was
learned is the caller's, who has a database.

Interop: Mastodon 4.5 and GoToSocial 0.20 take both, most others the draft only, and newer servers the standard only.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import timedelta
from email.utils import format_datetime
from typing import Final, Literal

import yarl

from fediart import clock
from fediart.activitypub import digests, signatures
from fediart.activitypub.signatures import cavage, rfc9421
from fediart.remote.signer import Signer

Dialect = Literal["draft-cavage", "rfc9421"]
CAVAGE: Final = "draft-cavage"
RFC9421: Final = "rfc9421"
# What a peer answers to a signature that it does not know, or cannot find.
_NOT_UNDERSTOOD: Final = frozenset({400, 401})
_SYNCHRONIZED: Final = ("@method", "@target-uri", "content-digest", "collection-synchronization")
_HOSTS_KEPT: Final = 20_000
_VALID_FOR: Final = timedelta(minutes=5)


def other(dialect: Dialect) -> Dialect:
    """Return the dialect of the second knock."""
    return CAVAGE if dialect == RFC9421 else RFC9421


def is_worth_another_knock(status: int) -> bool:
    """Tell whether an answer may mean that the signature's dialect was not understood."""
    return status in _NOT_UNDERSTOOD


def is_better(status: int) -> bool:
    """Tell whether the answer to a second knock replaces the first: a peer that stumbles over it says nothing new."""
    return status < 500 and status not in _NOT_UNDERSTOOD


def signed_headers(
    method: str,
    target: yarl.URL,
    *,
    dialect: Dialect,
    signer: Signer,
    body: bytes = b"",
    content_type: str | None = None,
    digest: str | None = None,
    synchronization: str | None = None,
) -> dict[str, str]:
    """Return the headers of a request that is signed now; `digest` is of the body, if that is known already.

    `synchronization` is the value of a Collection-Synchronization header, which the signature then covers.

    Spec: draft-cavage-http-signatures-12; RFC 9421 with RFC 9530.
    """
    headers = {"host": target.host_port_subcomponent or ""}
    if content_type is not None:
        headers["content-type"] = content_type
    if synchronization is not None:
        headers["collection-synchronization"] = synchronization
    now = clock.now()
    if dialect == CAVAGE:
        headers["date"] = format_datetime(now.replace(microsecond=0), usegmt=True)
        if body or digest is not None:
            headers["digest"] = digest or digests.sha256_digest(body)
    request = signatures.HttpRequest(method=method, target=target.raw_path_qs, headers=headers, body=body)
    if dialect == CAVAGE:
        return {**headers, "signature": cavage.sign(request, key=signer.key, key_id=signer.key_id)}
    return headers | rfc9421.sign(
        request,
        key=signer.key,
        key_id=signer.key_id,
        created=now,
        expires=now + _VALID_FOR,
        components=None if synchronization is None else _SYNCHRONIZED,
        scheme=target.scheme,
    )


class Dialects:
    """What each host takes, as far as this process knows."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Dialect] = OrderedDict()
        self._news: dict[str, Dialect] = {}

    def of(self, host: str) -> Dialect:
        """Return the dialect to begin with."""
        return self._known.get(host, CAVAGE)

    def learn(self, host: str, dialect: Dialect) -> None:
        """Keep what a host took; it is news when we would have begun otherwise."""
        if self.of(host) != dialect:
            self._news[host] = dialect
        self._keep(host, dialect)

    def remember(self, known: Mapping[str, str]) -> None:
        """Take over what was stored earlier."""
        for host, dialect in known.items():
            if dialect in (CAVAGE, RFC9421):
                self._keep(host, RFC9421 if dialect == RFC9421 else CAVAGE)

    def take_news(self) -> dict[str, Dialect]:
        """Return what was learned and not stored yet; whoever fails to store it gives it back to `return_news`."""
        news, self._news = self._news, {}
        return news

    def return_news(self, news: Mapping[str, Dialect]) -> None:
        self._news = {**news, **self._news}

    def _keep(self, host: str, dialect: Dialect) -> None:
        self._known[host] = dialect
        self._known.move_to_end(host)
        while len(self._known) > _HOSTS_KEPT:
            self._known.popitem(last=False)
