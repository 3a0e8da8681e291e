"""Our server and a Fedify server that talk to each other over HTTP: each side runs its own code only.

What Fedify read and verified is told by its control API; what our server knows is told by our command line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.peers import driven, fedify_peer, studio

pytestmark = pytest.mark.peer

VERIFIED = {"present": True, "verified": True, "error": None}


@dataclass(frozen=True, slots=True)
class Published:
    """A picture of mira's that kim, who follows her, has received."""

    server: studio.Server
    kim: fedify_peer.FedifyPeer
    create: fedify_peer.Delivery

    @property
    def note_id(self) -> str:
        note_id: str = self.create["activity"]["object"]["id"]
        return note_id


@pytest.fixture(scope="module")
def kim() -> Iterator[fedify_peer.FedifyPeer]:
    with fedify_peer.run() as peer:
        yield peer


@pytest.fixture
def published(server: studio.Server, kim: fedify_peer.FedifyPeer, tmp_path: Path) -> Published:
    follow(kim, server)
    studio.publish(server, tmp_path)
    create = kim.wait_for("Create", lambda activity: activity["actor"] == studio.actor_of(server))
    return Published(server, kim, create)


def follow(kim: fedify_peer.FedifyPeer, server: studio.Server) -> tuple[str, fedify_peer.Delivery]:
    """Make kim follow mira; returns the id of the Follow, and the Accept."""
    sent = kim.act("follow", actor=studio.actor_of(server))["activity"]
    return sent, kim.wait_for("Accept", lambda activity: sent in studio.strings_in(activity["object"]))


@pytest.mark.parametrize("dialect", [fedify_peer.RFC9421, fedify_peer.CAVAGE])
def test_fedify_follows_in_either_dialect(server: studio.Server, dialect: str) -> None:
    with fedify_peer.run(first_knock=dialect) as kim:
        sent, accept = follow(kim, server)
        assert accept["http_signature"]["verified"] is True
        assert accept["http_signature"]["key_id"] == f"{studio.actor_of(server)}#main-key"
        assert accept["status"] == 202
        assert accept["heard"]["type"] == "Accept"
        assert accept["heard"]["actor"] == studio.actor_of(server)
        assert accept["heard"]["object_id"] == sent
        assert kim.actor in studio.strings_in(studio.listed(server, "followers"))
        # Fedify remembers what was taken: our server took the dialect that it tried first.
        assert kim.act("dialect", origin=server.base_url)["dialect"] == dialect


def test_fedify_unfollows(server: studio.Server, kim: fedify_peer.FedifyPeer) -> None:
    sent, _ = follow(kim, server)
    kim.act("undo", activity=sent)
    studio.eventually(
        lambda: kim.actor not in studio.strings_in(studio.listed(server, "followers")), "mira loses her follower"
    )


def test_fedify_verifies_the_delivery(published: Published) -> None:
    mira, create = studio.actor_of(published.server), published.create
    assert create["http_signature"]["verified"] is True, create["http_signature"]
    assert create["http_signature"]["key_id"] == f"{mira}#main-key"
    assert create["proof"] == VERIFIED
    assert create["object_proof"] == VERIFIED
    assert create["activity"]["proof"]["verificationMethod"] == f"{mira}#ed25519-key"
    assert create["status"] == 202
    assert create["listener_error"] is None


def test_fedify_reads_the_artwork(published: Published) -> None:
    mira = studio.actor_of(published.server)
    note = published.create["heard"]["object"]
    assert note["type"] == "Note"
    assert note["attributed_to"] == [mira]
    assert "https://www.w3.org/ns/activitystreams#Public" in note["to"]
    assert studio.TITLE in f"{note['name']} {note['content']}"
    (picture,) = note["attachments"]
    assert picture["name"] == studio.ALT_TEXT
    assert picture["media_type"].startswith("image/")
    assert (picture["width"], picture["height"]) == (640, 420)
    assert picture["url"].startswith(published.server.base_url)


