"""Two servers that disagree on who follows whom find out, and mend it (FEP-8fcf)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from fediart.activitypub import synchronization
from fediart.activitypub.signatures import HttpRequest, cavage, rfc9421
from fediart.activitypub.synchronization import HEADER, Synchronization
from tests.conftest import wait_for
from tests.federation import wire
from tests.federation.conftest import OpenHome
from tests.federation.home import Home
from tests.federation.peer import Answer, Peer, Peers
from tests.federation.people import Person, settle, unique


@pytest.fixture(scope="module")
def home(open_home: OpenHome) -> Home:
    return open_home("kim")


# What we say


def private(home: Home) -> str:
    return home.publish(unique("For few "), "--visibility", "followers").uri


def test_a_work_for_followers_tells_each_host_the_digest_of_its_own_part(home: Home, peers: Peers) -> None:
    here, there = peers.open(), peers.open()
    mine, other = [settle(here), settle(here)], settle(there)
    for person in (*mine, other):
        home.follow(person)
    uri = private(home)
    for peer, people in ((here, mine), (there, [other])):
        delivery = peer.wait_for("Create", about=uri)
        assert synchronization.read_header(delivery.headers["collection-synchronization"]) == Synchronization(
            f"{home.actor}/followers",
            f"{home.actor}/followers_synchronization",
            synchronization.digest(person.id for person in people),
        )
        delivery.verify()
        assert "collection-synchronization" in cavage.parse(delivery.headers["signature"]).headers


def test_the_other_dialect_signs_it_too(home: Home, peers: Peers) -> None:
    person = settle(peers.open())
    home.follow(person)
    person.peer.answer("/inbox", Answer(401), Answer())
    delivery = person.peer.wait_for("Create", about=private(home), count=2)
    delivery.verify()
    components = rfc9421.parse(delivery.headers["signature-input"], delivery.headers["signature"]).components
    assert components == ("@method", "@target-uri", "content-digest", "collection-synchronization")
    assert synchronization.digest([person.id]) in delivery.headers["collection-synchronization"]


def test_who_stopped_following_counts_no_more(home: Home, peers: Peers) -> None:
    peer = peers.open()
    stays, goes = settle(peer), settle(peer)
    home.follow(stays)
    follow = home.follow(goes)
    peer.wait_for("Create", about=private(home))
    home.take(goes, goes.says("Undo", follow))
    header = peer.wait_for("Create", about=private(home)).headers["collection-synchronization"]
    assert synchronization.read_header(header).digest == synchronization.digest([stays.id])


def test_what_is_public_carries_no_digest(home: Home, peers: Peers) -> None:
    person = settle(peers.open())
    home.follow(person)
    for visibility in ("public", "unlisted"):
        work = home.publish(unique("For all "), "--visibility", visibility)
        assert "collection-synchronization" not in person.peer.wait_for("Create", about=work.uri).headers
    assert "collection-synchronization" not in person.peer.wait_for("Accept").headers


def test_a_server_is_told_of_its_own_people_only_and_only_when_it_signs(home: Home, peers: Peers) -> None:
    here, there = peers.open(), peers.open()
    mine, other, stranger = settle(here), settle(there), settle(here)
    for person in (mine, other):
        home.follow(person)
    address = f"{home.actor}/followers_synchronization"
    answer = stranger.get(address)
    assert answer.status == 200
    assert answer.json == {
        "@context": answer.json["@context"],
        "id": address,
        "type": "OrderedCollection",
        "totalItems": 1,
        "orderedItems": [mine.id],
    }
    assert answer.headers["content-type"].startswith("application/activity+json")
    assert "no-store" in answer.headers["cache-control"]
    assert other.get(address).json["orderedItems"] == [other.id]
    assert settle(peers.open()).get(address).json["orderedItems"] == []
    assert home.get(address).status == 401
    assert other.get(address, key_id=stranger.key_id + "x").status == 401
    assert stranger.get(f"{home.base}/users/nobody/followers_synchronization").status == 404


# What we are told


def following(home: Home, person: Person, *artists: str) -> dict[str, str]:
    """Let artists of ours follow a person; returns the ids of their Follows."""
    made = {}
    for artist in artists:
        home.server.ok("follow", "--as", artist, person.id)
        follow = person.peer.wait_for("Follow", target=person.inbox, about=f"/users/{artist}").activity
        home.take(person, person.says("Accept", follow))
        made[artist] = follow["id"]
    return made


def header_of(person: Person, ids: Sequence[str], **changes: str) -> dict[str, str]:
    """Return the header with which a server says who follows a person."""
    url = f"{person.id}/followers_synchronization"
    said = Synchronization(f"{person.id}/followers", url, synchronization.digest(ids))
    value = synchronization.write_header(said)
    for name, text in changes.items():
        value = value.replace(
            f'{name}="{getattr(said, {"collectionId": "collection_id"}.get(name, name))}"', f'{name}="{text}"'
        )
    return {HEADER: value}


def lists(person: Person, document: dict[str, Any]) -> str:
    """Let a person's server list who follows them, to whoever signs; returns the path."""
    path = f"/users/{person.name}/followers_synchronization"
    person.peer.serve(path, {"id": f"{person.peer.base}{path}", "type": "OrderedCollection", **document})
    person.peer.demand_signature(path)
    return path


