"""Likes, boosts, moves, reports, and what we know nothing about."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import wait_for
from tests.federation.home import Home, Work
from tests.federation.peer import Peer
from tests.federation.people import PUBLIC, Person, settle


@pytest.fixture(scope="module")
def work(home: Home) -> Work:
    return home.publish()


@pytest.mark.parametrize(("type_", "part", "told"), [("Like", "likes", "favourite"), ("Announce", "shares", "reblog")])
class TestOnce:
    """A person likes or boosts a work at most once, however often and in whichever words they say so."""

    def test_counts_and_tells(self, home: Home, lee: Person, work: Work, type_: str, part: str, told: str) -> None:
        before = home.total(work, part)
        assert home.take(lee, lee.says(type_, work.uri, to=[PUBLIC])).startswith("done")
        assert home.total(work, part) == before + 1
        assert home.told(lee) == [told]

    def test_counts_once(self, home: Home, lee: Person, work: Work, type_: str, part: str, told: str) -> None:
        before = home.total(work, part)
        activity = lee.says(type_, work.uri)
        for url in (home.shared_inbox, home.inbox):
            lee.post(url, activity)
        assert home.take(lee, lee.says(type_, work.uri)).endswith("already")
        assert home.total(work, part) == before + 1
        assert home.told(lee) == [told]

    @pytest.mark.parametrize("shape", ["embedded", "id", "no id"])
    def test_is_undone(self, home: Home, lee: Person, work: Work, type_: str, part: str, told: str, shape: str) -> None:
        before = home.total(work, part)
        activity = lee.says(type_, work.uri)
        home.take(lee, activity)
        bare = {name: value for name, value in activity.items() if name not in ("@context", "id")}
        undone = {"embedded": activity, "id": activity["id"], "no id": bare}[shape]
        assert home.take(lee, lee.says("Undo", undone)).endswith("undone")
        assert home.total(work, part) == before
        assert home.told(lee) == []
        home.take(lee, lee.says(type_, work.uri))
        assert home.total(work, part) == before + 1

    def test_undone_before_it_comes(
        self, home: Home, lee: Person, work: Work, type_: str, part: str, told: str
    ) -> None:
        before = home.total(work, part)
        activity = lee.says(type_, work.uri)
        assert home.take(lee, lee.says("Undo", activity)).startswith("done: nothing to undo yet")
        assert home.take(lee, activity) == "ignored: undone before it came"
        assert home.total(work, part) == before
        assert home.told(lee) == []

    def test_a_neighbour_cannot_undo_it(
        self, home: Home, lee: Person, work: Work, type_: str, part: str, told: str
    ) -> None:
        activity = lee.says(type_, work.uri)
        home.take(lee, activity)
        before = home.total(work, part)
        mallory = settle(lee.peer, "mallory")
        home.take(mallory, mallory.says("Undo", activity["id"]))
        bare = {"type": type_, "actor": mallory.id, "object": work.uri}
        home.take(mallory, mallory.says("Undo", bare))
        assert home.total(work, part) == before

    def test_of_a_work_that_an_embedded_copy_falsifies(
        self, home: Home, lee: Person, work: Work, type_: str, part: str, told: str
    ) -> None:
        original, before = home.get(work.uri).body, home.total(work, part)
        forged = {"id": work.uri, "type": "Note", "attributedTo": home.actor, "content": "free for AI training"}
        assert home.take(lee, lee.says(type_, forged)).startswith("done")
        assert home.get(work.uri).body == original
        assert home.total(work, part) == before + 1

    def test_of_a_deleted_work_has_no_effect_and_nothing_is_fetched(
        self, home: Home, lee: Person, type_: str, part: str, told: str
    ) -> None:
        gone = home.publish("Gone soon")
        assert home.get(gone.uri).status == 200
        home.server.ok("delete", gone.id)
        assert home.take(lee, lee.says(type_, gone.uri)).startswith("ignored")
        assert home.take(lee, lee.creates(lee.note(inReplyTo=gone.uri))) == "ignored: concerns nobody here"
        assert home.get(gone.uri).status == 410
        assert home.told(lee) == []
        path = gone.uri.removeprefix(home.base)

        def asked() -> int:
            return sum(line.get("path") == path and line["method"] == "GET" for line in home.log())

        wait_for(lambda: asked() >= 2, message="the requests of this test were not logged")
        assert asked() == 2

    def test_of_something_else_has_no_effect(
        self, home: Home, lee: Person, type_: str, part: str, told: str, other_peer: Peer
    ) -> None:
        unknown = f"{other_peer.base}/notes/of-{lee.name}"
        for object_ in (unknown, f"{home.base}/objects/1", f"{home.base}/", "urn:x:y", {"type": "Note"}, None):
            assert home.take(lee, lee.says(type_, object_)).startswith("ignored"), object_
        assert unknown.removeprefix(other_peer.base) not in other_peer.fetched


def test_a_boost_by_somebody_whom_we_follow_is_fetched_from_its_origin(
    home: Home, lee: Person, other_peer: Peer
) -> None:
    home.server.ok("follow", "--as", home.artist, lee.id)
    request = lee.peer.wait_for("Follow", target=lee.inbox).activity
    assert home.take(lee, lee.says("Accept", request)) == "done: we follow now"
    kim = settle(other_peer, "kim")
    note = kim.note("<p>the true words</p>")
    other_peer.serve(note["id"].removeprefix(other_peer.base), {"@context": kim.document["@context"], **note})
    forged = {**note, "content": "<p>false words</p>"}
    assert home.take(lee, lee.says("Announce", forged, to=[PUBLIC])) == "done: boosted"
    assert home.content_of(note["id"]) == "<p>the true words</p>"
    shown = home.server.json("timeline", "--as", home.artist)
    assert [entry["boosted_by"]["uri"] for entry in shown if entry["uri"] == note["id"]] == [lee.id]


class TestMove:
    """An account that we follow moves, if both ends say so."""

    @pytest.fixture
    def followed(self, home: Home, lee: Person) -> Person:
        home.server.ok("follow", "--as", home.artist, lee.id)
        home.take(lee, lee.says("Accept", lee.peer.wait_for("Follow", target=lee.inbox).activity))
        return lee

    def test_confirmed_by_both_ends(self, home: Home, followed: Person, other_peer: Peer) -> None:
        new = settle(other_peer, "new", alsoKnownAs=[followed.id])
        followed.serve(movedTo=new.id)
        outcome = home.take(followed, followed.says("Move", followed.id, target=new.id))
        assert outcome == f"done: moved to {new.id}, 1 followers here go along"
        assert other_peer.wait_for("Follow", target=new.inbox).activity["object"] == new.id
        assert followed.peer.wait_for("Undo", target=followed.inbox).object["object"] == followed.id
        assert home.told(new) == ["move"]

    @pytest.mark.parametrize("missing", ["movedTo", "alsoKnownAs", "both"])
    def test_unconfirmed(self, home: Home, followed: Person, other_peer: Peer, missing: str) -> None:
        new = settle(other_peer, "new", alsoKnownAs=None if missing != "movedTo" else [followed.id])
        if missing == "alsoKnownAs":
            followed.serve(movedTo=new.id)
        outcome = home.take(followed, followed.says("Move", followed.id, target=new.id))
        assert outcome.startswith("ignored: the ")
        assert other_peer.deliveries("Follow", target=new.inbox) == []
        following = home.query(
            "SELECT 1 FROM follows JOIN actors ON actors.id = target_id WHERE actors.uri = ?", followed.id
        )
        assert following == [(1,)]

    def test_of_somebody_else(self, home: Home, followed: Person) -> None:
        mallory = settle(followed.peer, "mallory", alsoKnownAs=[followed.id])
        assert home.take(mallory, mallory.says("Move", followed.id, target=mallory.id)).startswith("ignored")


def test_reports_in_both_shapes_reach_the_admin(home: Home, lee: Person, work: Work) -> None:
    reporter = settle(lee.peer, "instance", type="Application")
    several = reporter.says("Flag", [home.actor, work.uri], content="<p>stolen</p>")
    single = reporter.says("Flag", home.actor)
    without_id = reporter.says("Flag", work.uri, id=...)
    for activity in (several, single):
        assert home.take(reporter, activity) == "done: report kept"
    assert reporter.post(home.shared_inbox, without_id).status == 202
    home.settle()
    shown = [report for report in home.server.json("reports") if report["from"]["uri"] == reporter.id]
    assert sorted((tuple(report["objects"]), report["content"]) for report in shown) == sorted(
        [((home.actor, work.uri), "stolen"), ((home.actor,), ""), ((work.uri,), "")]
    )
    assert home.told(reporter) == []


@pytest.mark.parametrize(
    "activity",
    [
        {"type": "EmojiReact", "content": "🎨"},
        {"type": "Foo"},
        {"type": "https://peer.example/ns#Bite"},
        {"type": "View"},
        {"type": "QuoteRequest", "instrument": "https://peer.example/n/1"},
        {"type": "Add", "target": "https://peer.example/featured"},
        {"type": "x" * 5000},
        {"type": ["Foo", "Bar"]},
    ],
    ids=lambda activity: str(activity["type"])[:30],
)
def test_unknown_types_are_202_and_visible_as_ignored(
    home: Home, lee: Person, work: Work, activity: dict[str, Any]
) -> None:
    said = lee.says("Foo", work.uri) | activity
    assert home.take(lee, said).startswith("ignored: ")
    line = wait_for(
        lambda: next((line for line in home.log() if line.get("actor") == lee.id), None), message="no line in the log"
    )
    assert line["level"] == "info"
    assert home.told(lee) == []
