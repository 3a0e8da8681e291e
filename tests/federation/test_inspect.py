"""`fediart inspect`: what other servers serve, told to an admin in words and in JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from fediart.activitypub.signatures import proofs
from tests.conftest import free_port
from tests.federation import wire
from tests.federation.home import Home, Work
from tests.federation.peer import Peer
from tests.federation.people import CONTEXT, PUBLIC, Person, ed25519_key, settle

CID = "https://www.w3.org/ns/cid/v1"


@pytest.fixture(scope="module")
def work(home: Home) -> Work:
    return home.publish("Inspected")


def proof_key_id(person: Person) -> str:
    return str(person.document["assertionMethod"][0]["id"])


def signed(person: Person, note: dict[str, object]) -> dict[str, object]:
    """Return the note with a proof by the person."""
    return proofs.add_proof(
        {"@context": [*CONTEXT, CID], **note},
        key=ed25519_key(),
        verification_method=proof_key_id(person),
        created=datetime.now(UTC),
    )


def serve(person: Person, note: dict[str, object]) -> str:
    return person.peer.serve(str(note["id"]).removeprefix(person.peer.base), {"@context": CONTEXT, **note})


def refused(home: Home, what: str, code: int = 1) -> str:
    done = home.server.cli("inspect", what)
    assert (done.returncode, done.stdout) == (code, ""), done
    assert done.stderr.startswith("fediart: "), done
    assert done.stderr.count("\n") == 1, done
    return done.stderr


def test_an_actor_by_address_and_by_handle(home: Home, lee: Person) -> None:
    seen = home.server.json("inspect", lee.id)
    assert (seen["type"], seen["id"], seen["signed_fetch"]) == ("Person", lee.id, "not needed")
    assert seen["actor"]["inbox"] == f"{lee.peer.base}{lee.inbox}"
    assert [(key["id"], key["kind"]) for key in seen["actor"]["keys"]] == [
        (lee.key_id, "RSA 2048"),
        (proof_key_id(lee), "Ed25519"),
    ]
    assert seen["proof"]["state"] == "none"
    assert seen["verdict"]["action"] == "ignore"
    subject = f"acct:{lee.name}@{lee.peer.host}"
    lee.peer.serve(
        f"/.well-known/webfinger?resource={subject}",
        {"subject": subject, "links": [{"rel": "self", "type": wire.ACTIVITY_JSON, "href": lee.id}]},
        content_type="application/jrd+json",
    )
    assert home.server.json("inspect", f"@{lee.name}@{lee.peer.host}")["id"] == lee.id


def test_looking_stores_nothing(home: Home, lee: Person) -> None:
    home.server.ok("inspect", lee.id)
    assert home.query("SELECT 1 FROM actors WHERE uri = ?", lee.id) == []


def test_who_follows_whom(home: Home, lee: Person) -> None:
    home.follow(lee)
    home.server.ok("follow", lee.id, "--as", "mira")
    asked = lee.peer.wait_for("Follow", target=lee.inbox)
    home.take(lee, lee.says("Accept", asked.activity["id"]))
    verdict = home.server.json("inspect", lee.id)["verdict"]
    assert (verdict["action"], verdict["followed_by"], verdict["follows"]) == ("show", ["mira"], ["mira"])
    note = lee.note("<p>for everybody</p>")
    serve(lee, note)
    assert home.server.json("inspect", note["id"])["verdict"]["reason"] == "somebody here follows the author"


def test_a_note_for_people_who_read(home: Home, lee: Person, work: Work) -> None:
    note = lee.note(
        "<p>How <b>blue</b>!</p>", inReplyTo=work.uri, tdmReservation=1, license="https://lee.example/terms"
    )
    serve(lee, note)
    shown = home.server.ok("inspect", note["id"])
    for line in (
        "Type:        Note",
        f"Author:      {lee.id}",
        "Visible to:  public",
        "Text:        How blue!",
        "Signed GET:  not needed",
        "Proof:       none: the document carries no proof",
        "Rights:      AI training is reserved: not without the author's consent",
        "We would:    show: answers a work of this server",
    ):
        assert line in shown.splitlines(), shown
    assert "tdmReservation = 1" in shown
    assert "license = https://lee.example/terms" in shown


def test_what_would_become_of_a_note(home: Home, lee: Person) -> None:
    public, video = lee.note(), lee.note(type="Video", name="Tide")
    direct = lee.note(to=[home.actor], cc=[])
    for note, visibility, action, reason in (
        (public, "public", "ignore", "concerns nobody here"),
        (video, "public", "ignore", "concerns nobody here"),
        (direct, "direct", "show", "names mira"),
    ):
        serve(lee, note)
        seen = home.server.json("inspect", note["id"])
        assert (seen["note"]["visibility"], seen["verdict"]["action"], seen["verdict"]["reason"]) == (
            visibility,
            action,
            reason,
        )


def test_what_the_inbox_did_is_what_is_told(home: Home, lee: Person, work: Work) -> None:
    note = lee.note(inReplyTo=work.uri)
    serve(lee, note)
    assert home.server.json("inspect", note["id"])["verdict"]["action"] == "show"
    assert home.take(lee, lee.creates(note)).startswith("done: stored")
    assert home.server.json("inspect", note["id"])["verdict"]["reason"] == "stored already"
    home.take(lee, lee.says("Delete", note["id"]))
    assert home.server.json("inspect", note["id"])["verdict"] == {
        "action": "ignore",
        "reason": "was deleted",
        "followed_by": [],
        "follows": [],
    }


def test_proofs(home: Home, lee: Person, other_peer: Peer) -> None:
    # The fragment is not sent, so the actor's own document is what the key's address serves.
    good = signed(lee, lee.note())
    serve(lee, good)
    seen = home.server.json("inspect", str(good["id"]))
    assert seen["proof"] == {"state": "verified", "reason": f"by {proof_key_id(lee)}"}
    changed = {**signed(lee, lee.note()), "content": "<p>free for AI training</p>"}
    serve(lee, changed)
    assert home.server.json("inspect", str(changed["id"]))["proof"] == {
        "state": "invalid",
        "reason": "The proof does not match the document and the key",
    }
    stranger = settle(other_peer)
    stolen = signed(stranger, lee.note())
    serve(lee, stolen)
    seen = home.server.json("inspect", str(stolen["id"]))
    assert seen["proof"]["state"] == "invalid"
    assert stranger.id in seen["proof"]["reason"]


def test_a_key_that_cannot_be_read_is_said_so(home: Home, peer: Peer) -> None:
    lee = settle(peer)
    entry = {"id": f"{lee.id}#old", "owner": lee.id, "publicKeyPem": "-----BEGIN nonsense"}
    lee.serve(publicKey=[entry], assertionMethod=None)
    (key,) = home.server.json("inspect", lee.id)["actor"]["keys"]
    assert (key["id"], key["usable"]) == (f"{lee.id}#old", False)
    assert key["kind"].startswith("unreadable: ")


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_server_that_demands_signatures(home: Home, lee: Person, status: int) -> None:
    lee.peer.demand_signature(f"/users/{lee.name}", status)
    seen = home.server.json("inspect", lee.id)
    assert seen["signed_fetch"] == f"needed (status {status} without); draft-cavage-12 is accepted"


def test_rights_of_a_note_and_of_its_author(home: Home, peer: Peer) -> None:
    lee = settle(peer, tdmReservation=1)
    note = lee.note(contentUsage="train-ai=y")
    serve(lee, note)
    rights = home.server.json("inspect", note["id"])["rights"]
    assert rights["training_reserved"] is True
    assert rights["terms"] == {"contentUsage": "train-ai=y", "tdmReservation": 1}
    silent = settle(peer)
    serve(silent, note := silent.note())
    assert home.server.json("inspect", note["id"])["rights"]["training_reserved"] is None


def test_the_raw_document(home: Home, lee: Person) -> None:
    assert json.loads(home.server.ok("inspect", lee.id, "--raw")) == lee.document


def test_other_documents(home: Home, lee: Person) -> None:
    url = f"{lee.id}/followers"
    lee.peer.serve(f"/users/{lee.name}/followers", {"@context": CONTEXT, "id": url, "type": "Collection"})
    seen = home.server.json("inspect", url)
    assert (seen["type"], seen["verdict"]["action"]) == ("Collection", "ignore")


def test_an_author_who_cannot_be_fetched(home: Home, peer: Peer) -> None:
    lee = settle(peer)
    note = lee.note(to=[PUBLIC])
    serve(lee, note)
    lee.vanish(410)
    seen = home.server.json("inspect", note["id"])
    assert seen["remarks"] == [f"the author could not be fetched: {peer.host} says it is gone (410)"]


def test_an_author_elsewhere_is_not_believed(home: Home, lee: Person, other_peer: Peer) -> None:
    note = lee.note(attributedTo=settle(other_peer).id, to=[home.actor])
    serve(lee, note)
    verdict = home.server.json("inspect", note["id"])["verdict"]
    assert (verdict["action"], verdict["reason"]) == ("ignore", "it names an author on another host")


def test_what_cannot_be_seen_says_why(home: Home, lee: Person) -> None:
    base, host = lee.peer.base, lee.peer.host
    page = lee.peer.serve(f"/page/{lee.name}", b"<p>hello</p>", content_type="text/html; charset=utf-8")
    plain = lee.peer.serve(f"/plain/{lee.name}", lee.document, content_type="application/json")
    garbled = lee.peer.serve(f"/garbled/{lee.name}", b"{nonsense")
    gone = lee.peer.serve(f"/gone/{lee.name}", b"", status=410)
    broken = lee.peer.serve(f"/broken/{lee.name}", b"", status=500)
    nobody = free_port()
    for what, text in {
        f"{base}/nothing": f"{host} has nothing at this address (404)",
        gone: f"{host} says it is gone (410)",
        broken: f"{host} answered with status 500",
        page: f"{page} is a web page (text/html): its server has no ActivityPub document there",
        plain: f"{plain} has the wrong media type (application/json): it must be application/activity+json",
        garbled: "JSON",
        f"http://127.0.0.1:{nobody}/users/lee": f"refused: nothing listens at 127.0.0.1:{nobody}",
        "http://no-such-host.invalid/users/lee": "DNS: ",
        f"@nobody@{host}": f"{host} knows no @nobody",
        "lee": "neither an address (https://…) nor a handle (@name@host)",
        "@lee@": "host",
    }.items():
        assert text in refused(home, what), what


def test_a_private_address_and_a_broken_certificate_are_named(home: Home, lee: Person) -> None:
    before = dict(home.server.environ)
    try:
        home.server.environ["FEDIART_FEDERATION__ALLOW_PRIVATE_ADDRESSES"] = "false"
        assert "private address: 127.0.0.1" in refused(home, lee.id)
    finally:
        home.server.environ.clear()
        home.server.environ.update(before)
    assert "TLS: " in refused(home, lee.id.replace("http://", "https://"))