def say(home: Home, person: Person, headers: dict[str, str]) -> None:
    """Let a person say anything to us with these headers."""
    activity = person.says("View", home.actor)
    assert person.post(home.shared_inbox, activity, headers=headers).status == 202
    home.outcome(activity)
    home.settle()


def noted(home: Home, person: Person) -> list[str]:
    rows = home.query("SELECT state, outcome FROM received WHERE type = ? AND actor_uri = ?", HEADER, person.id)
    return [f"{state}: {outcome}" for state, outcome in rows]


def followed_by(home: Home, person: Person) -> list[str]:
    return [
        artist
        for artist in ("kim", "mira")
        if person.id in [str(uri) for uri in home.items(f"{home.base}/users/{artist}/following")]
    ]


def user(home: Home, name: str) -> str:
    return f"{home.base}/users/{name}"


def test_a_follow_that_their_server_forgot_ends(home: Home, peers: Peers) -> None:
    person = settle(peers.open())
    following(home, person, "kim", "mira")
    path = lists(person, {"orderedItems": [user(home, "kim")]})
    say(home, person, header_of(person, [user(home, "kim")]))
    wait_for(lambda: followed_by(home, person) == ["kim"], message="the follow stayed")
    assert person.peer.fetched.count(path) == 1
    assert noted(home, person) == [
        f"done: follows of @{person.name}@{person.peer.host}: ended for @mira@{home.server.host}"
    ]
    assert person.peer.deliveries("Undo") == []


def test_a_follow_that_only_their_server_knows_is_taken_back(home: Home, peers: Peers) -> None:
    person = settle(peers.open())
    made = following(home, person, "kim", "mira")
    home.server.ok("unfollow", "--as", "mira", person.id)
    person.peer.wait_for("Undo")
    both = [user(home, "kim"), user(home, "mira"), user(home, "nobody"), "https://other.example/users/x"]
    lists(person, {"items": both})
    say(home, person, header_of(person, both))
    undo = person.peer.wait_for("Undo", count=2)
    assert undo.activity["actor"] == user(home, "mira")
    assert undo.object["type"] == "Follow"
    assert (undo.object["actor"], undo.object["object"]) == (user(home, "mira"), person.id)
    assert undo.object["id"] == made["mira"]
    assert undo.target == person.inbox
    assert followed_by(home, person) == ["kim"]
    assert "taken back for @mira@" in noted(home, person)[0]


def test_a_follow_that_was_never_sent_is_taken_back_under_an_id_of_ours(home: Home, peers: Peers) -> None:
    person = settle(peers.open())
    lists(person, {"orderedItems": [user(home, "mira")]})
    say(home, person, header_of(person, [user(home, "mira")]))
    undo = person.peer.wait_for("Undo")
    assert undo.object["id"].startswith(f"{home.base}/activities/")
    assert undo.object["id"] != undo.activity["id"]


def test_a_request_that_waits_stays_as_it_is(home: Home, peers: Peers) -> None:
    person = settle(peers.open())
    home.server.ok("follow", "--as", "mira", person.id)
    person.peer.wait_for("Follow")
    lists(person, {"orderedItems": [user(home, "mira")]})
    say(home, person, header_of(person, [user(home, "mira")]))
    assert noted(home, person) == [f"done: follows of @{person.name}@{person.peer.host}: as they should be"]
    assert home.server.json("following", "--as", "mira")[0]["state"] == "requested"
    assert person.peer.deliveries("Undo") == []


def test_where_both_agree_nothing_is_fetched(home: Home, peers: Peers) -> None:
    person = settle(peers.open())
    following(home, person, "mira")
    path = lists(person, {"orderedItems": []})
    say(home, person, header_of(person, [user(home, "mira")]))
    assert noted(home, person) == []
    assert path not in person.peer.fetched
    assert followed_by(home, person) == ["mira"]


def test_a_list_may_come_in_pages(home: Home, peers: Peers) -> None:
    person = settle(peers.open())
    following(home, person, "kim", "mira")
    last = person.peer.serve(
        f"/users/{person.name}/last", {"type": "OrderedCollectionPage", "orderedItems": [{"id": user(home, "kim")}]}
    )
    lists(person, {"first": {"type": "OrderedCollectionPage", "orderedItems": [], "next": last}})
    say(home, person, header_of(person, [user(home, "kim")]))
    wait_for(lambda: followed_by(home, person) == ["kim"], message="the follow stayed")


