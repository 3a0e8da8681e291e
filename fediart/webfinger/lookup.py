"""Finding somebody or something elsewhere by what a person types: a handle, a profile, an address.

Opens no transaction while it fetches. What it finds is stored, so that later steps work with rows.
"""

from __future__ import annotations

from datetime import timedelta

from fediart import clock, errors
from fediart.activitypub import handles, html, origins
from fediart.activitypub.errors import ProtocolError
from fediart.activitypub.urls import Urls
from fediart.db import queries, tables
from fediart.db.engine import Database, Transaction
from fediart.remote import actors, notes, webfinger
from fediart.remote.keyring import Keyring
from fediart.remote.session import Session
from fediart.remote.signer import Signer

_MAX_MENTIONS = 100


class Lookup:
    """Looks people and posts up for one server."""

    def __init__(
        self,
        database: Database,
        session: Session,
        keyring: Keyring,
        at: Urls,
        *,
        plain_http: bool,
        refresh_after: timedelta,
    ) -> None:
        self._database = database
        self._session = session
        self._keyring = keyring
        self._at = at
        self._plain_http = plain_http
        self._refresh_after = refresh_after

    async def find_actor(self, text: str, *, is_fresh: bool = False) -> tables.Actor:
        """Return whom a handle (`@lee@host`) or address means, fetching them when unknown or not seen for a while.

        `is_fresh`: fetch them even if they were seen just now; what somebody confirms must be what holds now.
        Raises: NotFoundError for a local name that is not here; RemoteError, ProtocolError from the other side.
        """
        if text.startswith(("http://", "https://")):
            uri = text
        else:
            handle = handles.parse_handle(text if "@" in text.lstrip("@") else f"{text}@{self._at.host}")
            if handle.host == self._at.host:
                async with self._database.read() as tx:
                    return (await queries.actors.require_artist(tx, handle.username))[0]
            uri = await webfinger.fetch_actor_uri(self._session, handle, plain_http=self._plain_http)
        return await self.find_actor_by_uri(uri, is_fresh=is_fresh)

    async def find_mentioned(self, text: str) -> tuple[dict[str, tables.Actor], dict[str, str]]:
        """Return whom a text names, by handle in lower case; and the handles that lead nowhere, with the reason."""
        found: dict[str, tables.Actor] = {}
        failed: dict[str, str] = {}
        for handle in list(dict.fromkeys(html.mentions_in(text)))[:_MAX_MENTIONS]:
            try:
                found[handle.lower()] = await self.find_actor(handle)
            except (errors.FediArtError, ProtocolError) as exc:
                failed[handle] = str(exc)
        return found, failed

    async def find_actor_by_uri(self, uri: str, *, is_fresh: bool = False) -> tables.Actor:
        """Return the actor of an id or profile address."""
        async with self._database.read() as tx:
            known = await queries.actors.find(tx, uri)
            if self._at.is_ours(uri):
                if known is None or known.gone_at is not None:
                    raise errors.NotFoundError(f"there is nobody at {uri}")
                return known
            await self._refuse_suspended(tx, uri)
        is_recent = known is not None and known.fetched_at and known.fetched_at > clock.now() - self._refresh_after
        if known is not None and is_recent and not is_fresh:
            return known
        remote = await actors.fetch_actor(self._session, uri, signer=await self._signer())
        async with self._database.write() as tx:
            return await queries.remote.save_actor(tx, remote, at=clock.now())

    async def find_note(self, text: str) -> tables.Note:
        """Return the post of a number here or an address anywhere.

        Raises: NotFoundError, RemoteError, ProtocolError.
        """
        uri = self._at.note(int(text)) if text.isdecimal() else text
        async with self._database.read() as tx:
            known = await queries.notes.find(tx, uri)
            if known is None and text.isdecimal():
                known = await queries.notes.get(tx, int(text))
            if known is None:
                known = await queries.notes.find_by_url(tx, uri)
            if known is not None and not known.is_local:
                await self._refuse_suspended(tx, known.uri)
        if known is not None:
            if known.deleted_at is not None:
                raise errors.NotFoundError(f"{text} was deleted")
            return known
        if not uri.startswith(("http://", "https://")) or self._at.is_ours(uri):
            raise errors.NotFoundError(f"there is no post {text} here")
        remote = await notes.fetch_note(self._session, uri, signer=await self._signer())
        if not remote.attributed_to:
            raise ProtocolError("the post names no author", detail=uri)
        author = await self.find_actor_by_uri(remote.attributed_to[0])
        async with self._database.write() as tx:
            author = await tx.merge(author)
            note, _ = await queries.remote.save_note(tx, remote, author, proof="none", at=clock.now())
            return note

    async def _refuse_suspended(self, tx: Transaction, uri: str) -> None:
        host = origins.host_of(uri)
        if await queries.domains.severity_of(tx, host) == queries.domains.SUSPEND:
            raise errors.FediArtError(f"{host} is suspended here: `fediart domain list` says why", status=403)

    async def _signer(self) -> Signer:
        async with self._database.read() as tx:
            instance = await queries.instance.require(tx, self._at.base)
            return await self._keyring.signer(tx, instance.actor_id)
