"""The many shapes in which peers write one and the same thing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.federation.home import Home, Work
from tests.federation.people import AS2, PUBLIC, Person, timestamp


@pytest.fixture(scope="module")
def work(home: Home) -> Work:
    return home.publish()


def visibility(home: Home, note: dict[str, Any]) -> str:
    return str(home.query("SELECT visibility FROM notes WHERE uri = ?", note["id"])[0][0])


def pictures(home: Home, note: dict[str, Any]) -> list[tuple[Any, ...]]:
    return home.query(
        "SELECT attachments.url, description FROM attachments JOIN notes ON notes.id = note_id WHERE notes.uri = ?"
        " ORDER BY position",
        note["id"],
    )


def take(home: Home, person: Person, note: dict[str, Any]) -> None:
    """Let a reply in and see it shown."""
    assert home.take(person, person.creates(note)).startswith("done: stored"), note


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ({"to": PUBLIC, "cc": "{followers}"}, "public"),
        ({"to": PUBLIC, "cc": ...}, "public"),
        ({"to": PUBLIC, "cc": None}, "public"),
        ({"to": [PUBLIC], "cc": []}, "public"),
        ({"to": ["as:Public"]}, "public"),
        ({"to": "Public"}, "public"),
        ({"to": [{"id": PUBLIC, "type": "Collection"}]}, "public"),
        ({"to": "{followers}", "cc": PUBLIC}, "unlisted"),
        ({"to": ["{followers}"], "cc": ["as:Public"]}, "unlisted"),
        ({"to": ["{followers}", "{artist}"], "cc": []}, "followers"),
        ({"to": "{artist}", "cc": None}, "direct"),
    ],
    ids=str,
)
def test_audiences(home: Home, lee: Person, work: Work, audience: dict[str, Any], expected: str) -> None:
    names = {"{followers}": f"{lee.id}/followers", "{artist}": home.actor}

    def named(value: Any) -> Any:
        if isinstance(value, list):
            return [named(item) for item in value]
        return names.get(value, value) if isinstance(value, str) else value

    note = lee.note(inReplyTo=work.uri, **{name: named(value) for name, value in audience.items()})
    take(home, lee, note)
    assert visibility(home, note) == expected
    assert (note["id"] in home.replies(work)) == (expected in ("public", "unlisted"))


IMAGE = {"type": "Image", "mediaType": "image/png", "url": "https://peer.example/a.png", "name": "alt"}


@pytest.mark.parametrize(
    ("attachment", "expected"),
    [
        (IMAGE, [("https://peer.example/a.png", "alt")]),
        ([IMAGE], [("https://peer.example/a.png", "alt")]),
        (
            [
                {
                    "type": "Image",
                    "url": [
                        {"type": "Link", "mediaType": "image/avif", "href": "https://peer.example/a.avif"},
                        {"type": "Link", "mediaType": "image/jpeg", "href": "https://peer.example/a.jpg", "width": 8},
                    ],
                }
            ],
            None,
        ),
        ([{"type": "Image", "url": [{"type": "Link", "mediaType": "image/png"}]}], []),
        (["", None, {"type": "Document"}, {"type": "Document", "url": None}, IMAGE], [(IMAGE["url"], "alt")]),
        ("", []),
        (17, []),
        ({"type": "Link", "href": "https://peer.example/page"}, []),
    ],
    ids=["object", "list", "links", "no address", "holes", "empty", "number", "link"],
)
def test_attachments(
    home: Home, lee: Person, work: Work, attachment: Any, expected: list[tuple[str, str]] | None
) -> None:
    note = lee.note(inReplyTo=work.uri, attachment=attachment)
    take(home, lee, note)
    found = pictures(home, note)
    if expected is None:
        assert len(found) == 1
        assert found[0][0] in ("https://peer.example/a.avif", "https://peer.example/a.jpg")
    else:
        assert found == expected


@pytest.mark.parametrize(
    "document",
    [
        {"icon": [{"type": "Image", "url": "https://peer.example/1.png"}, {"type": "Image", "url": "https://x/2.png"}]},
        {"icon": "https://peer.example/1.png"},
        {"icon": {"type": "Image", "url": "/static/1.png"}},
        {"icon": 5, "image": [], "summary": 7, "name": {"en": "x"}},
        {"url": [{"type": "Link", "mediaType": "text/html", "href": "https://peer.example/@lee"}]},
        {"url": "not an address", "attachment": "x", "tag": {"type": "Emoji"}},
        {"type": ["Person", "Artist"]},
        {"type": ["https://peer.example/ns#Painter", "Person"]},
        {"published": "yesterday", "alsoKnownAs": "https://peer.example/users/old"},
        {"endpoints": "x", "followers": {"id": "https://peer.example/f"}},
        {"preferredUsername": 17, "manuallyApprovesFollowers": "no"},
    ],
    ids=str,
)
def test_actors(home: Home, lee: Person, document: dict[str, Any]) -> None:
    lee.serve(**document)
    home.follow(lee)
    assert lee.id in home.followers()


def test_an_activity_whose_actor_and_object_are_embedded(home: Home, lee: Person) -> None:
    follow = lee.says(
        "Follow",
        {"id": home.actor, "type": "Person", "inbox": "https://evil.example/inbox"},
        actor={"id": lee.id, "type": "Person", "inbox": "https://evil.example/inbox", "name": "Not Lee"},
    )
    assert home.take(lee, follow) == "done: accepted"
    assert lee.peer.wait_for("Accept", target=lee.inbox).object["actor"] == lee.id
    assert home.query("SELECT inbox FROM actors WHERE uri = ?", lee.id) == [(lee.document["inbox"],)]


@pytest.mark.parametrize("shape", ["list", "object", "two objects", "typed objects"])
def test_attributed_to(home: Home, lee: Person, work: Work, shape: str) -> None:
    group = {"type": "Group", "id": f"{lee.peer.base}/groups/ink"}
    person = {"type": "Person", "id": lee.id}
    authors = {
        "list": [lee.id],
        "object": person,
        "two objects": [person, group],
        "typed objects": [group, person, lee.id],
    }[shape]
    note = lee.note(inReplyTo=work.uri, attributedTo=authors)
    take(home, lee, note)
    assert note["id"] in home.replies(work)


@pytest.mark.parametrize(
    "types",
    [["Note", "https://peer.example/ns#Sketch"], ["https://peer.example/ns#Sketch", "Note"], ["Note"], "as:Note"],
    ids=str,
)
def test_types(home: Home, lee: Person, work: Work, types: Any) -> None:
    note = lee.note(inReplyTo=work.uri, type=types)
    take(home, lee, note)
    assert note["id"] in home.replies(work)


def test_a_type_of_the_activity_that_is_a_list(home: Home, lee: Person) -> None:
    follow = lee.says("Follow", home.actor) | {"type": ["https://peer.example/ns#Ask", "Follow"]}
    assert home.take(lee, follow) == "done: accepted"


@pytest.mark.parametrize("shape", ["list", "object", "link"])
def test_in_reply_to(home: Home, lee: Person, work: Work, shape: str) -> None:
    parent = {
        "list": [work.uri],
        "object": {"id": work.uri, "type": "Note"},
        "link": {"type": "Link", "href": work.uri},
    }[shape]
    note = lee.note(inReplyTo=parent)
    take(home, lee, note)
    assert note["id"] in home.replies(work)


@pytest.mark.parametrize(
    ("texts", "content", "language"),
    [
        ({"content": ..., "contentMap": {"fr": "<p>encre</p>", "en": "<p>ink</p>"}}, "<p>encre</p>", "fr"),
        ({"content": "<p>ink</p>", "contentMap": {"fr": "<p>encre</p>", "en": "<p>ink</p>"}}, "<p>ink</p>", "en"),
        ({"content": "<p>ink</p>", "contentMap": {"de": "<p>ink</p>"}}, "<p>ink</p>", "de"),
        ({"content": None, "contentMap": None}, "", None),
        ({"content": ..., "contentMap": []}, "", None),
        ({"content": {"en": "x"}}, "", None),
        ({"content": 42}, "", None),
        ({"content": "a\u0000b"}, "ab", None),
        ({"content": "<p>ok</p>", "summary": ["x"], "name": "\ud800"}, "<p>ok</p>", None),
    ],
    ids=repr,
)
def test_texts(home: Home, lee: Person, work: Work, texts: dict[str, Any], content: str, language: str | None) -> None:
    note = lee.note(inReplyTo=work.uri, **texts)
    take(home, lee, note)
    assert home.query("SELECT content, language FROM notes WHERE uri = ?", note["id"]) == [(content, language)]


TAGS = [
    {"type": "Mention"},
    {"type": "Hashtag", "name": None},
    {"type": "Edition", "id": "https://peer.example/b/1"},
    "https://peer.example/t/2",
    None,
    {"type": "Hashtag", "name": "#ink"},
]


@pytest.mark.parametrize("tags", [TAGS, {"type": "Hashtag", "name": "#ink"}], ids=["list", "object"])
def test_tags_in_create_and_in_update(home: Home, lee: Person, work: Work, tags: Any) -> None:
    note = lee.note(inReplyTo=work.uri, tag=tags)
    take(home, lee, note)
    assert home.take(lee, lee.says("Update", note | {"updated": timestamp(timedelta(minutes=1))})).startswith(
        "done: upd"
    )
    found = home.query("SELECT tags.name FROM tags JOIN notes ON notes.id = note_id WHERE notes.uri = ?", note["id"])
    assert found == [("ink",)]


@pytest.mark.parametrize(
    "published",
    [
        "2099-01-01T00:00:00Z",
        "1889-06-01T00:00:00Z",
        "0000-00-00",
        "2026-02-30T12:00:00Z",
        "yesterday",
        1700000000,
        None,
        [],
        ...,
    ],
    ids=str,
)
def test_times_that_make_no_sense_become_the_time_of_receipt(
    home: Home, lee: Person, work: Work, published: Any
) -> None:
    note = lee.note(inReplyTo=work.uri, published=published)
    take(home, lee, note)
    ((shown, received),) = home.query("SELECT published, received_at FROM notes WHERE uri = ?", note["id"])
    assert shown == received
    assert home.get(work.url, "text/html").status == 200


def test_a_time_that_makes_sense_is_kept(home: Home, lee: Person, work: Work) -> None:
    note = lee.note(inReplyTo=work.uri, published="2024-05-01T12:00:00+02:00")
    take(home, lee, note)
    found = home.query("SELECT published FROM notes WHERE uri = ?", note["id"])[0][0]
    assert datetime.fromisoformat(str(found)).replace(tzinfo=UTC) == datetime(2024, 5, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "context",
    [..., AS2, [AS2], [AS2, {"x": "https://x.example/"}], [{"x": "https://x.example/"}], {}, None, 7, "https://x/y"],
    ids=str,
)
def test_contexts_of_every_kind_are_taken_and_none_is_fetched(
    home: Home, lee: Person, work: Work, context: Any
) -> None:
    note = lee.note(inReplyTo=work.uri, **({} if context is ... else {"@context": context}))
    create = lee.creates(note)
    if context is ...:
        del create["@context"]
    else:
        create["@context"] = context
    assert home.take(lee, create).startswith("done: stored")
    assert note["id"] in home.replies(work)


def test_urls_of_notes_that_are_lists_of_links(home: Home, lee: Person, work: Work) -> None:
    page = f"{lee.peer.base}/@lee/1"
    links = [
        {"type": "Link", "mediaType": "application/activity+json", "href": f"{lee.peer.base}/n.json"},
        {"type": "Link", "mediaType": "text/html", "href": page},
    ]
    note = lee.note(inReplyTo=work.uri, url=links)
    take(home, lee, note)
    assert home.query("SELECT url FROM notes WHERE uri = ?", note["id"]) == [(page,)]


def test_another_kind_of_object_is_shown_with_title_and_link(home: Home, lee: Person, work: Work) -> None:
    article = lee.note("<p>words</p>", type="Article", name="On ink", inReplyTo=work.uri)
    take(home, lee, article)
    content = home.content_of(article["id"]) or ""
    assert "On ink" in content
    assert "<p>words</p>" in content
    assert article["id"] in content
