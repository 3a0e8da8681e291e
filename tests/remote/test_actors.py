"""Actors, and keys that their owners vouch for."""

from __future__ import annotations

from typing import Any

import pytest

from fediart.activitypub.errors import ProtocolError, SignatureError
from fediart.remote import actors
from fediart.remote.session import Session

from .conftest import Internet

PEM = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"
OTHER_PEM = PEM.replace("AAAA", "BBBB")


def actor(url: str, **more: Any) -> dict[str, Any]:
    return {"id": url, "type": "Person", "inbox": f"{url}/inbox", "preferredUsername": "lee", **more}


def key(key_id: str, owner: str, pem: str = PEM) -> dict[str, Any]:
    return {"id": key_id, "owner": owner, "publicKeyPem": pem}


@pytest.fixture
def lee(internet: Internet) -> str:
    return internet.url("peer.example", "/users/lee")


async def key_error(session: Session, key_id: str) -> SignatureError:
    with pytest.raises(SignatureError) as caught:
        await actors.fetch_key(session, key_id, signer=None)
    return caught.value


async def test_an_actor(internet: Internet, session: Session, lee: str) -> None:
    internet.serve("peer.example", "/users/lee", actor(lee))
    found = await actors.fetch_actor(session, lee, signer=None)
    assert (found.id, found.username, found.inbox) == (lee, "lee", f"{lee}/inbox")


async def test_an_actor_by_its_alias_has_its_real_id(internet: Internet, session: Session, lee: str) -> None:
    internet.serve("peer.example", "/users/lee", actor(lee))
    alias = internet.serve("peer.example", "/@lee", actor(lee))
    assert (await actors.fetch_actor(session, alias, signer=None)).id == lee


async def test_a_note_is_no_actor(internet: Internet, session: Session) -> None:
    url = internet.url("peer.example", "/n")
    internet.serve("peer.example", "/n", {"id": url, "type": "Note", "attributedTo": url})
    with pytest.raises(ProtocolError):
        await actors.fetch_actor(session, url, signer=None)


async def test_a_key_in_the_actor(internet: Internet, session: Session, lee: str) -> None:
    key_id = f"{lee}#main-key"
    internet.serve("peer.example", "/users/lee", actor(lee, publicKey=key(key_id, lee)))
    owner, entry = await actors.fetch_key(session, key_id, signer=None)
    assert (owner.id, entry.id, entry.pem) == (lee, key_id, PEM)
    assert len(internet.seen) == 1


async def test_the_right_one_of_several_keys(internet: Internet, session: Session, lee: str) -> None:
    listed = [key(f"{lee}#a", lee, OTHER_PEM), key(f"{lee}#b", lee)]
    internet.serve("peer.example", "/users/lee", actor(lee, publicKey=listed))
    _, entry = await actors.fetch_key(session, f"{lee}#b", signer=None)
    assert entry.pem == PEM


async def test_a_multikey_in_the_actor(internet: Internet, session: Session, lee: str) -> None:
    multikey = {"id": f"{lee}#ed", "type": "Multikey", "controller": lee, "publicKeyMultibase": "z6MkTest"}
    internet.serve("peer.example", "/users/lee", actor(lee, assertionMethod=[multikey]))
    _, entry = await actors.fetch_key(session, f"{lee}#ed", signer=None)
    assert entry.multibase == "z6MkTest"


async def test_a_key_whose_id_is_the_actors(internet: Internet, session: Session, lee: str) -> None:
    internet.serve("peer.example", "/users/lee", actor(lee, publicKey=key(lee, lee)))
    owner, entry = await actors.fetch_key(session, lee, signer=None)
    assert (owner.id, entry.pem) == (lee, PEM)


@pytest.mark.parametrize("is_embedded", [True, False])
async def test_a_key_as_its_own_document(internet: Internet, session: Session, lee: str, is_embedded: bool) -> None:
    key_id = f"{lee}/main-key"
    internet.serve("peer.example", "/users/lee/main-key", key(key_id, lee))
    listed = key(key_id, lee) if is_embedded else key_id
    internet.serve("peer.example", "/users/lee", actor(lee, publicKey=listed))
    owner, entry = await actors.fetch_key(session, key_id, signer=None)
    assert (owner.id, entry.id, entry.pem) == (lee, key_id, PEM)


async def test_what_the_owner_shows_now_outweighs_the_keys_own_document(
    internet: Internet, session: Session, lee: str
) -> None:
    key_id = f"{lee}/main-key"
    internet.serve("peer.example", "/users/lee/main-key", key(key_id, lee, OTHER_PEM))
    internet.serve("peer.example", "/users/lee", actor(lee, publicKey=key(key_id, lee)))
    _, entry = await actors.fetch_key(session, key_id, signer=None)
    assert entry.pem == PEM


async def test_a_stub_of_the_actor_at_the_keys_address(internet: Internet, session: Session, lee: str) -> None:
    key_id = f"{lee}/main-key"
    stub = {"id": lee, "type": "Person", "preferredUsername": "lee", "publicKey": key(key_id, lee, OTHER_PEM)}
    internet.serve("peer.example", "/users/lee/main-key", stub)
    internet.serve("peer.example", "/users/lee", actor(lee, publicKey=key(key_id, lee)))
    owner, entry = await actors.fetch_key(session, key_id, signer=None)
    assert (owner.inbox, entry.pem) == (f"{lee}/inbox", PEM)


async def test_a_key_that_its_owner_does_not_list(internet: Internet, session: Session, lee: str) -> None:
    key_id = f"{lee}/uploads/key"
    internet.serve("peer.example", "/users/lee/uploads/key", key(key_id, lee, OTHER_PEM))
    internet.serve("peer.example", "/users/lee", actor(lee, publicKey=key(f"{lee}#main-key", lee)))
    assert "does not list" in (await key_error(session, key_id)).text


async def test_a_key_that_claims_an_owner_on_another_host(internet: Internet, session: Session, lee: str) -> None:
    key_id = internet.url("evil.example", "/key")
    internet.serve("evil.example", "/key", key(key_id, lee))
    internet.serve("peer.example", "/users/lee", actor(lee, publicKey=key(f"{lee}#main-key", lee)))
    assert "does not list" in (await key_error(session, key_id)).text


async def test_an_owner_that_goes_by_another_id(internet: Internet, session: Session, lee: str) -> None:
    alias, key_id = internet.url("peer.example", "/@lee"), f"{lee}/main-key"
    internet.serve("peer.example", "/users/lee/main-key", key(key_id, alias))
    internet.serve("peer.example", "/@lee", actor(lee))
    internet.serve("peer.example", "/users/lee", actor(lee, publicKey=key(key_id, lee)))
    assert "another id" in (await key_error(session, key_id)).text


async def test_another_fragment_is_another_key(internet: Internet, session: Session, lee: str) -> None:
    internet.serve("peer.example", "/users/lee", actor(lee, publicKey=key(f"{lee}#main-key", lee)))
    assert "does not list" in (await key_error(session, f"{lee}#old-key")).text


async def test_a_key_that_is_named_but_never_shown(internet: Internet, session: Session, lee: str) -> None:
    internet.serve("peer.example", "/users/lee", actor(lee, publicKey=f"{lee}#main-key"))
    assert "nobody shows it" in (await key_error(session, f"{lee}#main-key")).text
