"""What commands and routes work with, opened in the right order; no other module builds these objects.

A command that speaks to nobody else opens `opened`; what fetches or delivers opens `connected`. Kept apart from the
application so that a command does not pay for a web framework.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from fediart import __version__, config
from fediart.activitypub.urls import Urls
from fediart.db import queries, schema
from fediart.db.engine import Database
from fediart.media.store import Store
from fediart.outbox.speaker import Speaker
from fediart.remote.keyring import Keyring

if TYPE_CHECKING:
    from fediart.remote.session import Session
    from fediart.webfinger.lookup import Lookup


@dataclass(frozen=True, slots=True)
class Services:
    """A server's own things."""

    settings: config.Config
    database: Database
    urls: Urls
    keyring: Keyring
    speaker: Speaker
    store: Store


@dataclass(frozen=True, slots=True)
class Connected(Services):
    """A server's own things, and its way to others."""

    session: Session
    lookup: Lookup


@asynccontextmanager
async def opened(settings: config.Config) -> AsyncIterator[Services]:
    """Open the database (of this version, of this address) and the media store.

    Raises: FediArtError when the database is missing, older, newer, or another server's.
    """
    at = Urls(settings.base_url)
    async with Database(settings.database_url, settings.database) as database:
        await schema.require_newest(database)
        async with database.read() as tx:
            await queries.instance.require(tx, at.base)
        keyring = Keyring()
        yield Services(
            settings,
            database,
            at,
            keyring,
            Speaker(at, keyring, settings.federation.ld_signatures),
            Store(settings.media_directory),
        )


@asynccontextmanager
async def connected(settings: config.Config) -> AsyncIterator[Connected]:
    """Open everything, with the pool of connections to peers.

    Raises: as `opened`; UsageError when the certificates cannot be read.
    """
    from fediart.remote.session import Session
    from fediart.webfinger.lookup import Lookup

    federation = settings.federation
    user_agent = f"FediArt/{__version__} (+{settings.base_url}/)"

    async with opened(settings) as own:

        async def is_suspended(host: str) -> bool:
            async with own.database.read() as tx:
                return await queries.domains.severity_of(tx, host) == queries.domains.SUSPEND

        async with Session(federation, user_agent=user_agent, is_suspended=is_suspended) as session:
            async with own.database.read() as tx:
                session.dialects.remember(await queries.dialects.known(tx))
            yield Connected(
                own.settings,
                own.database,
                own.urls,
                own.keyring,
                own.speaker,
                own.store,
                session,
                Lookup(
                    own.database,
                    session,
                    own.keyring,
                    own.urls,
                    plain_http=federation.plain_http,
                    refresh_after=timedelta(seconds=federation.actor_refresh_seconds),
                ),
            )
