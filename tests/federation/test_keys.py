"""Finding out whose key signed: every way in which peers publish keys, lose them, change them, and forge them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fediart.activitypub import keys
from tests.federation import wire
from tests.federation.home import Home
from tests.federation.peer import Peer, Peers
from tests.federation.people import CONTEXT, Person, public_pem, rsa_key, settle


def follow(home: Home, person: Person) -> dict[str, Any]:
    return person.says("Follow", home.actor)


def test_a_key_host_that_is_down_is_503_and_the_retry_succeeds(home: Home, session_peers: Peers) -> None:
    away = session_peers.open()
    person = settle(away)
    activity = follow(home, person)
    away.close()
    answer = person.post(home.inbox, activity)
    assert answer.status == 503
    assert away.host in answer.error
    assert int(answer.headers["retry-after"]) > 0
    away.listen()
    assert home.take(person, activity) == "done: accepted"


@pytest.mark.parametrize(("status", "expected"), [(500, 503), (502, 503), (429, 503), (404, 401), (403, 401)])
def test_a_key_that_cannot_be_had_is_503_when_that_may_heal_else_401(
    home: Home, lee: Person, status: int, expected: int
) -> None:
    lee.vanish(status)
    answer = lee.post(home.inbox, follow(home, lee))
    assert answer.status == expected
    assert "key" in answer.error


@pytest.mark.parametrize("content_type", ["text/plain", "text/html", "application/json", "application/octet-stream"])
def test_an_actor_of_the_wrong_media_type_is_not_believed(home: Home, lee: Person, content_type: str) -> None:
    lee.peer.serve(f"/users/{lee.name}", lee.document, content_type=content_type)
    assert lee.post(home.inbox, follow(home, lee)).status == 401


def test_a_key_id_that_is_the_actors_id(home: Home, lee: Person) -> None:
    lee.serve(publicKey=lee.document["publicKey"] | {"id": lee.id})
    lee.key_id = lee.id
    assert home.take(lee, follow(home, lee)) == "done: accepted"


def test_a_key_id_with_a_path_that_serves_a_stub_of_the_actor(home: Home, lee: Person) -> None:
    lee.key_id = f"{lee.id}/main-key"
    lee.serve(publicKey=lee.document["publicKey"] | {"id": lee.key_id})
    stub = {name: lee.document[name] for name in ("@context", "id", "type", "preferredUsername", "publicKey")}
    lee.peer.serve(f"/users/{lee.name}/main-key", stub)
    assert home.take(lee, follow(home, lee)) == "done: accepted"


def test_a_bare_key_document_that_its_owner_lists(home: Home, lee: Person) -> None:
    lee.key_id = f"{lee.peer.base}/keys/{lee.name}"
    lee.serve(publicKey=lee.key_id)
    key = {"@context": CONTEXT, "id": lee.key_id, "type": "Key", "owner": lee.id, "publicKeyPem": public_pem(rsa_key())}
    lee.peer.serve(f"/keys/{lee.name}", key)
    assert home.take(lee, follow(home, lee)) == "done: accepted"


def test_a_bare_key_document_that_its_owner_does_not_list_is_401(home: Home, lee: Person) -> None:
    lee.key_id = f"{lee.peer.base}/keys/{lee.name}"
    key = {"@context": CONTEXT, "id": lee.key_id, "owner": lee.id, "publicKeyPem": public_pem(rsa_key("forged"))}
    lee.peer.serve(f"/keys/{lee.name}", key)
    answer = lee.post(home.inbox, follow(home, lee), key=rsa_key("forged"))
    assert answer.status == 401
    assert not home.is_stored({"id": lee.id})


def test_a_key_on_another_host_that_claims_an_owner_is_401(home: Home, lee: Person, other_peer: Peer) -> None:
    key_id = f"{other_peer.base}/keys/{lee.name}"
    key = {"@context": CONTEXT, "id": key_id, "owner": lee.id, "publicKeyPem": public_pem(rsa_key("forged"))}
    other_peer.serve(f"/keys/{lee.name}", key)
    assert lee.post(home.inbox, follow(home, lee), key=rsa_key("forged"), key_id=key_id).status == 401


def test_an_actor_document_on_another_host_is_401(home: Home, lee: Person, other_peer: Peer) -> None:
    forged = lee.document | {
        "publicKey": {"id": lee.key_id, "owner": lee.id, "publicKeyPem": public_pem(rsa_key("forged"))}
    }
    other_peer.serve("/copy", forged)
    answer = lee.post(home.inbox, follow(home, lee), key=rsa_key("forged"), key_id=f"{other_peer.base}/copy")
    assert answer.status == 401


def test_a_list_of_public_keys(home: Home, lee: Person) -> None:
    first = {"id": f"{lee.id}#old", "owner": lee.id, "publicKeyPem": public_pem(rsa_key("old"))}
    lee.serve(publicKey=[first, lee.document["publicKey"]])
    assert home.take(lee, follow(home, lee)) == "done: accepted"


def test_a_multikey_that_is_rsa(home: Home, lee: Person) -> None:
    multikey = {
        "id": f"{lee.id}#multi",
        "type": "Multikey",
        "controller": lee.id,
        "publicKeyMultibase": keys.write_multikey(rsa_key("multi").public_key()),
    }
    lee.serve(assertionMethod=[multikey])
    lee.key_id, lee.key = f"{lee.id}#multi", rsa_key("multi")
    assert home.take(lee, follow(home, lee)) == "done: accepted"


def test_an_actor_found_through_a_redirect_within_its_host(home: Home, lee: Person) -> None:
    lee.peer.serve(f"/@{lee.name}", b"", status=301, headers={"Location": lee.id})
    lee.serve(publicKey=lee.document["publicKey"] | {"id": f"{lee.peer.base}/@{lee.name}#key"})
    lee.key_id = f"{lee.peer.base}/@{lee.name}#key"
    assert home.take(lee, follow(home, lee)) == "done: accepted"


def test_a_rotated_key_is_asked_for_once(home: Home, lee: Person) -> None:
    home.follow(lee)
    lee.key = rsa_key("rotated")
    lee.serve(publicKey=lee.document["publicKey"] | {"publicKeyPem": public_pem(lee.key)})
    path = f"/users/{lee.name}"
    before = lee.peer.fetched.count(path)
    assert home.take(lee, lee.creates(lee.note(to=[home.actor]))).startswith("done: stored")
    assert lee.peer.fetched.count(path) == before + 1
    for _ in range(3):
        assert lee.post(home.inbox, lee.says("Like", home.actor), key=rsa_key("stolen")).status == 401
    assert lee.peer.fetched.count(path) == before + 1


def test_a_known_key_is_not_fetched_again(home: Home, lee: Person) -> None:
    home.follow(lee)
    for _ in range(3):
        lee.post(home.inbox, lee.says("Like", home.actor))
    assert lee.peer.fetched.count(f"/users/{lee.name}") == 1


def test_delete_of_an_actor_whom_we_never_met_is_202_without_asking_anybody(home: Home, lee: Person) -> None:
    lee.vanish(410)
    farewell = lee.says("Delete", lee.id)
    assert lee.post(home.shared_inbox, farewell).status == 202
    body = json.dumps(farewell).encode()
    assert wire.send("POST", home.shared_inbox, headers={"Content-Type": wire.LD_JSON}, body=body).status == 202
    assert f"/users/{lee.name}" not in lee.peer.fetched
    assert not home.is_stored(farewell)


def test_delete_signed_with_the_known_key_removes_a_follower_who_is_gone(home: Home, lee: Person) -> None:
    home.follow(lee)
    lee.vanish(410)
    assert home.take(lee, lee.says("Delete", lee.id)).startswith("done: account gone")
    assert lee.id not in home.followers()


@pytest.mark.parametrize("dialect", ["cavage", "rfc9421"])
def test_delete_that_cannot_be_verified_is_believed_when_the_origin_says_410(
    home: Home, lee: Person, dialect: str
) -> None:
    home.follow(lee)
    lee.vanish(410)
    farewell = lee.says("Delete", lee.id)
    body = json.dumps(farewell).encode()
    if dialect == "cavage":
        assert lee.post(home.shared_inbox, body, key=rsa_key("lost")).status == 202
    else:
        headers = wire.rfc9421_headers(home.shared_inbox, body, key=rsa_key("lost"), key_id=lee.key_id)
        assert wire.send("POST", home.shared_inbox, headers=headers, body=body).status == 202
    assert home.outcome(farewell).startswith("done: account gone")
    assert lee.id not in home.followers()


@pytest.mark.parametrize("status", [404, 403, 500])
def test_delete_that_cannot_be_verified_changes_nothing_otherwise(home: Home, lee: Person, status: int) -> None:
    home.follow(lee)
    lee.vanish(status)
    answer = lee.post(home.shared_inbox, lee.says("Delete", lee.id), key=rsa_key("lost"))
    assert answer.status == 401
    assert lee.id in home.followers()


def test_a_410_proves_nothing_but_the_delete_of_that_very_account(home: Home, lee: Person) -> None:
    home.follow(lee)
    gone = settle(lee.peer)
    gone.vanish(410)
    for activity in (lee.says("Delete", lee.id), gone.says("Follow", home.actor)):
        answer = lee.post(home.shared_inbox, activity, key=rsa_key("lost"), key_id=gone.key_id)
        assert answer.status == 401, activity
    assert lee.id in home.followers()
