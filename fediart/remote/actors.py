"""Actors and their keys, fetched from where they live.

A key proves an actor only when both say so: the key names its owner, and the owner, asked at its own id, lists the key.
"""

from __future__ import annotations

from fediart.activitypub import actors, shapes
from fediart.activitypub.actors import PublicKeyEntry, RemoteActor
from fediart.activitypub.errors import SignatureError
from fediart.remote import documents
from fediart.remote.session import Session
from fediart.remote.signer import Signer


async def fetch_actor(session: Session, uri: str, *, signer: Signer | None) -> RemoteActor:
    """Fetch an actor by its id or by an alias on its host; trust the `id` of the result, not `uri`.

    Raises: RemoteError as `documents.fetch_document`; ProtocolError when the document is no actor.
    """
    return actors.read_actor(await documents.fetch_document(session, uri, signer=signer))


async def fetch_key(session: Session, key_id: str, *, signer: Signer | None) -> tuple[RemoteActor, PublicKeyEntry]:
    """Fetch the key that a signature names, together with the actor that vouches for it.

    The address may hold the actor (`…/lee#main-key`), the key alone, or an actor-shaped stub.

    Interop: GoToSocial 0.20 serves such a stub at `…/main-key`; Mastodon 4.6 and Misskey 2025.4 serve the actor.
    Raises: RemoteError as `documents.fetch_document`; SignatureError when owner and key do not confirm each other.
    """
    document = await documents.fetch_document(session, key_id, signer=signer)
    entry = actors.key_in(document, key_id)
    if entry is None or entry.owner is None or entry.owner == shapes.web_reference_of(document.get("id")):
        actor = actors.read_actor(document)
        return actor, _require_listed(actor, key_id, None)
    actor = await fetch_actor(session, entry.owner, signer=signer)
    if actor.id != entry.owner:
        raise SignatureError("The key names an owner that goes by another id", detail=f"{entry.owner} is {actor.id}")
    return actor, _require_listed(actor, key_id, entry)


def _require_listed(actor: RemoteActor, key_id: str, alone: PublicKeyEntry | None) -> PublicKeyEntry:
    """Return the actor's entry for the key; an entry that is only an id is filled from the key's own document."""
    for entry in actor.keys:
        if entry.id != key_id:
            continue
        if entry.pem is not None or entry.multibase is not None:
            return entry
        if alone is not None:
            return alone
        raise SignatureError("The actor names this key but nobody shows it", detail=key_id)
    raise SignatureError("The actor does not list this key", detail=f"{key_id} is not among the keys of {actor.id}")
