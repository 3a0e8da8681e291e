"""Our server and a pubby server that talk to each other over HTTP: each side runs its own code only.

What pubby verified and kept is told by its control API; what our server knows is told by our command line.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.conftest import MakeServer
from tests.peers import driven, pubby_peer, studio

pytestmark = pytest.mark.peer

CONTEXT = "https://www.w3.org/ns/activitystreams"
PUBLIC = f"{CONTEXT}#Public"
LONG_AGO = "Wed, 01 Jan 2020 12:00:00 GMT"


@dataclass(frozen=True, slots=True)
class Published:
    """A picture of mira's that noor, who follows her, has received."""

    server: studio.Server
    noor: pubby_peer.PubbyPeer
    create: driven.Delivery

    @property
    def note_id(self) -> str:
        note_id: str = self.create["activity"]["object"]["id"]
        return note_id


@pytest.fixture(scope="module")
def noor() -> Iterator[pubby_peer.PubbyPeer]:
    with pubby_peer.run() as peer:
        yield peer


@pytest.fixture
def published(server: studio.Server, noor: pubby_peer.PubbyPeer, tmp_path: Path) -> Published:
    follow(noor, server)
    studio.publish(server, tmp_path)
    return Published(server, noor, noor.wait_for("Create", by(studio.actor_of(server))))


def by(actor: str, **members: Any) -> Callable[[driven.Json], bool]:
    return lambda activity: activity["actor"] == actor and members.items() <= activity.items()


def follow(noor: pubby_peer.PubbyPeer, server: studio.Server) -> str:
    """Make noor follow mira, who accepts; returns the id of the Follow."""
    mira = studio.actor_of(server)
    sent: str = noor.act("follow", actor=mira)["activity"]
    accept = noor.wait_for("Accept", lambda activity: sent in studio.strings_in(activity["object"]))
    assert (accept["status"], accept["heard"]["actor"]) == (202, mira)
    assert noor.known()["follow_answers"][mira] is True
    return sent


def ok(server: studio.Server, *arguments: str) -> str:
    """Have mira do something that must work."""
    done = server.cli(*arguments, "--as", studio.ARTIST)
    assert done.returncode == 0, done.stderr
    return done.stdout


def followers(server: studio.Server) -> list[str]:
    return [row["uri"] for row in studio.listed(server, "followers")]


def following(server: studio.Server) -> dict[str, str]:
    return {row["uri"]: row["state"] for row in studio.listed(server, "following")}


def is_notified(server: studio.Server, kind: str, actor: str) -> bool:
    rows = studio.listed(server, "notifications")
    return any((row["type"], row["from"]["uri"]) == (kind, actor) for row in rows)


def replies(server: studio.Server) -> list[str]:
    return [row["text"] for row in studio.listed(server, "replies")]


def test_pubby_follows_and_unfollows(server: studio.Server, noor: pubby_peer.PubbyPeer) -> None:
    sent = follow(noor, server)
    assert followers(server) == [noor.actor]
    noor.act("undo", activity=sent)
    studio.eventually(lambda: followers(server) == [], "mira loses her follower")


def test_we_follow_and_unfollow(server: studio.Server, noor: pubby_peer.PubbyPeer) -> None:
    mira = studio.actor_of(server)
    ok(server, "follow", noor.actor)
    studio.eventually(lambda: following(server) == {noor.actor: "accepted"}, "pubby accepts")
    assert mira in noor.known()["followers"]
    ok(server, "unfollow", noor.actor)
    studio.eventually(lambda: mira not in noor.known()["followers"], "noor loses her follower")


@pytest.mark.parametrize("accept", [True, False])
def test_a_locked_artist_decides(server: studio.Server, noor: pubby_peer.PubbyPeer, accept: bool) -> None:
    mira = studio.actor_of(server)
    done = server.cli("artist", "edit", studio.ARTIST, "--locked")
    assert done.returncode == 0, done.stderr
    noor.act("follow", actor=mira)
    studio.eventually(lambda: noor.actor in studio.strings_in(studio.listed(server, "requests")), "the request waits")
    assert mira not in noor.known()["follow_answers"]
    decided = server.cli("requests", "accept" if accept else "reject", noor.actor, "--as", studio.ARTIST)
    assert decided.returncode == 0, decided.stderr
    studio.eventually(lambda: noor.known()["follow_answers"].get(mira) is accept, "pubby reads the answer")
    assert followers(server) == ([noor.actor] if accept else [])


