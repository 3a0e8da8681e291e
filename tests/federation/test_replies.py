"""Replies from elsewhere: Create, Update and Delete, in any order, twice, and forged."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.federation.home import Home, Work
from tests.federation.peer import Peer
from tests.federation.people import Person, settle, timestamp

LATER = timedelta(minutes=5)


@pytest.fixture(scope="module")
def work(home: Home) -> Work:
    return home.publish()


def test_a_reply_is_shown_and_told(home: Home, lee: Person, work: Work) -> None:
    note = lee.note("<p>How <b>blue</b>!</p><script>alert(1)</script>", inReplyTo=work.uri)
    assert home.take(lee, lee.creates(note)) == "done: stored, proof none"
    assert note["id"] in home.replies(work)
    shown = home.server.json("replies", "--as", home.artist, "--limit", "1000")
    reply = next(entry for entry in shown if entry["uri"] == note["id"])
    assert reply["text"] == "How blue!"
    assert reply["author"]["uri"] == lee.id
    assert "script" not in reply["content"]
    told = home.server.json("notifications", "--as", home.artist, "--limit", "1000")
    assert [(entry["type"], entry["note"]["uri"]) for entry in told if entry["from"]["uri"] == lee.id] == [
        ("reply", note["id"])
    ]
    page = home.get(work.url, "text/html").body.decode()
    assert "How <b>blue</b>!" in page
    assert "alert(1)" not in page


def test_the_same_create_in_both_inboxes_and_under_another_id_is_one(home: Home, lee: Person, work: Work) -> None:
    note = lee.note(inReplyTo=work.uri)
    create = lee.creates(note)
    for url in (home.shared_inbox, home.inbox, home.shared_inbox):
        assert lee.post(url, create).status == 202
    assert home.outcome(create).startswith("done: stored")
    assert home.take(lee, lee.creates(note)) == "done: known already"
    assert home.replies(work).count(note["id"]) == 1
    assert home.told(lee) == ["reply"]


def test_a_create_without_an_activity_id(home: Home, lee: Person, work: Work) -> None:
    note = lee.note(inReplyTo=work.uri)
    assert lee.post(home.inbox, lee.creates(note, id=...)).status == 202
    home.settle()
    assert note["id"] in home.replies(work)


def test_a_create_that_only_names_its_note(home: Home, lee: Person, work: Work) -> None:
    note = lee.note("<p>fetched</p>", inReplyTo=work.uri)
    lee.peer.serve(note["id"].removeprefix(lee.peer.base), {"@context": lee.document["@context"], **note})
    assert home.take(lee, lee.says("Create", note["id"])).startswith("done: stored")
    assert note["id"] in home.replies(work)


def test_what_concerns_nobody_here_is_not_kept(home: Home, lee: Person) -> None:
    assert home.take(lee, lee.creates(lee.note())) == "ignored: concerns nobody here"


def test_a_newer_update_replaces_the_whole_note(home: Home, lee: Person, work: Work) -> None:
    note = lee.note("<p>one</p>", inReplyTo=work.uri, summary="careful")
    home.take(lee, lee.creates(note))
    newer = {**note, "content": "<p>two</p>", "updated": timestamp(LATER), "summary": None}
    assert home.take(lee, lee.says("Update", newer)) == "done: updated, proof none"
    assert home.content_of(note["id"]) == "<p>two</p>"
    assert home.query("SELECT summary FROM notes WHERE uri = ?", note["id"]) == [("",)]
    older = {**note, "content": "<p>three</p>", "updated": timestamp(-LATER)}
    assert home.take(lee, lee.says("Update", older)).startswith("done: older")
    undated = {**note, "content": "<p>four</p>"}
    assert home.take(lee, lee.says("Update", undated)).startswith("done: older")
    assert home.content_of(note["id"]) == "<p>two</p>"


def test_an_update_by_id_is_fetched(home: Home, lee: Person, work: Work) -> None:
    note = lee.note("<p>one</p>", inReplyTo=work.uri)
    home.take(lee, lee.creates(note))
    newer = {"@context": lee.document["@context"], **note, "content": "<p>two</p>", "updated": timestamp(LATER)}
    lee.peer.serve(note["id"].removeprefix(lee.peer.base), newer)
    assert home.take(lee, lee.says("Update", note["id"])).startswith("done: updated")


def test_an_update_that_overtook_its_create(home: Home, lee: Person, work: Work) -> None:
    note = lee.note("<p>one</p>", inReplyTo=work.uri)
    newer = {**note, "content": "<p>two</p>", "updated": timestamp(LATER)}
    assert home.take(lee, lee.says("Update", newer)).startswith("done: stored")
    assert home.take(lee, lee.creates(note)) == "done: known already"
    assert home.content_of(note["id"]) == "<p>two</p>"


def test_a_profile_update_in_full_and_by_id(home: Home, lee: Person, work: Work) -> None:
    note = lee.note(inReplyTo=work.uri)
    home.take(lee, lee.creates(note))
    lee.serve(name="Lee B.")
    assert home.take(lee, lee.says("Update", lee.document)) == "done: profile updated"
    assert "Lee B." in home.get(work.url, "text/html").body.decode()
    lee.serve(name="Lee C.")
    assert home.take(lee, lee.says("Update", lee.id)) == "done: profile updated"
    assert "Lee C." in home.get(work.url, "text/html").body.decode()


@pytest.mark.parametrize("shape", ["tombstone", "id", "note"])
def test_a_delete_takes_a_reply_away(home: Home, lee: Person, work: Work, shape: str) -> None:
    note = lee.note(inReplyTo=work.uri)
    home.take(lee, lee.creates(note))
    deleted = {"tombstone": {"id": note["id"], "type": "Tombstone"}, "id": note["id"], "note": note}[shape]
    assert home.take(lee, lee.says("Delete", deleted)) == "done: note deleted"
    assert note["id"] not in home.replies(work)
    assert home.content_of(note["id"]) is None
    assert home.told(lee) == []
    assert home.take(lee, lee.creates(note)).startswith(("done: known", "ignored: deleted"))
    assert note["id"] not in home.replies(work)


def test_a_delete_that_comes_before_its_create(home: Home, lee: Person, work: Work) -> None:
    note = lee.note(inReplyTo=work.uri)
    assert home.take(lee, lee.says("Delete", note["id"])).startswith("done: unknown; remembered")
    assert home.take(lee, lee.creates(note)) == "ignored: deleted before it came"
    newer = {**note, "updated": timestamp(LATER)}
    assert home.take(lee, lee.says("Update", newer)) == "ignored: deleted before it came"
    assert note["id"] not in home.replies(work)


def test_a_neighbour_on_the_same_host_can_neither_delete_nor_change_it(home: Home, lee: Person, work: Work) -> None:
    mallory = settle(lee.peer, "mallory")
    note = lee.note("<p>mine</p>", inReplyTo=work.uri)
    home.take(lee, lee.creates(note))
    assert home.take(mallory, mallory.says("Delete", note["id"])) == "ignored: the note is not by the sender"
    tombstone = {"id": note["id"], "type": "Tombstone"}
    assert home.take(mallory, mallory.says("Delete", tombstone)) == "ignored: the note is not by the sender"
    forged = {**note, "attributedTo": mallory.id, "content": "<p>theirs</p>", "updated": timestamp(LATER)}
    assert home.take(mallory, mallory.says("Update", forged)) == "ignored: the note is not by the sender"
    assert home.content_of(note["id"]) == "<p>mine</p>"


def test_a_neighbour_cannot_forbid_a_note_before_it_comes(home: Home, lee: Person, work: Work) -> None:
    mallory = settle(lee.peer, "mallory")
    note = lee.note(inReplyTo=work.uri)
    home.take(mallory, mallory.says("Delete", note["id"]))
    assert home.take(lee, lee.creates(note)).startswith("done: stored")


@pytest.mark.parametrize("forged", ["id", "author", "both", "neighbour"])
def test_a_create_of_somebody_elses_words_is_dropped(
    home: Home, lee: Person, other_peer: Peer, work: Work, forged: str
) -> None:
    victim = settle(lee.peer if forged == "neighbour" else other_peer, "kim")
    changes = {
        "id": {"id": victim.note()["id"]},
        "author": {"attributedTo": victim.id},
        "both": {"id": victim.note()["id"], "attributedTo": victim.id},
        "neighbour": {"attributedTo": victim.id},
    }[forged]
    note = lee.note("<p>forged</p>", inReplyTo=work.uri, **changes)
    create = lee.creates(note)
    assert lee.post(home.shared_inbox, create).status == 202
    home.settle()
    assert not home.is_stored(create)
    assert note["id"] not in home.replies(work)


def test_a_signature_inside_the_body_makes_nobody_elses_words_true(home: Home, lee: Person, work: Work) -> None:
    victim = settle(lee.peer, "kim")
    create = victim.creates(victim.note(inReplyTo=work.uri))
    create["signature"] = {"type": "RsaSignature2017", "creator": victim.key_id, "signatureValue": "AAAA"}
    assert lee.post(home.shared_inbox, create).status == 202
    home.settle()
    assert not home.is_stored(create)


def test_an_update_or_delete_of_our_own_work_from_outside_is_refused(home: Home, lee: Person, work: Work) -> None:
    before = home.get(work.uri).body
    for type_ in ("Update", "Delete"):
        assert lee.post(home.shared_inbox, lee.says(type_, home.document(work.uri))).status == 202
        assert lee.post(home.shared_inbox, lee.says(type_, work.uri)).status == 202
    home.settle()
    assert home.get(work.uri).body == before


def test_an_account_that_says_goodbye_takes_its_replies_along(home: Home, lee: Person, work: Work) -> None:
    home.follow(lee)
    note = lee.note(inReplyTo=work.uri)
    home.take(lee, lee.creates(note))
    assert home.take(lee, lee.says("Delete", lee.id)) == "done: account gone, with 1 notes"
    assert note["id"] not in home.replies(work)
    assert lee.id not in home.followers()


def test_a_reply_to_a_reply_that_came_later_is_threaded(home: Home, lee: Person, work: Work) -> None:
    kim = settle(lee.peer, "kim")
    first = lee.note(inReplyTo=work.uri, cc=[home.actor])
    second = kim.note(inReplyTo=first["id"], cc=[home.actor])
    assert home.take(kim, kim.creates(second)).startswith("done: stored")
    assert home.take(lee, lee.creates(first)).startswith("done: stored")
    parent = home.query(
        "SELECT parent.uri FROM notes JOIN notes AS parent ON parent.id = notes.in_reply_to_id WHERE notes.uri = ?",
        second["id"],
    )
    assert parent == [(first["id"],)]


def test_a_private_answer_is_told_but_not_shown(home: Home, lee: Person, work: Work) -> None:
    mention = {"type": "Mention", "href": home.actor, "name": f"@{home.artist}@{home.server.host}"}
    note = lee.note("<p>psst</p>", inReplyTo=work.uri, to=[home.actor], cc=[], tag=[mention])
    assert home.take(lee, lee.creates(note), shared=False).startswith("done: stored")
    assert note["id"] not in home.replies(work)
    assert home.told(lee) == ["reply"]
    assert "psst" not in home.get(work.url, "text/html").body.decode()


def test_an_answer_from_somebody_who_blocks_the_artist_is_not_kept(home: Home, lee: Person, work: Work) -> None:
    home.take(lee, lee.says("Block", home.actor))
    note = lee.note(inReplyTo=work.uri)
    assert home.take(lee, lee.creates(note)) == "ignored: blocked"
    assert note["id"] not in home.replies(work)
