from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from fediart.activitypub import activities
from fediart.activitypub.addressing import PUBLIC
from fediart.activitypub.errors import ProtocolError

LEE = "https://peer.example/users/lee"
MIRA = "https://art.example/users/mira"
WORK = "https://art.example/works/1"


def read(**members: Any) -> activities.Activity:
    return activities.read_activity({"type": "Like", "actor": LEE, **members})


def test_a_whole_activity() -> None:
    doc = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": "https://peer.example/c/1",
        "type": "Create",
        "actor": LEE,
        "published": "2026-09-30T12:00:00Z",
        "to": PUBLIC,
        "cc": MIRA,
        "object": {"id": "https://peer.example/n/1", "type": "Note", "attributedTo": LEE, "content": "hi"},
    }
    activity = activities.read_activity(doc)
    assert (activity.id, activity.type, activity.actor) == ("https://peer.example/c/1", "Create", LEE)
    assert (activity.to, activity.cc) == ((PUBLIC,), (MIRA,))
    assert activity.object_id == "https://peer.example/n/1"
    assert activity.objects == ("https://peer.example/n/1",)
    assert activity.object == doc["object"]
    assert activity.object_owners == (LEE,)
    assert activity.published == datetime(2026, 9, 30, 12, tzinfo=UTC)
    assert activity.raw is doc


@pytest.mark.parametrize(
    "actor",
    [LEE, {"id": LEE, "type": "Person", "name": "x"}, [LEE], {"@id": LEE}, "https://PEER.example:443/users/lee"],
)
def test_the_actor_by_id_or_in_full(actor: object) -> None:
    assert read(actor=actor).actor == LEE


def test_two_spellings_of_a_host_are_one_actor() -> None:
    assert (
        read(actor="https://bücher.example/users/lee").actor
        == read(actor="https://xn--bcher-kva.example/users/lee").actor
    )


@pytest.mark.parametrize("actor", [None, "", [], {}, 4, "lee", "did:key:z6Mk", "https://a..b/", {"name": "lee"}])
def test_without_a_usable_actor_there_is_no_activity(actor: object) -> None:
    with pytest.raises(ProtocolError, match="actor"):
        read(actor=actor)


@pytest.mark.parametrize("value", [None, "", [], 4, {}])
def test_without_a_type_there_is_no_activity(value: object) -> None:
    with pytest.raises(ProtocolError, match="type"):
        read(type=value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Follow", "Follow"),
        ("as:Follow", "Follow"),
        (["https://peer.example/ns#Subscribe", "Follow"], "Follow"),
        ("Foo", "Foo"),
        (["Foo", "Bar"], "Foo"),
        ("F" * 5000, "F" * 100),
    ],
)
def test_types_known_and_unknown(value: object, expected: str) -> None:
    assert read(type=value).type == expected


@pytest.mark.parametrize(
    ("value", "object_id", "objects"),
    [
        (WORK, WORK, (WORK,)),
        ({"id": WORK}, WORK, (WORK,)),
        ({"type": "Link", "href": WORK}, WORK, (WORK,)),
        ([MIRA, WORK, {"id": WORK}], MIRA, (MIRA, WORK)),
        ("did:web:x.example", "did:web:x.example", ("did:web:x.example",)),
        ([], None, ()),
        (None, None, ()),
        (42, None, ()),
    ],
)
def test_objects_by_id(value: object, object_id: str | None, objects: tuple[str, ...]) -> None:
    activity = read(object=value)
    assert (activity.object_id, activity.objects, activity.object) == (object_id, objects, None)
    assert not activity.object_is_actor


def test_the_embedded_one_of_several_objects_is_the_object() -> None:
    vote = {"id": "https://peer.example/v/2", "type": "Note", "attributedTo": [{"id": LEE}]}
    activity = read(type="Create", object=[WORK, vote, {"id": "https://peer.example/v/3", "type": "Note"}])
    assert (activity.object, activity.object_id, activity.object_owners) == (vote, vote["id"], (LEE,))
    assert activity.objects == (WORK, "https://peer.example/v/2", "https://peer.example/v/3")


def test_an_embedded_object_may_lack_an_id() -> None:
    activity = read(type="Undo", object={"type": "Like", "actor": {"id": LEE}, "object": WORK})
    assert (activity.object_id, activity.object_owners) == (None, (LEE,))


def test_an_embedded_actor_is_known_as_such() -> None:
    assert read(type="Update", object={"id": LEE, "type": ["Artist", "Person"]}).object_is_actor


@pytest.mark.parametrize("value", [None, 4, ["https://peer.example/a/1"], "", "not an id", "https://a..b/"])
def test_an_unusable_id_is_none(value: object) -> None:
    assert read(id=value).id is None


def test_a_flag_with_one_object_and_no_content() -> None:
    flag = read(type="Flag", object=MIRA)
    assert (flag.objects, flag.content) == ((MIRA,), None)
    flag = read(type="Flag", object=[MIRA, WORK], content="x" * 20_000)
    assert flag.objects == (MIRA, WORK)
    assert flag.content == "x" * 10_000


@pytest.mark.parametrize(
    "context", [None, "https://www.w3.org/ns/activitystreams", ["https://www.w3.org/ns/activitystreams", {"x": "y:z"}]]
)
def test_the_context_does_not_matter(context: object) -> None:
    assert read(**{"@context": context}, object={"@context": context, "id": WORK, "type": "Note"}).object_id == WORK


def test_target_and_result_in_any_shape() -> None:
    activity = read(type="Accept", target=[{"id": MIRA}], result={"id": WORK, "type": "QuoteAuthorization"})
    assert (activity.target, activity.result) == (MIRA, WORK)