@pytest.mark.parametrize("accept", [True, False])
def test_a_locked_pubby_decides(server: studio.Server, accept: bool) -> None:
    mira = studio.actor_of(server)
    with pubby_peer.run(locked=True) as noor:
        ok(server, "follow", noor.actor)
        studio.eventually(lambda: noor.known()["requests"] == [mira], "the request waits")
        assert following(server) == {noor.actor: "requested"}
        noor.act("answer", actor=mira, accept=accept)
        expected = {noor.actor: "accepted"} if accept else {}
        studio.eventually(lambda: following(server) == expected, "we read the answer")
        assert noor.known()["followers"] == ([mira] if accept else [])


def test_pubby_reads_the_artwork(published: Published) -> None:
    mira, create = studio.actor_of(published.server), published.create
    assert (create["status"], create["heard"]["type"], create["heard"]["actor"]) == (202, "Create", mira)
    note = create["heard"]["object"]
    assert (note["type"], note["attributedTo"], note["to"]) == ("Note", mira, [PUBLIC])
    assert studio.TITLE in note["content"]
    assert note["url"].startswith(published.server.base_url)
    assert note["interactionPolicy"]["canQuote"] == {"automaticApproval": [PUBLIC]}
    (picture,) = note["attachment"]
    assert (picture["name"], picture["width"], picture["height"]) == (studio.ALT_TEXT, 640, 420)


def test_we_edit_and_delete(published: Published) -> None:
    mira, noor = studio.actor_of(published.server), published.noor
    number = published.note_id.rpartition("/")[2]
    edited = published.server.cli("edit", number, "--title", "High Tide")
    assert edited.returncode == 0, edited.stderr
    update = noor.wait_for("Update", by(mira))
    assert update["status"] == 202
    assert "High Tide" in update["heard"]["object"]["content"]
    deleted = published.server.cli("delete", number)
    assert deleted.returncode == 0, deleted.stderr
    delete = noor.wait_for("Delete", by(mira))
    assert delete["status"] == 202
    assert published.note_id in studio.strings_in(delete["heard"]["object"])


def test_pubby_likes_boosts_and_takes_it_back(published: Published) -> None:
    server, noor = published.server, published.noor
    for act, kind in (("like", "favourite"), ("announce", "reblog")):
        sent = noor.act(act, object=published.note_id)["activity"]
        studio.eventually(lambda kind=kind: is_notified(server, kind, noor.actor), f"mira is told of the {act}")
        noor.act("undo", activity=sent)
        studio.eventually(lambda kind=kind: not is_notified(server, kind, noor.actor), f"the {act} is gone")


def test_pubby_replies_edits_and_deletes(published: Published) -> None:
    server, noor = published.server, published.noor
    reply = noor.act("reply", object=published.note_id, content="<p>What a sky!</p>")["object"]
    studio.eventually(lambda: replies(server) == ["What a sky!"], "mira sees the reply")
    noor.act("edit", object=reply, content="<p>What a green sky!</p>")
    studio.eventually(lambda: replies(server) == ["What a green sky!"], "mira sees the edited reply")
    noor.act("delete", object=reply)
    studio.eventually(lambda: replies(server) == [], "the deleted reply is gone")


def test_we_like_boost_reply_and_take_it_back(server: studio.Server, noor: pubby_peer.PubbyPeer) -> None:
    ok(server, "follow", noor.actor)
    studio.eventually(lambda: following(server) == {noor.actor: "accepted"}, "pubby accepts")
    note = noor.act("publish", content="<p>Grey morning.</p>", alt="A grey field.")["object"]

    def posts() -> list[Any]:
        return [row for row in studio.listed(server, "timeline") if row["uri"] == note]

    studio.eventually(lambda: len(posts()) == 1, "it is in mira's timeline")
    (post,) = posts()
    assert (post["text"], post["author"]["uri"], post["visibility"]) == ("Grey morning.", noor.actor, "public")
    assert [(one["description"], one["width"]) for one in post["attachments"]] == [("A grey field.", 64)]

    def kept() -> list[tuple[str, str, str]]:
        return sorted((one["type"], one["actor"], one["author"]) for one in noor.interactions(note))

    ok(server, "like", note)
    ok(server, "boost", note)
    reply = json.loads(ok(server, "reply", note, "--text", "What a grey!", "--json"))
    mira = studio.actor_of(server)
    everything = [(kind, mira, studio.ARTIST) for kind in ("boost", "like", "reply")]
    studio.eventually(lambda: kept() == everything, "pubby keeps the like, the boost and the reply")
    assert any("What a grey!" in one["content"] and one["object"] == reply["uri"] for one in noor.interactions(note))

    ok(server, "unlike", note)
    ok(server, "unboost", note)
    withdrawn = server.cli("delete", reply["id"])
    assert withdrawn.returncode == 0, withdrawn.stderr
    studio.eventually(lambda: kept() == [], "pubby keeps nothing of it")


