"""Pins and featured tags: what the collections list, what followers are told, and what others pin."""

from __future__ import annotations

import pytest

from tests.federation.conftest import OpenHome
from tests.federation.home import Home
from tests.federation.people import PUBLIC, Person


@pytest.fixture
def home(open_home: OpenHome) -> Home:
    return open_home("kim")


def pinned(home: Home) -> list[str]:
    return [str(uri) for uri in home.items(f"{home.actor}/featured")]


def refused(home: Home, *arguments: object) -> str:
    done = home.server.cli(*arguments)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    return str(done.stderr)


def test_pins_are_listed_newest_first_and_followers_are_told(home: Home, lee: Person) -> None:
    home.follow(lee)
    works = [home.publish(title) for title in ("One", "Two", "Three")]
    for work in works:
        assert home.server.ok("pin", "--as", "mira", work.id) == f"pinned {work.id}\n{work.url}\n"
        added = lee.peer.wait_for("Add", about=work.uri).activity
        assert (added["object"], added["target"]) == (work.uri, f"{home.actor}/featured")
        assert (added["actor"], added["to"], added["cc"]) == (home.actor, [PUBLIC], [f"{home.actor}/followers"])
        assert home.document(added["id"]) == added
    collection = home.document(f"{home.actor}/featured")
    assert (collection["type"], collection["totalItems"]) == ("OrderedCollection", 3)
    assert pinned(home) == [work.uri for work in reversed(works)]
    assert home.document(home.actor)["featured"] == collection["id"]
    home.server.ok("unpin", "--as", "mira", works[1].id)
    removed = lee.peer.wait_for("Remove", about=works[1].uri).activity
    assert (removed["object"], removed["target"]) == (works[1].uri, f"{home.actor}/featured")
    home.server.ok("delete", works[2].id)
    lee.peer.wait_for("Delete", about=works[2].uri)
    assert pinned(home) == [works[0].uri]
    page = home.get(f"{home.base}/@mira", "text/html").body.decode()
    assert page.index(works[0].id) < page.index(works[1].id), "pinned works hang first"
    assert page.count(">Pinned<") == 1


def test_what_cannot_be_pinned_is_said(home: Home) -> None:
    works = [home.publish(str(number)) for number in range(6)]
    for work in works[:5]:
        home.server.ok("pin", "--as", "mira", work.id)
    assert f"5 works are pinned ({works[4].id}, " in refused(home, "pin", "--as", "mira", works[5].id)
    assert "“0” is pinned already" in refused(home, "pin", "--as", "mira", works[0].id)
    home.server.ok("delete", works[0].id)
    assert f"work {works[0].id} was deleted" in refused(home, "unpin", "--as", "mira", works[0].id)
    home.server.ok("pin", "--as", "mira", works[5].id)
    home.server.ok("unpin", "--as", "mira", works[5].id)
    assert "“5” is not pinned" in refused(home, "unpin", "--as", "mira", works[5].id)
    secret = home.publish("Secret", "--visibility", "followers")
    assert "“Secret” is for followers" in refused(home, "pin", "--as", "mira", secret.id)
    assert "“5” is by mira, not by kim" in refused(home, "pin", "--as", "kim", works[5].id)
    assert "there is no work 7" in refused(home, "pin", "--as", "mira", 7)
    assert len(pinned(home)) == 4


