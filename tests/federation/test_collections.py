"""Our collections: what they hold, in which order, and how they go on over pages."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from fediart import clock, config
from fediart.activitypub.urls import Urls
from fediart.db import queries
from fediart.db.engine import Database
from fediart.outbox.speaker import Speaker
from fediart.remote.keyring import Keyring
from fediart.studio import replies
from tests.federation.conftest import OpenHome
from tests.federation.home import Home, Work
from tests.federation.peer import Peers
from tests.federation.people import settle


@pytest.fixture(scope="module")
def home(open_home: OpenHome) -> Home:
    return open_home()


@pytest.fixture(scope="module")
def work(home: Home) -> Work:
    return home.publish("Public")


def test_the_outbox_holds_what_is_public_newest_first(home: Home, work: Work) -> None:
    private = home.publish("For followers", "--visibility", "followers")
    deleted = home.publish("Deleted")
    home.server.ok("delete", deleted.id)
    quiet = home.publish("Unlisted", "--visibility", "unlisted")
    found = home.items(f"{home.actor}/outbox")
    objects = [item["object"]["id"] for item in found]
    assert objects[0] == quiet.uri
    assert work.uri in objects
    assert private.uri not in objects
    assert deleted.uri not in objects
    assert {item["type"] for item in found} == {"Create"}
    assert objects == sorted(objects, key=lambda uri: int(uri.rsplit("/", 1)[1]), reverse=True)
    assert home.document(f"{home.actor}/outbox")["totalItems"] == len(found)


async def answer_often(home: Home, work: Work, *, times: int) -> list[str]:
    """Let the artist answer a work again and again; returns the ids, oldest first."""
    made = []
    settings = config.load(home.server.config, {})
    speaker = Speaker(Urls(settings.base_url), Keyring())
    async with Database(settings.database_url, settings.database) as database:
        for number in range(times):
            async with database.write() as tx:
                parent = await queries.notes.find(tx, work.uri)
                assert parent is not None
                note = await replies.reply(tx, speaker, home.artist, parent, f"Answer {number}", now=clock.now())
            made.append(note.uri)
    return made


def test_the_outbox_goes_on_over_pages(home: Home, work: Work) -> None:
    """Twenty-three answers fill a page and begin a second: they are quicker to make than works."""
    made = asyncio.run(answer_often(home, work, times=23))
    head = home.document(f"{home.actor}/outbox")
    first = home.document(head["first"])
    second = home.document(first["next"])
    assert first["partOf"] == second["partOf"] == head["id"]
    assert len(first["orderedItems"]) == 20
    found = [item["object"]["id"] for page in (first, second) for item in page["orderedItems"]]
    assert found[:23] == made[::-1]
    assert len(found) == len(set(found))
    assert home.items(f"{work.uri}/replies") == made


def test_forty_five_followers_come_in_pages(home: Home, peers: Peers) -> None:
    peer = peers.open()
    people = [settle(peer, "fan") for _ in range(45)]
    for person in people:
        person.post(home.shared_inbox, person.says("Follow", home.actor))
    home.settle()
    head = home.document(f"{home.actor}/followers")
    assert head["totalItems"] == 45
    pages: list[list[str]] = []
    next_: Any = head["first"]
    while next_:
        page = home.document(next_)
        assert page["id"] == next_
        assert page["partOf"] == head["id"]
        pages.append(page["orderedItems"])
        next_ = page.get("next")
    assert [len(page) for page in pages] == [40, 5]
    assert sorted(uri for page in pages for uri in page) == sorted(person.id for person in people)


def test_odd_page_numbers_do_no_harm(home: Home, work: Work) -> None:
    for query in ("before=x", "before=-1", "before=99999999999999999999999999", "page=", "before=", "page=true&x=%ff"):
        for collection in (f"{home.actor}/outbox", f"{home.actor}/followers", f"{work.uri}/replies"):
            assert home.get(f"{collection}?{query}").status in (200, 400), (collection, query)
    assert home.get(f"{work.uri}/replies?after=99999999999999999999999999").status in (200, 400)