def test_pubby_edits_and_deletes_its_own_post(server: studio.Server, noor: pubby_peer.PubbyPeer) -> None:
    ok(server, "follow", noor.actor)
    studio.eventually(lambda: following(server) == {noor.actor: "accepted"}, "pubby accepts")
    note = noor.act("publish", content="<p>Grey morning.</p>")["object"]

    def texts() -> list[str]:
        return [row["text"] for row in studio.listed(server, "timeline") if row["uri"] == note]

    studio.eventually(lambda: texts() == ["Grey morning."], "mira sees the post")
    noor.act("edit", object=note, content="<p>Grey noon.</p>")
    studio.eventually(lambda: texts() == ["Grey noon."], "mira sees the edited post")
    noor.act("delete", object=note)
    studio.eventually(lambda: texts() == [], "the deleted post is gone")


def test_pubby_signs_its_fetches(make_server: MakeServer, noor: pubby_peer.PubbyPeer) -> None:
    server = make_server(federation__authorized_fetch=True)
    mira = studio.actor_of(server)
    assert noor.act("fetch", url=mira)["document"]["id"] == mira
    address = urlsplit(mira)
    unsigned = http.client.HTTPConnection(address.netloc, timeout=20)
    unsigned.request("GET", address.path, headers={"Accept": "application/activity+json"})
    assert unsigned.getresponse().status == 401
    unsigned.close()
    follow(noor, server)


DAMAGES = ("signature", "body", "no signature", "date")


@pytest.mark.parametrize("damage", [None, *DAMAGES])
def test_pubby_refuses_what_was_damaged(published: Published, damage: str | None) -> None:
    headers, body = damaged(
        damage, published.create["request"]["headers"], driven.body_of(published.create).decode(), content="content"
    )
    report = published.noor.post(published.create["path"], headers, body)
    assert report["status"] == (401 if damage else 202), report["answer"]
    assert (report["heard"] is None) is bool(damage)


@pytest.mark.parametrize("damage", [None, *DAMAGES, "old date"])
def test_we_refuse_what_was_damaged(server: studio.Server, noor: pubby_peer.PubbyPeer, damage: str | None) -> None:
    """An old date is one that pubby signed; a damaged one was put there afterwards."""
    mira = studio.actor_of(server)
    inbox = f"{mira}/inbox"
    ask = {"@context": CONTEXT, "id": f"{noor.actor}/1", "type": "Follow", "actor": noor.actor, "object": mira}
    signed = noor.act("sign", inbox=inbox, activity=ask, date=LONG_AGO if damage == "old date" else None)
    headers, body = damaged(
        None if damage == "old date" else damage, signed["headers"], signed["body"], content="object"
    )
    status = post(inbox, headers, body)
    assert status == (401 if damage else 202)
    if damage is None:
        studio.eventually(lambda: followers(server) == [noor.actor], "the whole Follow counts")
    else:
        assert followers(server) == []


def damaged(damage: str | None, headers: Any, body: str, *, content: str) -> tuple[list[tuple[str, str]], bytes]:
    """Change one thing of a signed request; `content` is the member whose first character changes in the body."""
    changed = {name.lower(): value for name, value in headers}
    if damage == "signature":
        changed["signature"] = driven.change_after(changed["signature"], 'signature="')
    elif damage == "no signature":
        del changed["signature"]
    elif damage == "date":
        changed["date"] = LONG_AGO
    elif damage == "body":
        body = body.replace(f'"{content}": "', f'"{content}":"')
        body = driven.change_after(body, f'"{content}":"')
    return list(changed.items()), body.encode()


def post(url: str, headers: list[tuple[str, str]], body: bytes) -> int:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=20)
    connection.request("POST", address.path, body, dict(headers))
    status = connection.getresponse().status
    connection.close()
    return status
