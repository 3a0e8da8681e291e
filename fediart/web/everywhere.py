"""The signals of answers that speak of no work and no artist: discovery, errors, refusals, empty bodies.

Whoever asks for anything here is told what this server reserves; an answer about a work brings that work's own signals
and is left alone.
"""

from __future__ import annotations

from collections.abc import Callable

from fediart import clock, config
from fediart.activitypub.urls import Urls
from fediart.rights import http_headers, robots
from fediart.web import terms

Headers = list[tuple[bytes, bytes]]

_MARK = b"tdm-reservation"  # an answer with this header has spoken for itself
# Machines that federate are never told not to index.
_FOR_MACHINES = tuple(path.encode() for path in robots.FEDERATION_PATHS)


def completing(settings: config.Config, urls: Urls) -> Callable[[bytes, Headers], Headers]:
    """Return what adds this server's own signals to the headers of an answer for a path, unless they are there."""
    reserved = terms.default_reservation(settings, urls, clock.now())
    written = [(name.lower().encode(), value.encode("latin-1")) for name, value in http_headers.write(reserved)]
    for_machines = [line for line in written if b"noindex" not in line[1]]

    def complete(path: bytes, headers: Headers) -> Headers:
        if any(name.lower() == _MARK for name, _ in headers):
            return headers
        added = for_machines if path.startswith(_FOR_MACHINES) else written
        return [*headers, *added]

    return complete
