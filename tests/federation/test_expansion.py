"""Our JSON as linked data: every key that we write means something to a JSON-LD processor, at every level."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pyld import jsonld

from fediart.activitypub import contexts
from tests.federation.conftest import OpenHome
from tests.federation.home import Home, Work
from tests.federation.peer import Peer, Peers
from tests.federation.people import Person, settle

Path = tuple[str | int, ...]


@pytest.fixture(scope="module")
def home(open_home: OpenHome) -> Home:
    return open_home()


@pytest.fixture(scope="module")
def follower(peers: Peers, home: Home) -> Person:
    person = settle(peers.open(), "lee")
    home.follow(person)
    return person


@pytest.fixture(scope="module")
def work(home: Home, follower: Person) -> Work:
    work = home.publish("Linked", "--tag", "ink", "--text", "#blue", "--summary", "water", "--language", "en")
    follower.peer.wait_for("Create", about=work.uri)
    return work


def lost_terms(document: dict[str, Any]) -> list[str]:
    """Return what a JSON-LD processor does not understand of a document.

    A member without which the expanded form is the same (its path), and a term or type that became a blank node, which
    is what the AS2 context makes of the undefined ones (`_:x`).
    """
    document = unsigned(document)
    whole = expanded(document)
    silent = [".".join(map(str, path)) for path in members(document) if expanded(without(document, path)) == whole]
    return silent + sorted(set(blank_names(whole)))


def unsigned(node: Any) -> Any:
    """Drop linked data signatures: they are about the graph and no part of it, and no context names their type."""
    if isinstance(node, list):
        return [unsigned(item) for item in node]
    if isinstance(node, dict):
        return {name: unsigned(value) for name, value in node.items() if name != "signature"}
    return node


def expanded(document: dict[str, Any]) -> Any:
    return jsonld.expand(document, {"documentLoader": contexts.loader(), "base": "https://base.invalid/"})


def members(node: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of each member that says something."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key != "@context" and value is not None:
                yield (*path, key)
                yield from members(value, (*path, key))
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from members(item, (*path, index))


def without(node: Any, path: Path) -> Any:
    """Return a copy that lacks one member."""
    key, rest = path[0], path[1:]
    if isinstance(node, list):
        return [without(item, rest) if index == key else item for index, item in enumerate(node)]
    if not rest:
        return {name: value for name, value in node.items() if name != key}
    return {name: without(value, rest) if name == key else value for name, value in node.items()}


def blank_names(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            names = value if key == "@type" and isinstance(value, list) else [key]
            yield from (name for name in names if name.startswith(("_:", "https://base.invalid/")))
            yield from blank_names(value)
    elif isinstance(node, list):
        for item in node:
            yield from blank_names(item)


def delivered(peer: Peer, type_: str, about: str = "") -> dict[str, Any]:
    return peer.wait_for(type_, about=about).activity


def test_the_check_itself_finds_what_is_lost() -> None:
    lossy = {
        "@context": contexts.ACTIVITYSTREAMS,
        "type": "Note",
        "content": "x",
        "sensitive": True,
        "tag": [{"type": "Hashtag", "name": "#x", "blurhash": "y"}],
    }
    assert lost_terms(lossy) == ["_:Hashtag", "_:blurhash", "_:sensitive"]
    assert lost_terms({"@context": {"name": "https://x.example/name"}, "name": "x", "title": "y"}) == ["title"]


def test_the_actors(home: Home) -> None:
    for field in ("Site=https://mira.example", "Medium=Oil"):
        home.server.ok("artist", "edit", "mira", "--field", field, "--bio", "Paints", "--icon", str(home.picture))
    for address in (home.actor, f"{home.base}/actor"):
        assert lost_terms(home.document(address)) == []


def test_the_note(home: Home, work: Work) -> None:
    document = home.document(work.uri)
    assert {"proof", "attachment", "tag", "contentMap", "interactionPolicy"} <= set(document)
    assert document["proof"]["proofValue"]
    assert lost_terms(document) == []


def test_the_create(follower: Person, work: Work) -> None:
    create = delivered(follower.peer, "Create", work.uri)
    assert "proof" in create
    assert "proof" in create["object"]
    assert lost_terms(create) == []


def test_the_update_of_a_work(home: Home, follower: Person, work: Work) -> None:
    home.server.ok("edit", work.id, "--title", "Linked again")
    assert lost_terms(delivered(follower.peer, "Update", "Linked again")) == []


def test_the_update_of_an_artist(home: Home, follower: Person) -> None:
    home.server.ok("artist", "edit", "mira", "--name", "Mira M.", "--field", "Site=https://mira.example")
    assert lost_terms(delivered(follower.peer, "Update", "Mira M.")) == []


def test_the_delete_and_the_tombstone(home: Home, follower: Person) -> None:
    gone = home.publish("Gone")
    follower.peer.wait_for("Create", about=gone.uri)
    home.server.ok("delete", gone.id)
    delete = delivered(follower.peer, "Delete", gone.uri)
    assert delete["object"]["type"] == "Tombstone"
    assert lost_terms(delete) == []
    assert lost_terms(home.get(gone.uri).json) == []


def test_the_accept(follower: Person) -> None:
    accept = delivered(follower.peer, "Accept")
    assert lost_terms(accept) == []


def test_a_reply_with_a_mention(home: Home, follower: Person, work: Work) -> None:
    question = follower.note(inReplyTo=work.uri)
    home.take(follower, follower.creates(question))
    number = home.query("SELECT id FROM notes WHERE uri = ?", question["id"])[0][0]
    made = home.server.json("reply", "--as", "mira", str(number), "--text", "Thanks! #paper")
    assert lost_terms(home.document(made["uri"])) == []


def test_follow_like_announce_and_their_undo(home: Home, follower: Person, work: Work) -> None:
    note = follower.note(inReplyTo=work.uri)
    home.take(follower, follower.creates(note))
    number = str(home.query("SELECT id FROM notes WHERE uri = ?", note["id"])[0][0])
    for verb, undo, type_ in (("like", "unlike", "Like"), ("boost", "unboost", "Announce")):
        home.server.ok(verb, "--as", "mira", number)
        said = delivered(follower.peer, type_, note["id"])
        home.server.ok(undo, "--as", "mira", number)
        taken_back = delivered(follower.peer, "Undo", said["id"])
        assert lost_terms(said) == []
        assert lost_terms(taken_back) == []


@pytest.mark.parametrize(
    "path", ["outbox", "outbox?page=true", "followers", "followers?page=true", "following", "featured"]
)
def test_the_collections_of_an_artist(home: Home, work: Work, path: str) -> None:
    document = home.document(f"{home.actor}/{path}")
    if "orderedItems" in document:
        document["orderedItems"] = document["orderedItems"][:1]  # each is like the others
    assert lost_terms(document) == []


@pytest.mark.parametrize("path", ["replies", "replies?page=true", "likes", "shares"])
def test_the_collections_of_a_work(home: Home, work: Work, path: str) -> None:
    assert lost_terms(home.document(f"{work.uri}/{path}")) == []