def test_featured_tags_are_a_collection_and_followers_are_told(home: Home, lee: Person) -> None:
    home.follow(lee)
    home.publish("Low Tide", "--tag", "Etching")
    home.server.ok("artist", "edit", "mira", "--featured-tag", "#Etching", "--featured-tag", "Monotype")
    etching = {"type": "Hashtag", "href": f"{home.base}/tags/etching", "name": "#Etching"}
    added = lee.peer.wait_for("Add", about="Etching").activity
    assert (added["object"], added["target"]) == (etching, f"{home.actor}/featured")
    assert {"Hashtag": "as:Hashtag"} in added["@context"]
    collection = home.document(home.document(home.actor)["featuredTags"])
    assert (collection["type"], collection["totalItems"]) == ("Collection", 2)
    assert collection["items"][0] == etching
    assert collection["items"][1]["name"] == "#Monotype"
    page = home.get(f"{home.base}/@mira", "text/html").body.decode()
    assert f'href="{home.base}/tags/etching">#<bdi>Etching</bdi>' in page
    assert "Monotype" not in page, "no work has it, so its page would be empty"
    assert home.server.json("artist", "show", "mira")["featured_tags"] == ["Etching", "Monotype"]
    home.server.ok("artist", "edit", "mira", "--featured-tag", "etching")
    home.server.ok("artist", "edit", "mira", "--no-featured-tag", "ETCHING")
    removed = lee.peer.wait_for("Remove", about="Etching").activity
    assert removed["object"] == etching
    assert [tag["name"] for tag in home.items(f"{home.actor}/featured-tags")] == ["#Monotype"]
    assert len(lee.peer.deliveries("Add", about="tching")) == 1


def test_tags_that_cannot_be_featured_are_said_and_nothing_is_kept(home: Home) -> None:
    assert "mira does not feature #sea" in refused(home, "artist", "edit", "mira", "--no-featured-tag", "#sea")
    assert "cannot be a tag" in refused(home, "artist", "edit", "mira", "--featured-tag", "two words")
    many = [option for number in range(11) for option in ("--featured-tag", f"tag{number}")]
    assert "10 tags are featured" in refused(home, "artist", "edit", "mira", *many)
    assert home.items(f"{home.actor}/featured-tags") == []


def test_a_pin_of_somebody_followed_is_remembered(home: Home, lee: Person) -> None:
    featured = f"{lee.id}/featured"
    lee.serve(featured=featured)
    note = lee.note()
    unfollowed = lee.says("Add", note["id"], target=featured)
    assert home.take(lee, unfollowed) == "ignored: pinned by nobody whom we follow"
    home.server.ok("follow", "--as", "mira", lee.id)
    follow = lee.peer.wait_for("Follow", target=lee.inbox).activity
    home.take(lee, lee.says("Accept", follow))
    assert home.take(lee, lee.says("Add", note["id"], target=featured)) == "ignored: the note is unknown or deleted"
    home.take(lee, lee.creates(note))
    assert home.take(lee, lee.says("Add", note["id"], target=featured)) == "done: pinned"
    assert home.take(lee, lee.says("Add", note, target=featured)) == "done: pinned already"
    assert [post["pinned"] for post in home.server.json("timeline", "--as", "mira")] == [True]
    newer = {**note, "content": "<p>Bluer.</p>", "updated": "2037-01-01T00:00:00Z"}
    home.take(lee, lee.says("Update", newer))
    assert [post["pinned"] for post in home.server.json("timeline", "--as", "mira")] == [True]
    assert home.take(lee, lee.says("Remove", note["id"], target=featured)) == "done: unpinned"
    assert home.take(lee, lee.says("Remove", note["id"], target=featured)) == "done: not pinned"
    assert [post["pinned"] for post in home.server.json("timeline", "--as", "mira")] == [False]


def test_nobody_pins_for_others_or_elsewhere(home: Home, lee: Person) -> None:
    work = home.publish()
    featured = f"{lee.id}/featured"
    lee.serve(featured=featured)
    home.server.ok("follow", "--as", "mira", lee.id)
    home.take(lee, lee.says("Accept", lee.peer.wait_for("Follow", target=lee.inbox).activity))
    elsewhere = "ignored: not the sender's featured collection"
    for target in (f"{home.actor}/featured", f"{lee.id}/followers", ...):
        assert home.take(lee, lee.says("Add", work.uri, target=target)) == elsewhere
        assert home.take(lee, lee.says("Remove", work.uri, target=target)) == elsewhere
    assert home.take(lee, lee.says("Add", work.uri, target=featured)) == "ignored: the note is not by the sender"
    tag = {"type": "Hashtag", "name": "#sea", "href": f"{lee.peer.base}/tags/sea"}
    assert home.take(lee, lee.says("Add", tag, target=featured)) == "ignored: featured tags of others are not kept"
    assert pinned(home) == []
