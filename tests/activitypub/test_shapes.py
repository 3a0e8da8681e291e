from __future__ import annotations

from typing import Any

import pytest

from fediart.activitypub import shapes

ONE = "https://peer.example/1"
TWO = "https://peer.example/2"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, []),
        ("a", ["a"]),
        ({"id": "a"}, [{"id": "a"}]),
        (["a", None, "b"], ["a", "b"]),
        ({"@list": ["a", "b"]}, ["a", "b"]),
        ({"@set": "a"}, ["a"]),
        (False, [False]),
        ("", [""]),
    ],
)
def test_every_property_is_a_list(value: object, expected: list[object]) -> None:
    assert shapes.as_list(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (ONE, (ONE,)),
        (f" {ONE}\n", (ONE,)),
        ({"id": ONE, "type": "Note"}, (ONE,)),
        ({"@id": ONE}, (ONE,)),
        ({"type": "Link", "href": ONE}, (ONE,)),
        ({"id": None, "href": ONE}, (ONE,)),
        ([{"id": ONE}, TWO, ONE], (ONE, TWO)),
        ([None, "", {}, {"id": 4}, [ONE], 4, True, TWO], (TWO,)),
        (None, ()),
        ({}, ()),
        (42, ()),
    ],
)
def test_ids_in_any_shape(value: object, expected: tuple[str, ...]) -> None:
    assert shapes.ids_of(value) == expected
    assert shapes.id_of(value) == (expected[0] if expected else None)


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        ("HTTPS://Peer.Example/1", ONE),
        ("did:web:peer.example", "did:web:peer.example"),
        ("tag:peer.example,2020:objectId=1", "tag:peer.example,2020:objectId=1"),
        ("https://a..b/", None),
        ("http:nowhere", None),
        ("no scheme", None),
        ("urn:" + "x" * 4000, None),
        (None, None),
    ],
)
def test_ids_are_made_comparable(iri: str | None, expected: str | None) -> None:
    assert shapes.normalized(iri) == expected


def test_a_nodes_own_id_is_not_where_it_links_to() -> None:
    assert shapes.own_id_of({"type": "Link", "href": ONE}) is None
    assert shapes.own_id_of({"@id": ONE}) == ONE
    assert shapes.own_id_of({"id": [ONE]}) is None
    assert shapes.own_web_id_of({"id": "urn:x:1"}) is None


@pytest.mark.parametrize(
    ("doc", "expected"),
    [
        ({"type": "Note"}, ("Note",)),
        ({"type": ["Note", "https://peer.example/ns#Sketch"]}, ("Note", "https://peer.example/ns#Sketch")),
        ({"type": ["Artist", "as:Note"]}, ("Artist", "Note")),
        ({"@type": "https://www.w3.org/ns/activitystreams#Note"}, ("Note",)),
        ({"type": [None, 4, {}, "Note", "Note"]}, ("Note",)),
        ({"type": {"id": "Note"}}, ()),
        ({"type": ""}, ()),
        ({}, ()),
        ("Note", ()),
        (None, ()),
    ],
)
def test_types_in_any_shape(doc: object, expected: tuple[str, ...]) -> None:
    assert shapes.types_of(doc) == expected


def test_the_first_known_type_wins() -> None:
    doc = {"type": ["Sketch", "Page", "Note"]}
    assert shapes.type_of(doc, frozenset({"Note", "Page"})) == "Page"
    assert shapes.type_of(doc, frozenset({"Video"})) is None


FRENCH_FIRST = {"contentMap": {"fr": "encre", "en-GB": "ink", "de": ""}}


@pytest.mark.parametrize(
    ("doc", "language", "expected"),
    [
        ({"content": "ink"}, None, ("ink", None)),
        ({"content": "ink", "contentMap": {"fr": "encre", "en": "ink"}}, None, ("ink", "en")),
        ({"content": "ink", "contentMap": {"en": "Ink"}}, None, ("ink", "en")),
        ({"content": "ink", "contentMap": {"fr": "encre", "en": "Ink"}}, None, ("ink", None)),
        ({"content": "ink", "contentMap": {"fr": "encre"}}, "fr", ("ink", "fr")),
        (FRENCH_FIRST, None, ("encre", "fr")),
        (FRENCH_FIRST, "fr", ("encre", "fr")),
        (FRENCH_FIRST, "EN-gb", ("ink", "en-GB")),
        (FRENCH_FIRST, "en", ("ink", "en-GB")),
        (FRENCH_FIRST, "fr-CA", ("encre", "fr")),
        (FRENCH_FIRST, "de", ("encre", "fr")),
        (FRENCH_FIRST, "ja", ("encre", "fr")),
        ({"content": "", "contentMap": {"en": "ink"}}, None, ("ink", "en")),
        ({"content": None, "contentMap": {"en": "ink"}}, None, ("ink", "en")),
        ({"content": ""}, None, ("", None)),
        ({"content": {"@value": "ink", "@language": "en"}}, None, ("ink", "en")),
        ({"content": ["ink", "more"]}, None, ("ink", None)),
        ({"contentMap": {"en": ["ink"]}}, None, ("ink", "en")),
        ({"contentMap": {"und": "ink"}}, None, ("ink", None)),
        ({"contentMap": {"<b>": "ink"}}, None, ("ink", None)),
        ({"content": 42}, None, (None, None)),
        ({"content": True}, None, (None, None)),
        ({"content": {"en": "x"}}, None, (None, None)),
        ({"contentMap": ["ink"]}, None, (None, None)),
        ({"contentMap": {"en": 4}}, None, (None, None)),
        ({}, None, (None, None)),
        (["content"], None, (None, None)),
    ],
)
def test_text_and_its_language(doc: object, language: str | None, expected: tuple[str | None, str | None]) -> None:
    assert shapes.text_of(doc, "content", language) == expected


