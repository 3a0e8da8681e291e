"""Odd things that come in, beyond those that have a file of their own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.conftest import free_port
from tests.federation.home import Home, Work
from tests.federation.people import CONTEXT, Person, timestamp


@pytest.fixture(scope="module")
def work(home: Home) -> Work:
    return home.publish("Odd things")


def test_a_reply_with_unreachable_pictures_is_told_once(home: Home, lee: Person, work: Work) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}/a.png"
    pictures = [{"type": "Image", "mediaType": "image/png", "url": nowhere}, {"type": "Image", "url": {"href": 5}}]
    create = lee.creates(lee.note(inReplyTo=work.uri, attachment=pictures))
    for _ in range(3):
        assert home.take(lee, create).startswith("done: stored")
    assert home.replies(work).count(create["object"]["id"]) == 1
    assert home.told(lee) == ["reply"]


def test_the_ids_of_a_work_and_its_activities_are_distinct(home: Home, lee: Person) -> None:
    home.follow(lee)
    work = home.publish("Distinct")
    home.server.ok("edit", work.id, "--title", "More distinct")
    home.server.ok("edit", work.id, "--title", "Most distinct")
    create = lee.peer.wait_for("Create", about=work.uri)
    updates = [lee.peer.wait_for("Update", about=work.uri, count=n) for n in (1, 2)]
    assert home.document(create.activity["id"])["id"] == create.activity["id"]
    home.server.ok("delete", work.id)
    delete = lee.peer.wait_for("Delete", about=work.uri)
    ids = [work.uri, *(delivery.activity["id"] for delivery in (create, *updates, delete))]
    assert len(set(ids)) == 5
    assert all(id_.startswith(f"{home.base}/") for id_ in ids)


def test_a_circle_of_replies_does_no_harm(home: Home, lee: Person, work: Work) -> None:
    first, second = lee.note("<p>one</p>", cc=[home.actor]), lee.note("<p>two</p>", cc=[home.actor])
    first["inReplyTo"], second["inReplyTo"] = second["id"], first["id"]
    alone = lee.note("<p>itself</p>", cc=[home.actor])
    alone["inReplyTo"] = alone["id"]
    for note in (first, second, alone):
        assert home.take(lee, lee.creates(note)).startswith("done: stored")
    into = {**first, "inReplyTo": work.uri, "updated": timestamp(timedelta(minutes=1))}
    assert home.take(lee, lee.says("Update", into)).startswith("done: updated")
    assert home.get(work.url, "text/html").status == 200
    assert first["id"] in home.replies(work)
    assert home.take(lee, lee.says("Delete", first["id"])) == "done: note deleted"
    assert home.get(work.url, "text/html").status == 200


def test_a_collection_that_points_at_itself_is_not_walked(home: Home, lee: Person, work: Work) -> None:
    path = f"/replies/of-{lee.name}"
    page = f"{lee.peer.base}{path}"
    lee.peer.serve(
        path, {"@context": CONTEXT, "id": page, "type": "CollectionPage", "next": page, "items": [], "partOf": page}
    )
    note = lee.note(inReplyTo=work.uri, replies={"id": page, "type": "Collection", "first": page})
    assert home.take(lee, lee.creates(note)).startswith("done: stored")
    home.settle()
    assert lee.peer.fetched.count(path) <= 1


def test_an_update_that_is_older_or_undated_changes_nothing(home: Home, lee: Person, work: Work) -> None:
    note = lee.note("<p>as it is</p>", inReplyTo=work.uri, updated=timestamp())
    assert home.take(lee, lee.creates(note)).startswith("done: stored")
    older = {**note, "content": "<p>older</p>", "updated": timestamp(timedelta(minutes=-5))}
    undated = {**note, "content": "<p>undated</p>"}
    del undated["updated"]
    for changed in (older, undated, {**note, "content": "<p>same time</p>"}):
        assert home.take(lee, lee.says("Update", changed)) == "done: older than what we have, or the same"
        assert home.content_of(note["id"]) == "<p>as it is</p>"
