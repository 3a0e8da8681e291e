"""Whatever JSON a peer sends, the readers give a typed result or a ProtocolError, and nothing that cannot be stored."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fediart.activitypub import activities, actors, notes, origins, shapes
from fediart.activitypub.errors import ProtocolError

LEE = "https://peer.example/users/lee"
WORDS = st.sampled_from(
    [
        "id",
        "@id",
        "type",
        "@type",
        "href",
        "url",
        "name",
        "nameMap",
        "content",
        "contentMap",
        "mediaType",
        "@value",
        "@list",
        "actor",
        "object",
        "target",
        "result",
        "to",
        "cc",
        "published",
        "attributedTo",
        "inReplyTo",
        "tag",
        "attachment",
        "icon",
        "publicKey",
        "assertionMethod",
        "owner",
        "controller",
        "publicKeyPem",
        "endpoints",
        "sharedInbox",
        "inbox",
        "followers",
        "preferredUsername",
        "webfinger",
        "alsoKnownAs",
        "movedTo",
        "summary",
        "license",
        "tdmPolicy",
        "width",
        "height",
        "blurhash",
        "focalPoint",
        "oneOf",
        "quote",
        "proof",
        "conversation",
    ]
)
TYPES = [
    "Create",
    "Person",
    "Note",
    "Image",
    "Question",
    "Hashtag",
    "Mention",
    "Emoji",
    "Link",
    "PropertyValue",
    "Multikey",
]
ODD_TEXTS = [
    *("", " ", "/x", "en", "#a", "\x00", "\ud800", "as:Public", "did:key:z", "http:", "https://a..b/", "https://[::1"),
    *(
        LEE,
        "https://bücher.example/x",
        "lee@p.example",
        "image/png",
        "text/plain",
        "2026-09-30T12:00:00Z",
        "0000-00-00",
    ),
]
TEXTS = st.sampled_from(TYPES + ODD_TEXTS) | st.text(max_size=12)
NUMBERS = st.integers() | st.floats() | st.just(10**400)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | TEXTS, inner, max_size=5),
    max_leaves=25,
)
OPTIONAL = [
    "object",
    "tag",
    "attachment",
    "url",
    "icon",
    "publicKey",
    "content",
    "contentMap",
    "assertionMethod",
    "to",
    "cc",
    "endpoints",
    "oneOf",
    "published",
    "license",
]


def mostly(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.integers(0, 9).flatmap(lambda number: VALUES if number == 0 else strategy)


DOCUMENTS = st.fixed_dictionaries(
    {
        "type": mostly(st.sampled_from(["Create", "Undo", "Person", "Note", "Video", "Question"])),
        **dict.fromkeys(("id", "actor", "attributedTo", "inbox"), mostly(st.just(LEE))),
    },
    optional=dict.fromkeys(OPTIONAL, VALUES),
)

READERS: list[Callable[[Any], Any]] = [activities.read_activity, actors.read_actor, notes.read_note]


def strings_in(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple | list):
        return [text for item in value for text in strings_in(item)]
    if isinstance(value, dict):
        return [text for item in value.values() for text in strings_in(item)]
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value) if field.name not in {"raw", "object"}]
        return [text for name in names for text in strings_in(getattr(value, name))]
    assert value is None or isinstance(value, bool | int | float | datetime)
    return []


@pytest.mark.parametrize("read", READERS)
@given(doc=DOCUMENTS | st.dictionaries(WORDS, VALUES, max_size=6) | VALUES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_readers_give_a_result_that_can_be_stored_or_a_protocol_error(read: Callable[[Any], Any], doc: Any) -> None:
    try:
        result = read(doc)
    except ProtocolError as error:
        assert error.status == 400
        return
    for text in strings_in(result):
        assert "\x00" not in text
        assert text.encode("utf-8") is not None
    if isinstance(result, activities.Activity):
        try:
            origins.verify_activity_origin(result)
        except ProtocolError as error:
            assert error.status in {400, 403}


@given(doc=VALUES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_shapes_never_raise(doc: Any) -> None:
    assert all(isinstance(iri, str) and iri.strip() for iri in shapes.ids_of(doc))
    assert shapes.id_of(doc) == next(iter(shapes.ids_of(doc)), None)
    assert all(isinstance(name, str) for name in shapes.types_of(doc))
    for word in ("name", "content", "summary"):
        text, language = shapes.text_of(doc, word, "en")
        assert (text is not None) or (language is None)
    url = shapes.url_of(doc)
    assert url is None or origins.is_acceptable_id(url, plain_http=True)
    number = shapes.int_of(doc, high=100)
    assert number is None or 0 <= number <= 100
    if isinstance(doc, dict):
        assert actors.key_in(doc, LEE) is None or doc


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("doc", [None, True, 1, 1.5, "text", [], [[]], [{"type": "Note"}], {}])
def test_what_is_not_even_an_object_is_a_protocol_error(read: Callable[[Any], Any], doc: Any) -> None:
    with pytest.raises(ProtocolError):
        read(doc)
