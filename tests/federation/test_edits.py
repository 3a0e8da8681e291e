"""Changes, both ways: of what peers said and are, and of an artist's defaults."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.federation.conftest import OpenHome
from tests.federation.home import Home
from tests.federation.peer import Peer, Peers
from tests.federation.people import Person, settle, timestamp

EMOJI = [
    {"type": "Emoji", "name": ":blob_cat:", "icon": {"type": "Image", "url": "https://peer.example/cat.png"}},
    {"type": "Emoji", "name": ":plain:", "icon": {"type": "Image", "url": "http://peer.example/plain.png"}},
    {"type": "Emoji", "name": ":<script>:", "icon": {"type": "Image", "url": "https://peer.example/s.png"}},
    {"type": "Emoji", "name": ":nothing:"},
]


@pytest.fixture(scope="module")
def home(open_home: OpenHome) -> Home:
    return open_home()


@pytest.fixture(scope="module")
def peer(peers: Peers) -> Peer:
    return peers.open()


@pytest.fixture
def lee(peer: Peer) -> Person:
    return settle(peer)


def test_custom_emoji_are_kept_and_shown_as_text(home: Home, lee: Person) -> None:
    work = home.publish()
    note = lee.note("<p>Nice :blob_cat:</p>", inReplyTo=work.uri, tag=EMOJI)
    assert home.take(lee, lee.creates(note)).startswith("done: stored")
    shown = next(r for r in home.server.json("replies", "--as", "mira") if r["uri"] == note["id"])
    assert shown["emojis"] == [{"shortcode": "blob_cat", "url": "https://peer.example/cat.png"}]
    assert shown["text"] == "Nice :blob_cat:"
    page = home.get(work.url, "text/html").body.decode()
    assert ":blob_cat:" in page
    assert "peer.example" not in page
    newer = {**note, "tag": EMOJI[1:], "updated": timestamp(timedelta(minutes=5))}
    assert home.take(lee, lee.says("Update", newer)).startswith("done: updated")
    assert home.query("SELECT emojis FROM notes WHERE uri = ?", note["id"]) == [("[]",)]


def test_emoji_of_a_profile(home: Home, lee: Person) -> None:
    lee.serve(name="Lee :blob_cat:", tag=EMOJI)
    home.follow(lee)
    kept = '[{"shortcode": "blob_cat", "url": "https://peer.example/cat.png"}]'
    assert home.query("SELECT emojis FROM actors WHERE uri = ?", lee.id) == [(kept,)]


def test_an_update_of_an_old_note_that_never_came(home: Home, lee: Person) -> None:
    """From a stranger it means nothing; from somebody followed it is the note."""
    note = lee.note("<p>old</p>", published=timestamp(timedelta(days=-9)), updated=timestamp())
    assert home.take(lee, lee.says("Update", note)) == "ignored: an update of something unknown"
    home.server.ok("follow", "--as", "mira", lee.id)
    follow = lee.peer.wait_for("Follow", about=lee.id).activity
    home.take(lee, lee.says("Accept", follow))
    assert home.take(lee, lee.says("Update", note)).startswith("done: stored")
    assert home.content_of(note["id"]) == "<p>old</p>"


def test_new_defaults_are_told_and_leave_published_works_alone(home: Home, peer: Peer, lee: Person) -> None:
    home.follow(lee)
    work = home.publish("Before")
    before = home.get(work.uri).body
    licence = "https://creativecommons.org/licenses/by/4.0/"
    home.server.ok("artist", "edit", "mira", "--rights", "allow", "--license", licence, "--language", "de")
    assert peer.wait_for("Update", about=home.actor).object["tdmReservation"] == 0
    assert home.document(home.actor)["tdmReservation"] == 0
    assert home.get(work.uri).body == before
    home.server.ok("edit", work.id, "--title", "Before, edited")
    assert home.document(work.uri)["tdmReservation"] == 1
    after = home.document(home.publish("After").uri)
    assert (after["tdmReservation"], after["license"], list(after["contentMap"])) == (0, licence, ["de"])
    done = home.server.cli("artist", "edit", "mira", "--language", "German!")
    assert (done.returncode, done.stderr) == (1, "fediart: “German!” is not a language tag such as en or pt-BR\n")
    done = home.server.cli("artist", "edit", "mira", "--no-fields", "--field", "A=b")
    assert done.returncode == 2
