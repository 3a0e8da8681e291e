"""`kill -9` at random moments, again and again: what was committed arrives, what was answered 202 is there, once.

The seed of the moments is printed when a test fails; FEDIART_TEST_SEED repeats them.
"""

from __future__ import annotations

import os
import random
import secrets
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.conftest import Server, free_port, wait_for
from tests.federation.home import Home, Work
from tests.federation.peer import Answer, Peer, Peers
from tests.federation.people import Person, settle

pytestmark = pytest.mark.slow

ROUNDS = 26
FOLLOWERS = 30


@pytest.fixture
def peer() -> Iterator[Peer]:
    peers = Peers()
    yield peers.open()
    peers.close()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    picture = tmp_path / "picture.png"
    Image.new("RGB", (240, 160), "#27506b").save(picture)
    server = Server(folder=tmp_path, port=free_port())
    server.environ = {
        "FEDIART_FEDERATION__RETRY_FIRST_SECONDS": "0.2",
        "FEDIART_FEDERATION__RETRY_LONGEST_SECONDS": "0.5",
        "FEDIART_FEDERATION__DELIVERY_PER_HOST": "30",
    }
    who = ("--domain", server.host, "--artist", "mira", "--email", "mira@example.org")
    server.ok("init", *who, "--port", str(server.port), "--loopback")
    yield Home(server, picture)
    server.kill()


@dataclass
class Talk:
    """What people say to us while everything falls over; `answered` holds what got its 202."""

    home: Home
    work: Work
    people: list[Person]
    said: list[tuple[Person, dict[str, Any]]] = field(default_factory=list)
    answered: list[tuple[Person, dict[str, Any]]] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self, peer: Peer) -> None:
        """Reply, like and say things twice, until stopped."""
        number = 0
        while not self.stop.is_set():
            number += 1
            if number % 3:
                person = self.people[number % len(self.people)]
                activity = person.creates(person.note(f"<p>number {number}</p>", inReplyTo=self.work.uri))
            else:
                person = settle(peer, "liker")
                activity = person.says("Like", self.work.uri)
            self.said.append((person, activity))
            self.say(person, activity)
            time.sleep(0.15)

    def say(self, person: Person, activity: dict[str, Any]) -> None:
        try:
            if person.post(self.home.shared_inbox, activity).status == 202:
                self.answered.append((person, activity))
        except (OSError, HTTPException):
            time.sleep(0.05)  # nobody listens: the process is gone


def publisher(home: Home, title: str) -> subprocess.Popen[bytes]:
    """Start `fediart publish` and leave it alone."""
    command = [sys.executable, "-m", "fediart", "--config", str(home.server.config), "publish", str(home.picture)]
    return subprocess.Popen(
        [*command, "--as", "mira", "--title", title, "--alt", "Blue."],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **home.server.environ},
    )


def verify_database(home: Home) -> None:
    """Check that the file is whole after a kill, with the write-ahead log taken in."""
    with closing(sqlite3.connect(home.server.data / "fediart.sqlite3", timeout=20)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_killed_again_and_again(home: Home, peer: Peer) -> None:
    seed = int(os.environ.get("FEDIART_TEST_SEED") or secrets.randbits(32))
    print(f"FEDIART_TEST_SEED={seed}")
    dice = random.Random(seed)
    home.server.start()
    followers = [settle(peer, "fan", endpoints=None) for _ in range(FOLLOWERS)]
    for person in followers:
        assert person.post(home.shared_inbox, person.says("Follow", home.actor)).status == 202
    home.settle()
    for person in dice.sample(followers, 10):
        peer.answer(person.inbox, *(Answer(delay_seconds=dice.random() / 3) for _ in range(40)), Answer())
    work = home.publish("The work that is answered")
    talk = Talk(home, work, followers[:5])
    talking = threading.Thread(target=talk.run, args=(peer,))
    talking.start()
    promised: list[str] = []
    try:
        for number in range(ROUNDS):
            publishing = publisher(home, f"Round {number}")
            victims = dice.choice((("server",), ("server",), ("publisher",), ("publisher", "server")))
            if home.server.process is None:
                home.server.start()
            if dice.random() < 0.5:
                publishing.wait(timeout=60)  # then the kill hits fan-out and delivery
                time.sleep(dice.random() * 0.3)
            else:
                time.sleep(dice.random() * 0.8)
            if "publisher" in victims:
                publishing.kill()
            if "server" in victims:
                home.server.kill()
            out, error = publishing.communicate(timeout=60)
            assert b"Traceback" not in error
            if publishing.returncode == 0:
                promised.append(out.split()[1].decode())
            verify_database(home)
    finally:
        talk.stop.set()
        talking.join(timeout=40)
    if home.server.process is None:
        home.server.start()
    assert_all_arrived(home, peer, followers, promised)
    assert_all_heard(talk)
    verify_database(home)


def assert_all_arrived(home: Home, peer: Peer, followers: list[Person], promised: list[str]) -> None:
    """Every committed work reached every follower, always in the same bytes; what was printed was committed."""
    committed = [uri for (uri,) in home.query("SELECT uri FROM notes WHERE is_local ORDER BY id")]
    assert len(promised) >= ROUNDS // 4
    assert {f"{home.base}/objects/{id_}" for id_ in promised} <= set(committed)
    expected = {(person.inbox, uri) for person in followers for uri in committed}
    bodies: dict[str, set[bytes]] = {}

    def missing() -> set[tuple[str, str]]:
        arrived = set()
        for delivery in peer.deliveries("Create"):
            uri = delivery.object["id"]
            arrived.add((delivery.target, uri))
            bodies.setdefault(uri, set()).add(delivery.body)
        return expected - arrived

    wait_for(lambda: not missing(), seconds=60, message="not everything arrived")
    assert {len(versions) for versions in bodies.values()} == {1}
    assert set(bodies) == set(committed)
    for uri in committed:
        assert home.get(uri).status == 200
    wait_for(lambda: not home.query("SELECT 1 FROM deliveries WHERE state = 'waiting'"), message="deliveries wait")


def assert_all_heard(talk: Talk) -> None:
    """Everything that was answered 202 has its effect; said once more, everything has it exactly once."""
    home = talk.home
    home.settle()
    replies = home.replies(talk.work)
    liked = [uri for (uri,) in home.query("SELECT likes.uri FROM likes")]
    for _, activity in talk.answered:
        if activity["type"] == "Create":
            assert activity["object"]["id"] in replies, activity
        else:
            assert activity["id"] in liked, activity
    assert len(talk.answered) >= ROUNDS // 2
    for person, activity in talk.said:
        assert person.post(home.inbox, activity).status == 202
    home.settle()
    replies = home.replies(talk.work)
    wanted = [activity["object"]["id"] for _, activity in talk.said if activity["type"] == "Create"]
    assert sorted(replies) == sorted(wanted)
    likes = [activity for _, activity in talk.said if activity["type"] == "Like"]
    assert home.total(talk.work, "likes") == len(likes)
    told = home.query("SELECT count(*), type, from_id, note_id FROM notifications GROUP BY type, from_id, note_id")
    assert {row[0] for row in told} == {1}
    assert home.query("SELECT state, outcome FROM received WHERE state NOT IN ('done')") == []
