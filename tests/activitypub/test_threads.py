"""What a fetched document asks for next."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediart.activitypub import origins, threads
from fediart.activitypub.threads import Said, Walk

OWNER = "https://a.example/notes/1"
LIST = "https://a.example/notes/1/replies"
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def walk(start: object, pages: dict[str, dict[str, Any]], **limits: int) -> tuple[list[str], list[str]]:
    """Walk over served pages; returns the addresses that were fetched and the ids that were found."""
    going = Walk(start, owner=OWNER, **{"most_items": 200, **limits})
    fetched = []
    while going.next_ is not None:
        fetched.append(going.next_)
        going.take(pages.get(going.next_, {}))
    return fetched, going.ids


def ids(*numbers: int) -> list[str]:
    return [f"https://b.example/{number}" for number in numbers]


@pytest.mark.parametrize(
    "page",
    [
        {"items": ids(1, 2)},
        {"orderedItems": ids(1, 2)},
        {"items": [{"id": ids(1)[0], "type": "Note"}, {"type": "Link", "href": ids(2)[0]}]},
        {"orderedItems": ids(1), "items": ids(2)},
        {"items": {"@list": ids(1, 2)}},
        {"items": [None, *ids(1), 7, "", *ids(2, 1)]},
        {"first": {"type": "CollectionPage", "items": ids(1), "next": {"items": ids(2)[0]}}},
    ],
)
def test_items_come_in_every_shape(page: dict[str, Any]) -> None:
    assert walk(LIST, {LIST: page}) == ([LIST], ids(1, 2))
    assert walk(page, {}) == ([], ids(1, 2))


def test_a_collection_is_walked_over_its_pages() -> None:
    pages = {
        LIST: {"id": LIST, "first": f"{LIST}?page=1"},
        f"{LIST}?page=1": {"items": ids(1), "next": {"type": "Link", "href": f"{LIST}?page=2"}},
        f"{LIST}?page=2": {"items": ids(2), "next": [f"{LIST}?page=3"]},
        f"{LIST}?page=3": {"items": ids(3)[0], "next": None},
    }
    assert walk(LIST, pages) == (list(pages), ids(1, 2, 3))


def test_an_embedded_collection_is_read_afresh_where_it_has_an_address() -> None:
    embedded = {"id": LIST, "type": "Collection", "first": {"items": ids(9), "next": f"{LIST}?page=2"}}
    assert walk(embedded, {LIST: {"items": ids(1)}}) == ([LIST], ids(1))
    del embedded["id"]
    assert walk(embedded, {f"{LIST}?page=2": {"items": ids(1)}}) == ([f"{LIST}?page=2"], ids(9, 1))


def test_no_page_is_fetched_twice_and_none_of_another_host() -> None:
    assert walk(LIST, {LIST: {"items": ids(1), "next": LIST}}) == ([LIST], ids(1))
    other = f"{LIST}?page=2"
    assert walk(LIST, {LIST: {"next": other}, other: {"items": ids(1), "next": LIST}}) == ([LIST, other], ids(1))
    assert walk("https://b.example/replies", {}) == ([], [])
    assert walk(LIST, {LIST: {"items": ids(1), "next": "https://b.example/replies?page=2"}}) == ([LIST], ids(1))


def test_a_walk_ends_after_so_many_pages_or_items() -> None:
    endless = {f"{LIST}?page={n}": {"items": ids(n), "next": f"{LIST}?page={n + 1}"} for n in range(50)}
    fetched, found = walk(f"{LIST}?page=0", endless)
    assert (len(fetched), found) == (threads.MOST_PAGES, ids(*range(10)))
    assert walk(f"{LIST}?page=0", endless, most_items=3)[1] == ids(0, 1, 2)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from([LIST, f"{LIST}?page=1", f"{LIST}?page=2", "https://b.example/1", OWNER]),
    lambda inside: (
        st.lists(inside, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["id", "type", "first", "next", "items", "orderedItems", "href", "@list", "object", "actor"]
            ),
            inside,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@given(JSON, st.lists(st.dictionaries(st.sampled_from(["first", "next", "items"]), JSON), max_size=5))
def test_any_json_is_walked_to_an_end_on_its_owners_host(start: Any, pages: list[dict[str, Any]]) -> None:
    going = Walk(start, owner=OWNER, most_items=5, most_pages=4)
    seen = []
    while going.next_ is not None:
        assert origins.same_host(going.next_, OWNER)
        assert going.next_ not in seen
        seen.append(going.next_)
        going.take(pages[len(seen) % len(pages)] if pages else {"next": LIST})
    assert len(seen) <= 4
    assert len(going.ids) <= len(going.items) <= 5
    assert len(set(going.ids)) == len(going.ids)


@given(JSON)
def test_any_item_of_an_outbox_is_read_or_left_out(item: Any) -> None:
    said = threads.said_by(item, OWNER)
    assert said is None or origins.same_host(said.id, OWNER)


ACTOR = "https://a.example/users/ana"
NOTE = {"id": "https://a.example/notes/5", "type": "Note", "attributedTo": ACTOR}
CREATE = {"type": "Create", "actor": ACTOR, "object": NOTE}


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (CREATE, Said(NOTE["id"], NOTE)),
        ({**CREATE, "object": [NOTE]}, Said(NOTE["id"], NOTE)),
        ({**CREATE, "object": NOTE["id"], "actor": {"id": ACTOR}}, Said(NOTE["id"], None)),
        (NOTE, Said(NOTE["id"], NOTE)),
        ({**CREATE, "type": "Announce"}, None),
        ({**CREATE, "actor": "https://a.example/users/bo"}, None),
        ({**CREATE, "object": {**NOTE, "id": "https://b.example/notes/5"}}, None),
        (NOTE["id"], None),
        ({"type": "Tombstone", "id": NOTE["id"]}, None),
        (None, None),
    ],
)
def test_of_an_outbox_only_what_its_actor_made_counts(item: object, said: Said | None) -> None:
    assert threads.said_by(item, ACTOR) == said


def test_replies_are_looked_for_after_a_while_and_ever_more_seldom() -> None:
    assert threads.first_look_at(NOW, NOW) == NOW + timedelta(minutes=5)
    assert threads.first_look_at(NOW - timedelta(hours=1), NOW) == NOW
    assert threads.first_look_at(NOW - timedelta(days=8), NOW) is None
    at: datetime | None = NOW + timedelta(minutes=5)
    looks = []
    while at is not None:
        looks.append(at)
        at = threads.next_look_at(NOW, at)
    pauses = [later - earlier for earlier, later in itertools.pairwise(looks)]
    assert pauses[0] == timedelta(minutes=15)
    assert pauses == sorted(pauses)
    assert len(looks) < 10
    assert looks[-1] - NOW < timedelta(days=7)


def test_a_thread_is_left_alone_after_a_look() -> None:
    assert threads.cool_down(NOW, NOW) == timedelta(minutes=15)
    assert threads.cool_down(NOW - timedelta(hours=3), NOW) == timedelta(hours=3)
    assert threads.cool_down(NOW - timedelta(days=300), NOW) == timedelta(days=1)