def test_the_fetched_note_carries_the_same_proof(published: Published) -> None:
    fetched = published.kim.act("fetch", url=published.note_id)
    assert fetched["proof"] == VERIFIED
    assert fetched["document"]["proof"] == published.create["activity"]["object"]["proof"]
    assert fetched["object"] == published.create["heard"]["object"]


def test_the_proof_covers_every_member_of_the_note(published: Published) -> None:
    note = published.kim.act("fetch", url=published.note_id)["document"]
    for member in note.keys() - {"proof", "@context"}:
        without = {name: value for name, value in note.items() if name != member}
        assert published.kim.act("verify", document=without)["proof"]["verified"] is False, member


def test_fedify_likes_and_takes_it_back(published: Published) -> None:
    def likes() -> list[object]:
        return [entry for entry in studio.listed(published.server, "notifications") if is_from_kim(entry)]

    def is_from_kim(entry: object) -> bool:
        found = set(studio.strings_in(entry))
        return published.kim.actor in found and any(text == "favourite" for text in found)

    sent = published.kim.act("like", object=published.note_id)["activity"]
    studio.eventually(lambda: len(likes()) == 1, "mira is told of the like")
    published.kim.act("undo", activity=sent)
    studio.eventually(lambda: likes() == [], "the like is gone")


def test_fedify_announces(published: Published) -> None:
    published.kim.act("announce", object=published.note_id)

    def is_told() -> bool:
        return any(
            published.kim.actor in found and any(text == "reblog" for text in found)
            for found in map(set, map(studio.strings_in, studio.listed(published.server, "notifications")))
        )

    studio.eventually(is_told, "mira is told of the boost")


def test_fedify_replies_edits_and_deletes(published: Published) -> None:
    def replies() -> str:
        return "\n".join(studio.strings_in(studio.listed(published.server, "replies")))

    reply = published.kim.act("reply", object=published.note_id, content="<p>What a sky!</p>")["object"]
    studio.eventually(lambda: "What a sky!" in replies(), "mira sees the reply")
    published.kim.act("edit", object=reply, content="<p>What a green sky!</p>")
    studio.eventually(lambda: "What a green sky!" in replies(), "mira sees the edited reply")
    published.kim.act("delete", object=reply)
    studio.eventually(lambda: "What a green sky!" not in replies(), "the deleted reply is gone")


def test_an_unchanged_repetition_is_verified(published: Published) -> None:
    """So what is refused below is refused for the change and not for the repetition."""
    report = published.kim.repeat(published.create, body=fedify_peer.body_of(published.create))
    assert report["http_signature"]["verified"] is True
    assert report["proof"] == VERIFIED
    assert report["object_proof"] == VERIFIED
    assert report["status"] == 202


def test_a_changed_http_signature_is_unverified(published: Published) -> None:
    """Fedify may still take the activity for its proof; what it says of the signature is what counts here."""
    header = next(v for k, v in published.create["request"]["headers"] if k.lower() == "signature")
    report = published.kim.repeat(
        published.create,
        body=fedify_peer.body_of(published.create),
        signature=driven.change_after(header, 'signature="'),
    )
    assert report["http_signature"] == published.create["http_signature"] | {
        "verified": False,
        "reason": "invalidSignature",
    }
    assert report["proof"] == VERIFIED


def test_a_changed_body_is_refused(published: Published) -> None:
    body = driven.change_after(fedify_peer.body_of(published.create).decode(), '"content":"')
    report = published.kim.repeat(published.create, body=body.encode())
    assert report["http_signature"]["verified"] is False
    assert report["proof"]["verified"] is False
    assert report["object_proof"]["verified"] is False
    assert report["status"] == 401
    assert report["heard"] is None


@pytest.mark.parametrize("changed", ["proof", "object_proof"])
def test_a_changed_proof_is_refused(published: Published, changed: str) -> None:
    activity = published.create["activity"]
    value = (activity if changed == "proof" else activity["object"])["proof"]["proofValue"]
    body = fedify_peer.body_of(published.create).decode().replace(value, driven.change_after(value, "z"))
    report = published.kim.repeat(published.create, body=body.encode())
    assert report["http_signature"]["verified"] is False
    assert report[changed]["verified"] is False
    assert report["status"] == 401
    assert report["heard"] is None
