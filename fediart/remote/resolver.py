"""Names to addresses, on threads of our own.

The system resolver blocks a thread for seconds when a name server is dead. On the event loop's shared executor (six
threads on a small machine) a few dead hosts would hold up every delivery and image job; here they hold up names only.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from aiohttp.abc import AbstractResolver, ResolveResult

# A dead host costs a connect timeout per address, so few are tried. Interop: Mastodon 4.6 takes two of each family.
ADDRESSES_PER_FAMILY: Final = 2


class Resolver(AbstractResolver):
    """`getaddrinfo` on a bounded pool of threads."""

    def __init__(self, *, threads: int = 32) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="fediart-dns")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return at most two addresses of each family, in the system's order of preference.

        Raises: OSError (socket.gaierror) when the name has none.
        """
        loop = asyncio.get_running_loop()
        rows = await loop.run_in_executor(self._threads, _look_up, host, port, family)
        return _few_of_each_family(host, port, rows)

    async def close(self) -> None:
        """Let go of the threads without waiting for name servers that do not answer."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int, family: int) -> Sequence[tuple[Any, ...]]:
    try:
        # As bytes: the `idna` codec would refuse the long or emoji labels that DNS itself carries.
        name = host.encode("ascii")
    except UnicodeEncodeError as error:
        raise socket.gaierror(socket.EAI_NONAME, "not a host name") from error
    return socket.getaddrinfo(name, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)


def _few_of_each_family(host: str, port: int, rows: Sequence[tuple[Any, ...]]) -> list[ResolveResult]:
    results: list[ResolveResult] = []
    taken: dict[int, int] = {}
    for family, _, protocol, _, address in rows:
        if taken.get(family, 0) >= ADDRESSES_PER_FAMILY:
            continue
        taken[family] = taken.get(family, 0) + 1
        results.append(
            ResolveResult(
                hostname=host,
                host=address[0],
                port=port,
                family=family,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
        )
    return results
