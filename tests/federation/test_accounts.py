"""Deleting an account: everybody who got anything is told, and nothing of it is served or sent any more."""

from __future__ import annotations

import pytest

from tests.conftest import wait_for
from tests.federation.conftest import OpenHome
from tests.federation.home import Home
from tests.federation.peer import Answer, Peers
from tests.federation.people import PUBLIC, settle


@pytest.fixture(scope="module")
def home(open_home: OpenHome) -> Home:
    """Return a server whose second artist, kim, stays."""
    return open_home("kim")


def test_a_deleted_account_says_goodbye_to_everybody_who_got_anything(home: Home, peers: Peers) -> None:
    here, there, down = (peers.open() for _ in range(3))
    follower, left, missing = settle(here), settle(there, "pat"), settle(down, "max")
    for person in (follower, left, missing):
        home.follow(person)
    work = home.publish()
    private = home.publish("For followers", "--visibility", "followers")
    for peer in (here, there, down):
        peer.wait_for("Create", about=private.uri)
    assert home.take(left, left.says("Undo", left.says("Follow", home.actor))) == "done: follow undone"
    home.server.ok("follow", "--as", "kim", "mira")
    home.server.ok("follow", "--as", "mira", follower.id)
    reply = home.server.json("reply", "--as", "mira", work.id, "--text", "One more word")
    here.wait_for("Create", about=reply["uri"])
    wait_for(lambda: not home.query("SELECT 1 FROM deliveries WHERE state = 'waiting'"))
    Peers.verify_all_from([home.base])  # as a peer does, that remembers keys
    down.answer("/inbox", Answer(503))
    waiting = home.publish("Never seen")
    down.wait_for("Create", about=waiting.uri)

    asked = home.server.cli("artist", "delete", "mira")
    assert asked.returncode == 2
    assert "say it with --yes" in asked.stderr
    assert "deleted @mira@" in home.server.ok("artist", "delete", "mira", "--yes")

    for peer in (here, there):
        farewell = peer.wait_for("Delete", target="/inbox")
        assert (farewell.activity["object"], farewell.activity["actor"]) == (home.actor, home.actor)
        assert farewell.activity["to"] == [PUBLIC]
    down.wait_for("Delete", target="/inbox")
    down.answer("/inbox", Answer(202))
    wait_for(lambda: [d for d in down.deliveries("Delete", target="/inbox") if d.status == 202])
    wait_for(lambda: not home.query("SELECT 1 FROM deliveries WHERE state = 'waiting'"))
    last = down.deliveries(about=home.actor)[-1]
    assert (last.activity["type"], last.status) == ("Delete", 202), "nothing older comes after the farewell"

    gone = home.get(home.actor)
    assert gone.status == 410
    assert gone.json["type"] == "Tombstone"
    assert home.get(f"/.well-known/webfinger?resource=acct:mira@{home.server.host}").status == 410
    for part in ("outbox", "followers", "following", "featured"):
        assert home.get(f"{home.actor}/{part}").status == 410
    for uri in (work.uri, reply["uri"], f"{work.uri}/activity"):
        answer = home.get(uri)
        assert (answer.status, answer.json["type"]) == (410, "Tombstone")
    assert home.get(private.uri).status == 404, "strangers never knew of it"
    assert home.get("/@mira", "text/html").status == 410
    assert home.get("/nodeinfo/2.1").json["usage"]["users"]["total"] == 1
    assert home.items(f"{home.base}/users/kim/following") == []
    assert home.query("SELECT 1 FROM follows") == []

    late = follower.says("Follow", home.actor)
    assert follower.post(home.inbox, late).status == 410
    assert home.take(follower, follower.says("Like", work.uri)).startswith("ignored")
    assert home.take(follower, late).startswith("ignored: no artist here")
    assert "cannot be used again" in home.server.cli("artist", "create", "mira", "--email", "m@example.org").stderr
    assert "there is no artist “mira”" in home.server.cli("artist", "delete", "mira", "--yes").stderr
    assert home.get(f"{home.base}/users/kim").status == 200