def test_nobody_makes_us_fetch_again_and_again(home: Home, peers: Peers) -> None:
    person = settle(peers.open())
    following(home, person, "mira")
    path = lists(person, {"orderedItems": []})
    for number in range(5):
        say(home, person, header_of(person, [f"{person.peer.base}/{number}"]))
    assert person.peer.fetched.count(path) == 1
    assert len(noted(home, person)) == 1
    home.write(
        "UPDATE received SET settled_at = '2026-01-01 00:00:00' WHERE type = ? AND actor_uri = ?", HEADER, person.id
    )
    say(home, person, header_of(person, []))
    wait_for(lambda: followed_by(home, person) == [], message="the follow stayed")
    assert person.peer.fetched.count(path) == 2


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"orderedItems": ["https://x.example/1"]}, "does not have the digest"),
        ({"type": "Note"}, "no collection"),
        ({"first": "https://elsewhere.example/page"}, "another host"),
        ({"first": 5}, "another host"),
        ({"first": "SELF"}, "more than 10 pages"),
    ],
)
def test_a_list_that_cannot_be_relied_on_changes_nothing(
    home: Home, peers: Peers, document: dict[str, Any], reason: str
) -> None:
    person = settle(peers.open())
    following(home, person, "mira")
    if document.get("first") == "SELF":
        again = f"{person.peer.base}/users/{person.name}/followers_synchronization"
        document = {"first": again, "next": again}
    lists(person, document)
    say(home, person, header_of(person, []))
    assert followed_by(home, person) == ["mira"]
    assert noted(home, person)[0].startswith("ignored: ")
    assert reason in noted(home, person)[0]


def test_a_list_that_cannot_be_fetched_changes_nothing(home: Home, peers: Peers) -> None:
    person = settle(peers.open())
    following(home, person, "mira")
    say(home, person, header_of(person, []))
    assert noted(home, person) == [f"ignored: {person.peer.host} has nothing at this address (404)"]
    assert followed_by(home, person) == ["mira"]


def test_only_the_owner_of_a_list_may_speak_of_it_and_only_of_an_address_of_its_own(home: Home, peers: Peers) -> None:
    person, stranger = settle(peers.open()), settle(peers.open())
    following(home, person, "mira")
    path = lists(person, {"orderedItems": []})
    for sender, headers in (
        (stranger, header_of(person, [])),
        (person, header_of(person, [], url=f"{stranger.peer.base}/x")),
        (person, header_of(person, [], url=f"{home.actor}/followers_synchronization")),
        (person, header_of(person, [], collectionId=f"{person.id}/following")),
        (person, {HEADER: "nonsense"}),
        (person, {HEADER: ""}),
    ):
        say(home, sender, headers)
    assert noted(home, person) == noted(home, stranger) == []
    assert path not in person.peer.fetched
    assert followed_by(home, person) == ["mira"]


def test_an_activity_of_the_same_name_is_no_header(home: Home, peers: Peers) -> None:
    person = settle(peers.open())
    outcome = home.take(person, person.says(HEADER, home.actor))
    assert outcome == f"ignored: The {HEADER} header cannot be read"


def test_two_servers_of_ours_mend_a_lost_unfollow(open_home: OpenHome) -> None:
    """A ghost follower, made in one database, is gone after the next work for followers."""
    here, there = open_home("kim"), open_home("lee", "ann")
    for name in ("lee", "ann"):
        there.server.ok("follow", "--as", name, f"@mira@{here.server.host}")
    wait_for(lambda: len(here.followers()) == 2, message="they do not follow")
    wait_for(
        lambda: all(there.server.json("following", "--as", name)[0]["state"] == "accepted" for name in ("lee", "ann"))
    )
    there.write("DELETE FROM follows WHERE follower_id = (SELECT id FROM actors WHERE username = 'lee' AND is_local)")
    here.publish("For followers", "--visibility", "followers")
    wait_for(lambda: here.followers() == [f"{there.base}/users/ann"], message="the ghost stayed")


def test_what_is_fetched_for_it_is_signed(home: Home, peers: Peers) -> None:
    peer: Peer = peers.open()
    person = settle(peer)
    following(home, person, "mira")
    path = lists(person, {"orderedItems": []})
    seen: list[HttpRequest] = []

    def look(request: HttpRequest) -> bool:
        seen.append(request)
        return True

    peer.guard(path, look)
    say(home, person, header_of(person, []))
    wait_for(lambda: followed_by(home, person) == [], message="the follow stayed")
    assert cavage.parse(seen[0].headers["signature"]).key_id == f"{home.base}/actor#main-key"
    assert wire.USUAL[0] in cavage.parse(seen[0].headers["signature"]).headers
