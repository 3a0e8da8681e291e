"""Following an artist: the Accept, repeats, every way to take it back, blocks."""

from __future__ import annotations

from tests.federation.home import Home
from tests.federation.people import Person, settle


def accepts(person: Person, home: Home) -> list[str]:
    """The ids of the Follows that were accepted, in order."""
    return [
        d.object["id"] for d in person.peer.deliveries("Accept", target=person.inbox) if home.base in d.activity["id"]
    ]


def test_a_follow_is_accepted_in_the_followers_own_words(home: Home, lee: Person) -> None:
    follow = lee.says("Follow", home.actor, id=f"{lee.peer.base}/f/%7Eabc?x={lee.name}")
    assert home.take(lee, follow) == "done: accepted"
    accept = lee.peer.wait_for("Accept", target=lee.inbox)
    assert accept.object == {"id": follow["id"], "type": "Follow", "actor": lee.id, "object": home.actor}
    assert accept.activity["actor"] == home.actor
    assert accept.activity["to"] == [lee.id]
    assert accept.activity["id"].startswith(f"{home.base}/")
    assert accept.activity["@context"][0] == "https://www.w3.org/ns/activitystreams"
    assert home.document(accept.activity["id"]) == accept.activity
    assert lee.id in home.followers()
    assert home.told(lee) == ["follow"]


def test_each_accept_has_an_id_of_its_own(home: Home, lee: Person) -> None:
    kim = settle(lee.peer, "kim")
    for person in (lee, kim):
        home.follow(person)
    ids = [lee.peer.wait_for("Accept", target=person.inbox).activity["id"] for person in (lee, kim)]
    assert len(set(ids)) == 2


def test_a_repeat_is_accepted_again_and_counts_once(home: Home, lee: Person) -> None:
    first, second = home.follow(lee), lee.says("Follow", home.actor)
    assert home.take(lee, second) == "done: accepted again"
    lee.peer.wait_for("Accept", about=second["id"])
    assert accepts(lee, home) == [first["id"], second["id"]]
    assert home.followers().count(lee.id) == 1
    assert home.told(lee) == ["follow"]


def test_the_same_follow_to_both_inboxes_counts_once(home: Home, lee: Person) -> None:
    follow = lee.says("Follow", home.actor)
    assert [lee.post(url, follow).status for url in (home.inbox, home.shared_inbox)] == [202, 202]
    assert home.outcome(follow).startswith("done: accepted")
    home.settle()
    assert home.followers().count(lee.id) == 1


def test_an_undo_that_embeds_the_follow(home: Home, lee: Person) -> None:
    follow = home.follow(lee)
    assert home.take(lee, lee.says("Undo", follow)) == "done: follow undone"
    assert lee.id not in home.followers()
    assert home.told(lee) == []


def test_an_undo_by_id(home: Home, lee: Person) -> None:
    follow = home.follow(lee)
    assert home.take(lee, lee.says("Undo", follow["id"])) == "done: follow undone"
    assert lee.id not in home.followers()


def test_an_undo_without_the_id_of_the_follow(home: Home, lee: Person) -> None:
    home.follow(lee)
    undone = {"type": "Follow", "actor": lee.id, "object": home.actor}
    assert home.take(lee, lee.says("Undo", undone)) == "done: follow undone"
    assert lee.id not in home.followers()


def test_an_undo_with_the_id_of_an_earlier_follow(home: Home, lee: Person) -> None:
    first = home.follow(lee)
    home.take(lee, lee.says("Undo", first))
    home.follow(lee)
    assert home.take(lee, lee.says("Undo", first)) == "done: follow undone"
    assert lee.id not in home.followers()


def test_following_again_after_an_undo(home: Home, lee: Person) -> None:
    home.take(lee, lee.says("Undo", home.follow(lee)))
    home.follow(lee)
    assert lee.id in home.followers()


def test_an_undo_that_comes_before_its_follow(home: Home, lee: Person) -> None:
    follow = lee.says("Follow", home.actor)
    for undo in (lee.says("Undo", follow), lee.says("Undo", follow["id"])):
        assert home.take(lee, undo).startswith("done: nothing to undo yet")
    assert home.take(lee, follow) == "ignored: undone before it came"
    assert lee.id not in home.followers()
    home.follow(lee)
    assert lee.id in home.followers()


def test_an_undo_by_a_neighbour_on_the_same_host_changes_nothing(home: Home, lee: Person) -> None:
    follow = home.follow(lee)
    mallory = settle(lee.peer, "mallory")
    assert home.take(mallory, mallory.says("Undo", follow["id"])).startswith("ignored")
    assert mallory.post(home.inbox, mallory.says("Undo", follow)).status == 202
    home.settle()
    assert lee.id in home.followers()


def test_a_block_ends_the_relation_and_a_follow_after_it_is_rejected(home: Home, lee: Person) -> None:
    home.follow(lee)
    block = lee.says("Block", home.actor)
    assert home.take(lee, block) == "done: blocked us"
    assert lee.id not in home.followers()
    follow = lee.says("Follow", home.actor)
    assert home.take(lee, follow) == "done: rejected"
    reject = lee.peer.wait_for("Reject", target=lee.inbox)
    assert reject.object["id"] == follow["id"]
    assert lee.id not in home.followers()
    assert home.take(lee, lee.says("Undo", block)) == "done: block undone"
    home.follow(lee)
    assert lee.id in home.followers()


def test_a_follow_of_the_server_or_of_nobody(home: Home, lee: Person) -> None:
    assert home.take(lee, lee.says("Follow", f"{home.base}/users/nobody")).startswith("ignored: no artist here")
    assert home.take(lee, lee.says("Follow", "https://elsewhere.example/users/x")).startswith("ignored")
    assert home.take(lee, lee.says("Follow", f"{home.base}/actor")) == "done: rejected"


def test_actors_that_share_all_their_addresses_are_two_followers(home: Home, lee: Person) -> None:
    kim = settle(lee.peer, "kim", inbox=lee.document["inbox"], outbox=lee.document["outbox"], url=lee.id)
    for person in (lee, kim):
        home.take(person, person.says("Follow", home.actor))
    assert {lee.id, kim.id} <= set(home.followers())


def test_an_actor_with_the_bare_minimum_can_follow(home: Home, lee: Person) -> None:
    lee.serve(
        **{"@context": "https://www.w3.org/ns/activitystreams"},
        type="Service",
        preferredUsername=None,
        name=None,
        followers=None,
        following=None,
        endpoints=None,
        assertionMethod=None,
    )
    home.follow(lee)
    assert lee.id in home.followers()


def test_the_same_handle_with_another_id_after_a_reinstall(home: Home, lee: Person) -> None:
    home.follow(lee)
    again = settle(lee.peer, "new", preferredUsername=lee.name)
    home.follow(again)
    assert {lee.id, again.id} <= set(home.followers())
