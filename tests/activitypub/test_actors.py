from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from fediart.activitypub import actors
from fediart.activitypub.actors import PublicKeyEntry
from fediart.activitypub.errors import ProtocolError

LEE = "https://peer.example/users/lee"
PEM = "-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n"
KEY = {"id": f"{LEE}#main-key", "owner": LEE, "publicKeyPem": PEM}
MULTIKEY = {
    "id": f"{LEE}#ed25519-key",
    "type": "Multikey",
    "controller": LEE,
    "publicKeyMultibase": "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
}


def read(**members: Any) -> actors.RemoteActor:
    return actors.read_actor({"id": LEE, "type": "Person", "inbox": f"{LEE}/inbox", **members})


def test_the_bare_minimum() -> None:
    actor = read()
    assert (actor.id, actor.type, actor.host, actor.inbox) == (LEE, "Person", "peer.example", f"{LEE}/inbox")
    assert (actor.username, actor.name, actor.shared_inbox, actor.followers, actor.keys) == (None, None, None, None, ())
    assert actor.url == LEE


def test_a_whole_actor() -> None:
    actor = read(
        preferredUsername="lee",
        name="Lee \x00B.",
        summary="<p>ink</p>",
        url="https://peer.example/@lee",
        outbox=f"{LEE}/outbox",
        followers={"id": f"{LEE}/followers", "type": "Collection"},
        following=[f"{LEE}/following"],
        featured=f"{LEE}/featured",
        endpoints={"sharedInbox": "https://peer.example/inbox"},
        publicKey=KEY,
        assertionMethod=[MULTIKEY],
        icon={"type": "Image", "url": "https://cdn.example/1.png"},
        attachment=[{"type": "PropertyValue", "name": "Site", "value": "<a>x</a>"}],
        published="2020-01-01T00:00:00Z",
        discoverable=True,
        indexable=True,
        manuallyApprovesFollowers=True,
        suspended=True,
        alsoKnownAs="https://other.example/users/lee",
        movedTo="https://new.example/users/lee",
        webfinger="acct:lee@Peer.Example",
        tdmReservation=1,
    )
    assert (actor.username, actor.name, actor.summary) == ("lee", "Lee B.", "<p>ink</p>")
    assert actor.url == "https://peer.example/@lee"
    assert actor.followers == f"{LEE}/followers"
    assert actor.following == f"{LEE}/following"
    assert (actor.outbox, actor.featured) == (f"{LEE}/outbox", f"{LEE}/featured")
    assert actor.shared_inbox == "https://peer.example/inbox"
    assert actor.icon_url == "https://cdn.example/1.png"
    assert actor.fields == (("Site", "<a>x</a>"),)
    assert actor.published == datetime(2020, 1, 1, tzinfo=UTC)
    assert actor.discoverable and actor.indexable and actor.manually_approves_followers and actor.suspended
    assert actor.also_known_as == ("https://other.example/users/lee",)
    assert actor.moved_to == "https://new.example/users/lee"
    assert actor.webfinger == "lee@peer.example"
    assert actor.rights == {"tdmReservation": 1}
    assert actor.keys == (
        PublicKeyEntry(id=KEY["id"], owner=LEE, pem=PEM),
        PublicKeyEntry(id=MULTIKEY["id"], owner=LEE, multibase=MULTIKEY["publicKeyMultibase"]),
    )


@pytest.mark.parametrize(
    "members",
    [
        {"id": None},
        {"id": "lee"},
        {"id": "did:key:z6Mk"},
        {"id": [LEE]},
        {"type": "Note"},
        {"type": None},
        {"inbox": None},
        {"inbox": "/inbox"},
        {"inbox": {"type": "OrderedCollection"}},
    ],
)
def test_without_id_type_or_inbox_there_is_no_actor(members: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError) as caught:
        read(**members)
    assert "\n" not in caught.value.text


def test_the_first_known_type_of_several() -> None:
    assert read(type=["Artist", "Person"]).type == "Person"


def test_an_actor_on_an_internationalised_host_is_one_actor() -> None:
    unicode = read(id="https://Bücher.example/users/lee", followers="https://bücher.example/f")
    ascii_only = read(id="https://xn--bcher-kva.example/users/lee", followers="https://xn--bcher-kva.example/f")
    assert unicode == ascii_only
    assert unicode.host == "xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("icon", "url"),
    [
        (
            [{"type": "Image", "url": "https://p.example/1.png"}, {"type": "Image", "url": "https://p.example/2.png"}],
            "1",
        ),
        ("https://p.example/1.png", "1"),
        ({"type": "Image", "url": ["https://p.example/1.png", "https://p.example/2.png"]}, "1"),
        ({"type": "Image", "url": {"type": "Link", "href": "https://p.example/1.png"}}, "1"),
        ([None, {"type": "Image"}, {"type": "Image", "url": "https://p.example/1.png"}], "1"),
        ({"type": "Image", "url": "/static/1.png"}, None),
        ({"type": "Image", "url": None}, None),
        (None, None),
        (42, None),
        ([], None),
    ],
)
def test_pictures_in_any_shape(icon: object, url: str | None) -> None:
    actor = read(icon=icon, image=icon)
    assert actor.icon_url == actor.image_url == (url and f"https://p.example/{url}.png")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            [
                {"type": "Link", "mediaType": "application/activity+json", "href": LEE + "?json"},
                {"type": "Link", "mediaType": "text/html", "href": "https://peer.example/@lee"},
            ],
            "https://peer.example/@lee",
        ),
        (["https://peer.example/@lee", LEE], "https://peer.example/@lee"),
        ("https://evil.example/@lee", LEE),
        ("javascript:alert(1)", LEE),
        (None, LEE),
    ],
)
def test_the_profile_page_is_on_the_actors_host_or_the_id(url: object, expected: str) -> None:
    assert read(url=url).url == expected


