"""Works and replies of peers, fetched from where their author lives."""

from __future__ import annotations

import dataclasses

from fediart.activitypub import notes, origins
from fediart.activitypub.errors import ProtocolError
from fediart.remote import documents
from fediart.remote.session import Session
from fediart.remote.signer import Signer


async def fetch_note(session: Session, uri: str, *, signer: Signer | None) -> notes.RemoteNote:
    """Fetch a note; only authors on the note's own host are believed, others are left out.

    Raises: RemoteError as `documents.fetch_document`; ProtocolError (403) when no author lives on the note's host.
    """
    note = notes.read_note(await documents.fetch_document(session, uri, signer=signer))
    authors = tuple(author for author in note.attributed_to if _is_on_host(author, note.id))
    if not authors:
        raise ProtocolError("The note claims an author on another host", status=403, detail=note.id)
    return dataclasses.replace(note, attributed_to=authors)


def _is_on_host(author: str, note_id: str) -> bool:
    try:
        return origins.same_host(author, note_id)
    except ProtocolError:
        return False
