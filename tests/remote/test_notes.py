"""Notes of peers, and whom they may name as their author."""

from __future__ import annotations

from typing import Any

import pytest

from fediart.activitypub.errors import ProtocolError
from fediart.errors import RemoteError
from fediart.remote import notes
from fediart.remote.session import Session

from .conftest import Internet


def serve_note(internet: Internet, attributed_to: Any, **more: Any) -> str:
    url = internet.url("peer.example", "/notes/1")
    document = {"id": url, "type": "Note", "attributedTo": attributed_to, "content": "<p>hi</p>", **more}
    return internet.serve("peer.example", "/notes/1", document)


async def test_a_note_of_its_own_host(internet: Internet, session: Session) -> None:
    lee = internet.url("peer.example", "/users/lee")
    url = serve_note(internet, lee)
    note = await notes.fetch_note(session, url, signer=None)
    assert (note.id, note.attributed_to, note.content) == (url, (lee,), "<p>hi</p>")


async def test_an_author_on_another_host_is_refused(internet: Internet, session: Session) -> None:
    url = serve_note(internet, internet.url("other.example", "/users/kim"))
    with pytest.raises(ProtocolError, match="another host") as caught:
        await notes.fetch_note(session, url, signer=None)
    assert caught.value.status == 403


async def test_a_stranger_beside_the_author_is_left_out(internet: Internet, session: Session) -> None:
    lee = internet.url("peer.example", "/users/lee")
    url = serve_note(internet, [internet.url("other.example", "/users/kim"), lee])
    assert (await notes.fetch_note(session, url, signer=None)).attributed_to == (lee,)


async def test_a_note_that_is_gone(internet: Internet, session: Session) -> None:
    url = internet.serve("peer.example", "/notes/2", {"type": "Tombstone"}, status=410)
    with pytest.raises(RemoteError) as caught:
        await notes.fetch_note(session, url, signer=None)
    assert (caught.value.peer_status, caught.value.is_temporary) == (410, False)