def test_collections_and_shared_inbox_on_another_host_are_dropped() -> None:
    names = ("outbox", "followers", "following", "featured", "sharedInbox")
    actor = read(**dict.fromkeys(names, "https://evil.example/x"), endpoints={"sharedInbox": "https://evil.example/"})
    assert (actor.outbox, actor.followers, actor.following, actor.featured, actor.shared_inbox) == (None,) * 5
    assert read(endpoints=[], sharedInbox="https://peer.example/inbox").shared_inbox == "https://peer.example/inbox"


@pytest.mark.parametrize(
    "public_key",
    [
        {**KEY, "owner": "https://peer.example/users/mallory"},
        {**KEY, "owner": None},
        {**KEY, "id": None},
        {**KEY, "id": "#main-key"},
        {**KEY, "id": "https://other.example/users/kim#main-key"},
        {**KEY, "publicKeyPem": None},
        {**KEY, "publicKeyPem": ["x"]},
        {**KEY, "publicKeyPem": "x" * 20_000},
        "https://other.example/users/kim#main-key",
        "",
        42,
        [[KEY]],
    ],
)
def test_a_key_that_is_broken_or_somebody_elses_is_dropped(public_key: object) -> None:
    assert read(publicKey=public_key, assertionMethod=public_key).keys == ()


def test_several_keys_and_keys_by_id() -> None:
    second = {**KEY, "id": "https://peer.example/keys/2"}
    actor = read(publicKey=[KEY, "https://peer.example/keys/3", second], assertionMethod=[KEY["id"], MULTIKEY])
    assert [(key.id, key.owner) for key in actor.keys] == [
        (KEY["id"], LEE),
        ("https://peer.example/keys/3", None),
        (second["id"], LEE),
        (MULTIKEY["id"], LEE),
    ]
    assert len(read(publicKey=[{**KEY, "id": f"{LEE}#{n}"} for n in range(50)]).keys) == 10


def test_a_full_key_replaces_its_mere_name() -> None:
    actor = read(publicKey=KEY["id"], assertionMethod={**MULTIKEY, "id": KEY["id"]})
    assert [key.multibase for key in actor.keys] == [MULTIKEY["publicKeyMultibase"]]


@pytest.mark.parametrize("username", [None, 4, "", "  ", "a b", "a@b", "a/b", "x" * 129, {"en": "lee"}])
def test_an_unusable_username_is_none(username: object) -> None:
    assert read(preferredUsername=username).username is None


@pytest.mark.parametrize("webfinger", [None, 4, "lee", "lee@a..b", ["lee@peer.example"]])
def test_an_unusable_handle_is_none(webfinger: object) -> None:
    assert read(webfinger=webfinger).webfinger is None


def test_profile_fields_in_any_shape() -> None:
    field = {"type": "PropertyValue", "name": "Site", "value": "v" * 5000}
    assert read(attachment=field).fields == (("Site", "v" * 2047),)
    assert len(read(attachment=[field] * 60).fields) == 50
    odd = [None, "x", {"type": "Image"}, {"type": "PropertyValue", "name": "a"}, {"type": "PropertyValue", "value": 4}]
    assert read(attachment=odd).fields == ()


def test_long_texts_are_cut() -> None:
    actor = read(name="n" * 9000, summary="s" * 90_000)
    assert (len(actor.name or ""), len(actor.summary or "")) == (2048, 20_000)


def test_a_document_that_is_the_key() -> None:
    assert actors.key_in(KEY, KEY["id"]) == PublicKeyEntry(id=KEY["id"], owner=LEE, pem=PEM)
    entry = actors.key_in({"@context": "https://www.w3.org/ns/cid/v1", **MULTIKEY}, MULTIKEY["id"])
    assert entry == PublicKeyEntry(id=MULTIKEY["id"], owner=LEE, multibase=MULTIKEY["publicKeyMultibase"])


def test_a_stub_of_the_actor_that_holds_the_key() -> None:
    key = {**KEY, "id": f"{LEE}/main-key"}
    stub = {"id": LEE, "type": "Person", "preferredUsername": "lee", "publicKey": key}
    assert actors.key_in(stub, key["id"]) == PublicKeyEntry(id=key["id"], owner=LEE, pem=PEM)


@pytest.mark.parametrize(
    "doc",
    [
        {},
        {"id": LEE},
        {**KEY, "id": f"{LEE}#other"},
        {**KEY, "owner": None},
        {"id": LEE, "publicKey": {**KEY, "owner": "https://peer.example/users/mallory"}},
        {"id": LEE, "publicKey": KEY["id"]},
        {"id": "https://evil.example/users/mallory", "publicKey": KEY},
    ],
)
def test_a_document_without_the_key(doc: dict[str, Any]) -> None:
    assert actors.key_in(doc, KEY["id"]) is None