def test_text_has_no_controls() -> None:
    text, _ = shapes.text_of({"name": "a\x00b\x07c\x9fd\ud800\ufffe\tx\ny\u200d🎨"}, "name")
    assert text == "abcd\ufffd\tx\ny\u200d🎨"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        (False, False),
        ("true", True),
        ("False", False),
        ([True], True),
        (None, None),
        (1, None),
        ("x", None),
    ],
)
def test_flags(value: object, expected: bool | None) -> None:
    for default in (True, False):
        assert shapes.bool_of(value, default=default) is (default if expected is None else expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7, 7),
        (7.0, 7),
        ("7", 7),
        (0, 0),
        (10, 10),
        *((value, None) for value in (11, -1, 7.5, True, None, "7x", "٧", "", 10**400, [7], {})),
        *((value, None) for value in (float("inf"), float("nan"), "9" * 5000)),
    ],
)
def test_whole_numbers_within_bounds(value: object, expected: int | None) -> None:
    assert shapes.int_of(value, high=10) == expected


AVIF = {"type": "Link", "mediaType": "image/avif", "href": "https://peer.example/a.avif"}
JPEG = {"type": "Link", "mediaType": "image/jpeg; q=1", "href": "https://peer.example/a.jpg", "width": 800}
PAGE = {"type": "Link", "mediaType": "text/html", "href": "https://peer.example/@lee"}
JSON = {"type": "Link", "mediaType": "application/activity+json", "href": "https://peer.example/users/lee"}


@pytest.mark.parametrize(
    ("value", "prefer", "expected"),
    [
        (ONE, (), ONE),
        ("HTTPS://PEER.example/1", (), ONE),
        ([ONE, TWO], (), ONE),
        ([JSON, PAGE], ("text/html",), PAGE["href"]),
        ([JSON, ONE], ("text/html",), ONE),
        ([JSON], ("text/html",), JSON["href"]),
        ([AVIF, JPEG], ("image/jpeg", "image/png"), JPEG["href"]),
        ([AVIF, JPEG], ("image/jpeg", "image/avif"), AVIF["href"]),
        ({"type": "Image", "url": ONE}, (), ONE),
        ([{"type": "Image", "url": [None, JPEG]}, {"type": "Image", "url": ONE}], (), ONE),
        ({"type": "Image", "url": {"type": "Image", "url": ONE}}, (), None),
        ({"type": "Image", "url": "/static/1.png"}, (), None),
        (["/a", "javascript:alert(1)", "data:image/png;base64,AA", "urn:x:1", ONE], (), ONE),
        ("https://lee:pw@peer.example/", (), None),
        (None, (), None),
        (42, (), None),
        ({"href": 4}, (), None),
    ],
)
def test_one_address_out_of_many(value: object, prefer: tuple[str, ...], expected: str | None) -> None:
    assert shapes.url_of(value, prefer=prefer) == expected


def test_a_link_says_what_is_behind_it() -> None:
    assert shapes.link_of([AVIF, JPEG], prefer={"image/jpeg"}) == shapes.Link(JPEG["href"], "image/jpeg", 800, None)


def test_rights_are_copied_when_sane() -> None:
    doc: dict[str, Any] = {
        "tdmReservation": 1,
        "tdmPolicy": {"id": ONE, "odrl:permission": {}},
        "contentUsage": "train-ai=n\x00",
        "license": [ONE, {"@id": TWO}, [ONE], None],
        "SPC": True,
        "creditText": "x" * 3000,
        "copyrightNotice": "",
        "dataMining": {"unknown": 1},
        "usageInfo": 0.5,
        "xRobotsTag": None,
        "other": "no",
    }
    assert shapes.rights_of(doc) == {
        "tdmReservation": 1,
        "tdmPolicy": ONE,
        "contentUsage": "train-ai=n",
        "license": [ONE, TWO],
        "SPC": True,
    }
