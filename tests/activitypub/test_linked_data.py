from __future__ import annotations

import base64
import copy
import hashlib
import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from fediart.activitypub import addressing, build, contexts, keys, notes
from fediart.activitypub.errors import SignatureError
from fediart.activitypub.signatures import linked_data, proofs
from fediart.rights import note_terms
from tests.peers import fedify_peer, key_page, setup, suites
from tests.rights.reservations import HERON

VECTORS = Path(__file__).parent / "vectors"
VECTOR: dict[str, Any] = json.loads((VECTORS / "linked-data-create.json").read_text())
VECTOR_KEY = keys.read_public_pem((VECTORS / "linked-data-create.pem").read_text())
assert isinstance(VECTOR_KEY, keys.RsaPublicKey)
# SHA-256 of the normal forms of the vector's options and document, worked out by other software.
VECTOR_HASHES = (
    "2410e3d12b4b3eaf97814fda383336bdeec910cf4f2355e4a5636fc515d7fad3",
    "cae62274e233bf0d01f468654f6a5a49a77b0d6e3113910c87ecbf7040ceae11",
)

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ED25519 = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
MIRA = "https://art.example/users/mira"
KEY_ID = f"{MIRA}#main-key"
NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 3, 12, 0, 0, tzinfo=UTC)

AS, SECURITY = contexts.ACTIVITYSTREAMS, contexts.SECURITY
UNSIGNED: dict[str, Any] = {
    "@context": [
        AS,
        SECURITY,
        {
            "sensitive": "as:sensitive",
            "Hashtag": "as:Hashtag",
            "focalPoint": {"@id": "http://joinmastodon.org/ns#focalPoint", "@container": "@list"},
        },
    ],
    "id": f"{MIRA}/create/1",
    "type": "Create",
    "actor": MIRA,
    "to": ["https://www.w3.org/ns/activitystreams#Public"],
    "target": "https://art.example/works/1",
    "object": {
        "id": "https://art.example/works/1",
        "type": "Note",
        "attributedTo": MIRA,
        "summary": "Skulls",
        "content": "<p>Vanitas — 墨</p>",
        "contentMap": {"en": "<p>Vanitas — 墨</p>"},
        "sensitive": True,
        "published": "2026-03-01T12:00:00Z",
        "attachment": [
            {
                "type": "Document",
                "url": "https://art.example/1.jpg",
                "width": 640,
                "name": "A skull",
                "focalPoint": [0.0, -0.25],
            }
        ],
        "tag": [{"type": "Hashtag", "name": "#vanitas", "href": "https://art.example/tags/vanitas"}],
    },
}


def _sign(document: dict[str, Any], **options: Any) -> dict[str, Any]:
    return linked_data.sign(document, **{"key": KEY, "creator": KEY_ID, "created": NOW, **options})


SIGNED = _sign(UNSIGNED)


def _verify(document: dict[str, Any], *, key: Any = None, now: datetime = NOW) -> None:
    linked_data.verify(document, key=key or KEY.public_key(), now=now)


def _refusal(document: dict[str, Any], **options: Any) -> SignatureError:
    with pytest.raises(SignatureError) as caught:
        _verify(document, **options)
    assert caught.value.status == 401
    assert "\n" not in str(caught.value)
    return caught.value


def _changed(change: Callable[[dict[str, Any]], Any], document: dict[str, Any] = SIGNED) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    change(changed)
    return changed


# What others signed


def test_an_activity_of_mastodon_verifies():
    _verify(VECTOR, key=VECTOR_KEY)
    assert linked_data.is_safe_to_forward(VECTOR)
    assert "does not match" in _refusal(VECTOR, key=KEY.public_key()).text


def test_what_is_signed_is_the_two_known_hashes():
    """Signing the vector's content with a key of ours must sign the very hashes that Mastodon signed."""
    unsigned = {**VECTOR, "@context": [*VECTOR["@context"], SECURITY]}
    created = datetime(2024, 9, 12, 16, 50, 46, tzinfo=UTC)
    signed = _sign(unsigned, creator=VECTOR["signature"]["creator"], created=created)
    message = "".join(VECTOR_HASHES).encode()
    assert keys.is_signature_of(base64.b64decode(signed["signature"]["signatureValue"]), message, key=KEY.public_key())
    assert keys.is_signature_of(base64.b64decode(VECTOR["signature"]["signatureValue"]), message, key=VECTOR_KEY)


# Signing


def test_signing_and_verifying():
    _verify(SIGNED)
    _verify(json.loads(json.dumps(SIGNED, indent=3, sort_keys=True)))
    assert "does not match" in _refusal(SIGNED, key=OTHER.public_key()).text
    assert {name: value for name, value in SIGNED.items() if name != "signature"} == UNSIGNED
    signature = SIGNED["signature"]
    assert list(signature) == ["type", "creator", "created", "signatureValue"]
    assert signature["created"] == "2026-03-01T12:00:00Z"


def test_finding_the_signature():
    assert linked_data.find_signature(SIGNED) == SIGNED["signature"]
    assert linked_data.creator(SIGNED) == KEY_ID
    for signature in (None, "x", [SIGNED["signature"]], {}, {"type": "Other", "creator": KEY_ID}):
        assert linked_data.find_signature({"signature": signature}) is None
        assert linked_data.creator({"signature": signature}) is None
    assert linked_data.find_signature({}) is None
    for named in (None, "", 5, {"id": KEY_ID}):
        assert linked_data.creator({"signature": {"type": "RsaSignature2017", "creator": named}}) is None


def test_signing_again_replaces_the_signature():
    assert _sign(SIGNED) == SIGNED
    again = _sign(SIGNED, key=OTHER)
    _verify(again, key=OTHER.public_key())


def test_an_end_is_covered():
    signed = _sign(UNSIGNED, expires=LATER)
    assert signed["signature"]["expires"] == "2026-03-03T12:00:00Z"
    _verify(signed)
    assert "expired" in _refusal(signed, now=LATER).text
    later = _changed(lambda doc: doc["signature"].update(expires="2026-04-01T00:00:00Z"), signed)
    assert "does not match" in _refusal(later).text
    assert "does not match" in _refusal(_changed(lambda doc: doc["signature"].pop("expires"), signed)).text


@pytest.mark.parametrize("context", [None, AS, [AS], [AS, {"sec": SECURITY}]])
def test_without_the_security_context_nothing_is_signed(context: object):
    with pytest.raises(ValueError, match="security/v1"):
        _sign({**UNSIGNED, "@context": context})


def test_a_document_that_nobody_could_read_is_not_signed():
    with pytest.raises(ValueError, match="do not carry"):
        _sign({**UNSIGNED, "@context": [AS, SECURITY, "https://other.example/ns"]})
    with pytest.raises(ValueError, match="JSON-LD"):
        _sign({**UNSIGNED, "type": 5})
    with pytest.raises(ValueError, match="zone"):
        _sign(UNSIGNED, created=datetime(2026, 3, 1))


def test_the_security_context_may_be_added_afterwards():
    """Interop: Mastodon adds it after it has signed."""
    signed = _sign(UNSIGNED)
    without = [context for context in signed["@context"] if context != SECURITY]
    _verify({**signed, "@context": without})
    _verify({**signed, "@context": [*without, SECURITY]})


# What breaks it


def _paths(value: object, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if at:
        yield at
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, (*at, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _paths(inner, (*at, index))


# The type of the signature is not signed, but must be what it is; contexts have tests of their own.
PATHS = [path for path in _paths(SIGNED) if path[0] != "@context"]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: ".".join(map(str, path)))
@pytest.mark.parametrize("change", ["replace", "remove"])
def test_any_changed_or_removed_member_breaks_it(path: tuple[str | int, ...], change: str):
    document = copy.deepcopy(SIGNED)
    parent: Any = document
    for step in path[:-1]:
        parent = parent[step]
    if change == "remove":
        del parent[path[-1]]
    else:
        parent[path[-1]] = "https://evil.example/changed"
    _refusal(document)


VALUES = st.text() | st.integers(0, 9) | st.booleans() | st.dictionaries(st.text(), st.text(), min_size=1, max_size=2)
NAMES = st.text() | st.sampled_from(["sensitive", "quoteUrl", "license", "cc", "name", "published", "@id", "@type"])


@given(st.sampled_from([(), ("object",), ("object", "tag", 0), ("object", "attachment", 0)]), NAMES, VALUES)
def test_any_added_member_breaks_it(path: tuple[str | int, ...], name: str, value: object):
    document = copy.deepcopy(SIGNED)
    parent: Any = document
    for step in path:
        parent = parent[step]
    if name in parent or (name == "@context" and not value):
        return
    parent[name] = value
    _refusal(document)


@given(st.integers(0, 255), st.integers(1, 255))
def test_any_changed_byte_of_the_value_breaks_it(at: int, flipped: int):
    raw = bytearray(base64.b64decode(SIGNED["signature"]["signatureValue"]))
    raw[at] ^= flipped
    value = base64.b64encode(bytes(raw)).decode()
    assert "does not match" in _refusal(_changed(lambda doc: doc["signature"].update(signatureValue=value))).text


@pytest.mark.parametrize("value", [None, 5, [], "", "!", "AAAA", "é", SIGNED["signature"]["signatureValue"][:-4]])
def test_values_that_are_no_signature(value: object):
    assert "does not match" in _refusal(_changed(lambda doc: doc["signature"].update(signatureValue=value))).text


def test_a_value_may_be_broken_into_lines():
    value = SIGNED["signature"]["signatureValue"]
    lines = "\n".join(value[at : at + 60] for at in range(0, len(value), 60)) + "\n"
    _verify(_changed(lambda doc: doc["signature"].update(signatureValue=lines)))


@pytest.mark.parametrize(
    ("signature", "reason"),
    [
        (None, "not an object"),
        ([SIGNED["signature"]], "not an object"),
        ("x", "not an object"),
        ({**SIGNED["signature"], "type": "Ed25519Signature2018"}, "not an RsaSignature2017"),
        ({**SIGNED["signature"], "type": ["RsaSignature2017"]}, "not an RsaSignature2017"),
        ({**SIGNED["signature"], "creator": {"id": KEY_ID}}, "name its key"),
        ({**SIGNED["signature"], "creator": None}, "name its key"),
        ({**SIGNED["signature"], "created": "today"}, "created is not a date"),
        ({**SIGNED["signature"], "expires": "tomorrow"}, "expires is not a date"),
        ({**SIGNED["signature"], "expires": None}, "expires is not a date"),
        ({**SIGNED["signature"], "expires": "2026-03-01T12:00:00Z"}, "expired"),
        ({**SIGNED["signature"], "creator": f"{KEY_ID}> .\n<a:b"}, "not cover"),
    ],
)
def test_signatures_that_are_refused(signature: object, reason: str):
    assert reason in _refusal({**SIGNED, "signature": signature}).text


def test_a_document_without_a_signature():
    assert "not an object" in _refusal(UNSIGNED).text


def test_more_members_of_the_signature_are_covered():
    """Interop: Mastodon 4.5 and Fedify 2.3 hash all but three; what identity/v1 does not know means nothing."""
    _verify(_changed(lambda doc: doc["signature"].update({"@context": "https://other.example/v1", "id": "_:x"})))
    assert "not match" in _refusal(_changed(lambda doc: doc["signature"].update(nonce="x"))).text


# A relay that leaves the graph as it was, but not what is read as plain JSON


def _hide_warning(doc: dict[str, Any]) -> None:
    doc["@context"].append({"cw": "as:summary"})
    doc["object"]["cw"] = doc["object"].pop("summary")


def _swap_content(doc: dict[str, Any]) -> None:
    doc["@context"].append({"old": "as:content", "content": None})
    doc["object"] |= {"old": doc["object"]["content"], "content": "<p>free for AI training</p>"}


def _void_in_place(doc: dict[str, Any]) -> None:
    doc["@context"].append({"content": "as:summary", "summary": "as:content"})
    doc["object"] |= {"content": doc["object"]["summary"], "summary": doc["object"]["content"]}


def _another_type(doc: dict[str, Any]) -> None:
    doc["@context"].append({"Delete": "as:Create"})
    doc["type"] = "Delete"


def _hidden_in_another_object(doc: dict[str, Any]) -> None:
    doc["@context"].append({"old": {"@id": "as:object", "@type": "@id"}, "object": None})
    doc["old"], doc["object"] = doc["object"], {"id": "https://evil.example/1", "type": "Note"}


def _number_as_text(doc: dict[str, Any]) -> None:
    doc["@context"].append({"sensitive": {"@id": "as:sensitive", "@type": "http://www.w3.org/2001/XMLSchema#boolean"}})
    doc["object"]["sensitive"] = "true"


def _unread_nest(doc: dict[str, Any]) -> None:
    doc["@context"].append({"nest": "@nest"})
    doc["object"]["nest"] = {"summary": doc["object"].pop("summary")}


def _full_name(doc: dict[str, Any]) -> None:
    doc["object"]["as:summary"] = doc["object"].pop("summary")


def _value_object(doc: dict[str, Any]) -> None:
    doc["object"]["summary"] = {"@value": doc["object"]["summary"]}


def _keyword(doc: dict[str, Any]) -> None:
    doc["object"]["@type"] = doc["object"].pop("type")


def _blank_name(doc: dict[str, Any]) -> None:
    doc["object"]["tag"][0]["id"] = "_:b7"


def _nothing_declared(doc: dict[str, Any]) -> None:
    doc["object"]["blurhash"] = "LEHV6nWB2yk8pyo0adR*.7kCMdnj"


def _no_type_declared(doc: dict[str, Any]) -> None:
    doc["object"]["tag"].append({"id": "https://evil.example/emoji", "type": "Emoji"})


def _address_to_nowhere(doc: dict[str, Any]) -> None:
    doc["to"].append("Public")


def _statement_in_an_address(doc: dict[str, Any]) -> None:
    """One address that is several statements once written as N-Quads."""
    doc["actor"] = f"{MIRA}> .\n<{MIRA}/create/1> <{AS}#to> <{AS}#Public"
    del doc["to"]


def _language_of_its_own(doc: dict[str, Any]) -> None:
    doc["object"]["contentMap"]["de\n"] = "<p>frei</p>"


def _context_taken_away(doc: dict[str, Any]) -> None:
    doc["object"] |= {"@context": None}


def _said_elsewhere(doc: dict[str, Any]) -> None:
    doc["target"] = {"id": doc["target"], "summary": doc["object"].pop("summary")}


CHANGES = [
    _hide_warning,
    _swap_content,
    _void_in_place,
    _another_type,
    _hidden_in_another_object,
    _number_as_text,
    _unread_nest,
    _full_name,
    _value_object,
    _keyword,
    _blank_name,
    _nothing_declared,
    _no_type_declared,
    _address_to_nowhere,
    _statement_in_an_address,
    _language_of_its_own,
    _context_taken_away,
    _said_elsewhere,
]


@pytest.mark.parametrize("change", CHANGES)
def test_what_the_graph_hides_is_not_covered(change: Callable[[dict[str, Any]], None]):
    changed = _changed(change)
    assert "does not cover" in _refusal(changed).text
    assert not linked_data.is_safe_to_forward(changed)


def _hash(document: dict[str, Any]) -> str:
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": contexts.loader()}
    unsigned = {name: value for name, value in document.items() if name != "signature"}
    return hashlib.sha256(jsonld.normalize(unsigned, options).encode()).hexdigest()


@pytest.mark.parametrize(
    "change",
    [
        _hide_warning,
        _swap_content,
        _another_type,
        _nothing_declared,
        _number_as_text,
        _blank_name,
        _unread_nest,
        _said_elsewhere,
        _hidden_in_another_object,
    ],
)
def test_the_value_alone_would_not_have_told(change: Callable[[dict[str, Any]], None]):
    """These changes leave the hash as it was, so they are what the rule about plain names is for."""
    assert _hash(_changed(change)) == _hash(SIGNED)


@pytest.mark.parametrize("term", [name for name in note_terms.CONTEXT if name not in ("sdo", "plus", "iptcExt", "pt")])
def test_rights_terms_mean_what_we_write(term: str):
    definition = note_terms.CONTEXT[term]
    if isinstance(definition, str) and definition.endswith(("#", "/")):
        return
    is_number = isinstance(definition, dict) and str(definition.get("@type", "")).endswith("integer")
    value = 1 if is_number else "https://art.example/terms"
    kind = definition.get("@type") if isinstance(definition, dict) else None
    ours = {"@context": [AS, SECURITY, dict(note_terms.CONTEXT)], "id": f"{MIRA}/1", "type": "Note", term: value}
    _verify(_sign(ours))
    theirs = [AS, SECURITY, {term: {"@id": "https://evil.example/ns#nothing"} | ({"@type": kind} if kind else {})}]
    assert "does not cover" in _refusal(_sign({**ours, "@context": theirs})).text


def test_the_order_of_a_list_is_covered_only_where_its_term_says_so():
    context = [AS, SECURITY, {"focalPoint": {"@id": "http://joinmastodon.org/ns#focalPoint", "@container": "@list"}}]
    document = {"@context": context, "id": f"{MIRA}/1", "type": "Image", "focalPoint": [0.5, -0.25]}
    signed = _sign(document | {"to": [f"{MIRA}/a", f"{MIRA}/b"]})
    _verify(signed)
    _verify({**signed, "to": signed["to"][::-1]})
    assert "not match" in _refusal({**signed, "focalPoint": [-0.25, 0.5]}).text


def test_terms_of_others_are_covered_when_they_are_declared():
    context = [
        AS,
        SECURITY,
        {"fb": "http://fedibird.com/ns#", "emojiReactions": "fb:emojiReactions", "Poke": "fb:Poke"},
    ]
    signed = _sign({**UNSIGNED, "@context": context, "object": MIRA, "type": ["Create", "Poke"], "emojiReactions": 3})
    _verify(signed)
    assert "not match" in _refusal({**signed, "emojiReactions": 4}).text


@pytest.mark.parametrize("public", ["as:Public", "https://www.w3.org/ns/activitystreams#Public"])
def test_public_in_a_spelling_that_has_a_meaning(public: str):
    _verify({**SIGNED, "to": public})


# Keywords and contexts


@pytest.mark.parametrize("keyword", ["@graph", "@included", "@reverse"])
@pytest.mark.parametrize("path", [(), ("object",), ("object", "tag", 0), ("@context", 2), ("signature",)])
def test_keywords_that_hide_one_graph_in_another(keyword: str, path: tuple[str | int, ...]):
    document = copy.deepcopy(SIGNED)
    parent: Any = document
    for step in path:
        parent = parent[step]
    parent[keyword] = [{"id": "https://evil.example/1"}]
    assert keyword in _refusal(document).text
    assert path == ("signature",) or not linked_data.is_safe_to_forward(document)


@pytest.mark.parametrize("keyword", ["@graph", "@included"])
def test_other_names_for_such_keywords(keyword: str):
    def change(doc: dict[str, Any]) -> None:
        doc["@context"].append({"more": keyword})
        doc["more"] = [{"id": "https://evil.example/1", "type": "Note", "content": "x"}]

    _refusal(_changed(change))
    assert not linked_data.is_safe_to_forward(_changed(change))


@pytest.mark.parametrize(
    "context",
    ["https://other.example/ns", "ns", "", "https://www.w3.org/ns/activitystreams/", '{"sensitive":"as:sensitive"}'],
)
def test_contexts_that_we_do_not_carry(context: str):
    refusal = _refusal({**SIGNED, "@context": [*SIGNED["@context"], context]})
    assert "do not carry" in refusal.text
    assert refusal.detail == repr(context)
    nested = _changed(lambda doc: doc["object"].update({"@context": context}))
    assert "do not carry" in _refusal(nested).text


@pytest.mark.parametrize("inner", [{"@import": AS}, {"object": {"@id": "as:object", "@context": {}}}])
def test_contexts_inside_contexts(inner: dict[str, Any]):
    assert "where no signed document may" in _refusal({**SIGNED, "@context": [*SIGNED["@context"], inner]}).text


def test_no_context_at_all():
    assert "does not cover" in _refusal({name: value for name, value in SIGNED.items() if name != "@context"}).text


@given(
    st.recursive(st.none() | st.text() | st.integers(), lambda inner: st.dictionaries(st.text(), inner), max_leaves=9)
)
def test_any_context_is_refused_or_changes_nothing(context: object):
    document = {**SIGNED, "@context": [*SIGNED["@context"], context]}
    try:
        _verify(document)
    except SignatureError as error:
        assert "\n" not in str(error)
    else:
        assert _hash(document) == _hash(SIGNED)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text() | st.sampled_from(["@context", "@id", "@type", "@value", "@list", "id", "type", "to"]), inner
        )
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(["@context", "id", "type", "object", "proof", "content"]), ANY_JSON))
def test_any_json_is_judged(document: dict[str, Any]):
    linked_data.is_safe_to_forward(document)
    _refusal({**document, "signature": SIGNED["signature"]})


# Documents made to take for ever: each of these ends, and the limits say why


def _tree(depth: int, width: int) -> dict[str, Any]:
    return {"type": "Note", "tag": [_tree(depth - 1, width)] * width} if depth else {"type": "Note"}


def _chain(depth: int) -> dict[str, Any]:
    document: dict[str, Any] = {"type": "Note"}
    for _ in range(depth):
        document = {"object": document}
    return document


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"tag": [_tree(5, 3)]}, "tangled"),
        ({"tag": [_tree(1, 9)] * 2}, "tangled"),
        ({"object": _chain(40)}, "too large"),
        ({"to": [f"https://peer.example/{n}" for n in range(300)]}, "too large"),
        (
            {"@context": [AS, {f"t{n}": "as:to" for n in range(9)}], **{f"t{n}": list("ab" * 30) for n in range(9)}},
            "cover",
        ),
        ({"contentMap": {f"en-{n}": "x" for n in range(300)}}, "too large"),
        ({"tag": [{"type": "Mention"}] * 1500}, "too large"),
        ({"content": "x" * 600_000}, "too large"),
        ({"tag": [{"@context": AS, "type": "Note"}] * 70}, "too large"),
        ({"@context": [AS] * 70}, "too large"),
        ({"@context": [AS, {f"t{n}": f"t{n + 1}:x" for n in range(1500)}]}, "JSON-LD"),
    ],
)
def test_documents_made_to_take_for_ever(document: dict[str, Any], reason: str):
    named = {"@context": [AS, SECURITY], "id": f"{MIRA}/1", **document, "signature": SIGNED["signature"]}
    assert reason in _refusal(named).text


def test_things_that_look_alike_are_no_bomb():
    mention = {"type": "Mention", "href": MIRA, "name": "@mira"}
    options = [{"type": "Note", "name": f"{n}", "replies": {"type": "Collection", "totalItems": 0}} for n in range(20)]
    _verify(_sign({**UNSIGNED, "type": "Question", "tag": [mention] * 3, "oneOf": options}))


def test_threads_do_not_disturb_each_other():
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for n in range(5):
                context = [*UNSIGNED["@context"], {f"term{number}x{n}": f"https://art.example/ns#{number}x{n}"}]
                _verify(_sign({**UNSIGNED, "@context": context, f"term{number}x{n}": "x"}))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


# Our own documents


def _picture(number: int, focal_point: tuple[float, float] | None) -> build.note.Picture:
    return build.note.Picture(
        url=f"https://art.example/{number}.jpg",
        media_type="image/jpeg",
        description=f"Boats, {number}",
        width=640,
        height=420,
        blurhash="LEHV6nWB2yk8pyo0adR*.7kCMdnj",
        focal_point=focal_point,
        rights=note_terms.write_attachment(HERON, digest_multibase=f"zQm{number}", size_bytes=1234),
    )


def _create(pictures: int = 2, *, focal_point: tuple[float, float] | None = (0.0, -0.5)) -> dict[str, Any]:
    """Build a Create as it is published, with a proof of its Note and of itself."""
    to, cc = addressing.address(addressing.Visibility.PUBLIC, followers=f"{MIRA}/followers", mentions=[])
    note = build.note.Note(
        id="https://art.example/works/1",
        url="https://art.example/@mira/1",
        attributed_to=MIRA,
        content="<p>Low Tide</p>",
        published=NOW,
        to=to,
        cc=cc,
        conversation="https://art.example/contexts/1",
        language="en",
        summary="Skulls",
        sensitive=True,
        pictures=[_picture(number, focal_point) for number in range(pictures)],
        hashtags=[build.note.Hashtag("ink", "https://art.example/tags/ink")],
        mentions=[build.note.Mention("@lee@peer.example", "https://peer.example/users/lee")],
        rights=note_terms.write_note(HERON),
        rights_context=note_terms.CONTEXT,
    )
    create = build.activity.create(_prove(build.note.build(note)), id_="https://art.example/works/1#create")
    return _prove(create)


def _prove(document: dict[str, Any]) -> dict[str, Any]:
    return proofs.add_proof(document, key=ED25519, verification_method=f"{MIRA}#ed25519-key", created=NOW)


OURS = _create()


def test_our_documents_are_covered_whole():
    assert linked_data.is_safe_to_forward(OURS)
    signed = _sign(OURS)
    _verify(signed)
    for stated in ("tdmReservation", "tdmPolicy", "contentUsage", "sensitive", "summary", "interactionPolicy"):
        assert stated in signed["object"], stated
        _refusal(_changed(lambda doc, name=stated: doc["object"].pop(name), signed))
    _refusal(_changed(lambda doc: doc["object"]["attachment"][1].update(dataMining="https://evil.example/"), signed))


def test_the_proofs_still_hold_beside_the_signature():
    signed = _sign(OURS)
    for document in (signed, signed["object"]):
        proofs.verify_proof(document, key=ED25519.public_key(), now=NOW)


def test_the_proof_is_covered():
    signed = _sign(OURS)
    _refusal(_changed(lambda doc: doc.pop("proof"), signed))
    _refusal(_changed(lambda doc: doc["proof"].update(created="2026-03-01T12:00:01Z"), signed))
    _refusal(_changed(lambda doc: doc["object"]["proof"].update(proofValue="z1"), signed))


def _delete(actor: str = MIRA) -> dict[str, Any]:
    tombstone = build.note.tombstone("https://art.example/works/1", published=NOW, deleted=NOW)
    return build.activity.delete(id_=f"{actor}/delete/1", actor=actor, object_=tombstone, to=[addressing.PUBLIC])


def test_other_activities_of_ours_are_covered_whole():
    note = OURS["object"]
    update = build.activity.update(note, id_=f"{MIRA}/update/1", actor=MIRA, at=NOW)
    announce = build.activity.simple(
        "Announce", id_=f"{MIRA}/announce/1", actor=MIRA, object_="https://peer.example/1", to=note["to"], published=NOW
    )
    for activity in (update, _delete(), announce, build.activity.undo(announce, id_=f"{MIRA}/undo/1")):
        assert linked_data.is_safe_to_forward(activity), activity["type"]
        _verify(_sign(_prove(activity)))


def test_a_word_where_an_address_belongs_is_not_covered():
    """ActivityStreams wants an address in `formerType`, so a bare type is no part of the graph."""
    deletion = _delete()
    deletion["object"]["formerType"] = "Note"
    assert not linked_data.is_safe_to_forward(deletion)
    assert "not cover" in _refusal(_sign(deletion)).text
    deletion["object"]["formerType"] = f"{AS}#Note"
    _verify(_sign(deletion))


# Mastodon's own context, by the terms that it declares: a signed activity is compacted with it before it is read.
MASTODON: list[Any] = [
    AS,
    SECURITY,
    {
        "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
        "toot": "http://joinmastodon.org/ns#",
        "featured": {"@id": "toot:featured", "@type": "@id"},
        "featuredTags": {"@id": "toot:featuredTags", "@type": "@id"},
        "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
        "movedTo": {"@id": "as:movedTo", "@type": "@id"},
        "schema": "http://schema.org#",
        "PropertyValue": "schema:PropertyValue",
        "value": "schema:value",
        "discoverable": "toot:discoverable",
        "indexable": "toot:indexable",
        "suspended": "toot:suspended",
        "memorial": "toot:memorial",
        "attributionDomains": {"@id": "toot:attributionDomains", "@type": "@id"},
        "Emoji": "toot:Emoji",
        "blurhash": "toot:blurhash",
        "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"},
        "votersCount": "toot:votersCount",
        "Hashtag": "as:Hashtag",
        "sensitive": "as:sensitive",
        "ostatus": "http://ostatus.org#",
        "atomUri": "ostatus:atomUri",
        "inReplyToAtomUri": "ostatus:inReplyToAtomUri",
        "conversation": "ostatus:conversation",
        "gts": "https://gotosocial.org/ns#",
        "interactionPolicy": {"@id": "gts:interactionPolicy", "@type": "@id"},
        "canQuote": {"@id": "gts:canQuote", "@type": "@id"},
        "automaticApproval": {"@id": "gts:automaticApproval", "@type": "@id"},
        "manualApproval": {"@id": "gts:manualApproval", "@type": "@id"},
        "quote": {"@id": "https://w3id.org/fep/044f#quote", "@type": "@id"},
        "quoteUri": "http://fedibird.com/ns#quoteUri",
        "_misskey_quote": "https://misskey-hub.net/ns#_misskey_quote",
    },
]


def _as_mastodon_reads(document: dict[str, Any]) -> dict[str, Any]:
    compacted: dict[str, Any] = jsonld.compact(document, MASTODON, {"documentLoader": contexts.loader()})
    return compacted


def test_mastodon_finds_our_terms_under_their_compact_names():
    note = _as_mastodon_reads(_sign(OURS))["object"]
    assert note["sensitive"] is True
    assert note["summary"] == "Skulls"
    assert note["content"] == "<p>Low Tide</p>"
    assert note["contentMap"] == {"en": "<p>Low Tide</p>"}
    assert note["conversation"] == "https://art.example/contexts/1"
    assert [(tag["type"], tag["name"]) for tag in note["tag"]] == [
        ("Hashtag", "#ink"),
        ("Mention", "@lee@peer.example"),
    ]
    for number, picture in enumerate(note["attachment"]):
        assert picture["type"] == "Document"
        assert picture["url"] == f"https://art.example/{number}.jpg"
        assert picture["blurhash"] == "LEHV6nWB2yk8pyo0adR*.7kCMdnj"
        assert picture["focalPoint"] == [0.0, -0.5]
        assert (picture["width"], picture["name"]) == (640, f"Boats, {number}")
    assert note["interactionPolicy"]["canQuote"] == {"automaticApproval": "as:Public"}


def test_one_picture_is_an_object_there_and_reads_the_same():
    note = _as_mastodon_reads(_sign(_create(pictures=1)))["object"]
    assert note["attachment"]["blurhash"] == "LEHV6nWB2yk8pyo0adR*.7kCMdnj"
    (attachment,) = notes.read_note(note).attachments
    assert attachment.url == "https://art.example/0.jpg"


def test_without_declarations_they_would_be_lost_and_we_say_so():
    bare = {**UNSIGNED, "@context": [AS, SECURITY]}
    lost = _as_mastodon_reads(bare)["object"]
    assert "sensitive" not in lost
    assert lost["tag"]["type"] != "Hashtag"
    assert not linked_data.is_safe_to_forward(bare)


# Other software


@pytest.fixture(scope="module")
def kim() -> Iterator[fedify_peer.FedifyPeer]:
    with fedify_peer.run() as peer:
        yield peer


@pytest.fixture(scope="module")
def ada() -> Iterator[key_page.KeyPage]:
    with key_page.run() as page:
        yield page


def _post_unsigned(kim: fedify_peer.FedifyPeer, activity: dict[str, Any]) -> fedify_peer.Delivery:
    """Send kim an activity with no HTTP signature, so that only what the body carries can prove it."""
    headers = [("host", urlsplit(kim.origin).netloc), ("content-type", "application/activity+json")]
    return kim.post("/inbox", headers, json.dumps(activity, ensure_ascii=False).encode())


def _by_ada(ada: key_page.KeyPage, kim: fedify_peer.FedifyPeer, number: int) -> dict[str, Any]:
    activity = _changed(lambda doc: doc.pop("signature"))
    activity |= {"id": f"{ada.actor}#creates/{number}", "actor": ada.actor, "cc": [kim.actor]}
    activity["object"] |= {"id": f"{ada.actor}/notes/{number}", "attributedTo": ada.actor}
    return linked_data.sign(activity, key=ada.rsa_key, creator=ada.rsa_key_id, created=datetime.now(UTC))


@pytest.mark.peer
def test_fedify_takes_a_deletion_for_our_signature_alone(kim: fedify_peer.FedifyPeer, ada: key_page.KeyPage):
    signed = linked_data.sign(_delete(ada.actor), key=ada.rsa_key, creator=ada.rsa_key_id, created=datetime.now(UTC))
    report = _post_unsigned(kim, signed)
    assert (report["status"], report["listener_error"]) == (202, None)
    assert (report["heard"]["type"], report["heard"]["actor"]) == ("Delete", ada.actor)


@pytest.mark.peer
def test_fedify_takes_an_activity_for_our_signature_alone(kim: fedify_peer.FedifyPeer, ada: key_page.KeyPage):
    report = _post_unsigned(kim, _by_ada(ada, kim, 1))
    assert report["http_signature"]["verified"] is False
    assert report["proof"]["present"] is False
    assert (report["status"], report["listener_error"]) == (202, None)
    assert report["heard"]["actor"] == ada.actor
    assert report["heard"]["object"]["content"] == UNSIGNED["object"]["content"]


@pytest.mark.peer
def test_fedify_refuses_our_signature_once_damaged(kim: fedify_peer.FedifyPeer, ada: key_page.KeyPage):
    activity = _by_ada(ada, kim, 2)
    activity["object"]["content"] += " "
    report = _post_unsigned(kim, activity)
    assert report["status"] == 401
    assert report["heard"] is None


@pytest.fixture(scope="module")
def from_fedify(kim: fedify_peer.FedifyPeer) -> tuple[dict[str, Any], keys.RsaPublicKey]:
    """A Create that Fedify sent, and the key that it is signed with."""
    with fedify_peer.run() as sender:
        kim.act("follow", actor=sender.actor)
        sent = sender.act("publish", content="<p>Œuvre nº 7 — 墨</p>")
        create = kim.wait_for("Create", lambda activity: activity["id"] == sent["activity"])
        pems = suites.read_keys(kim.act("fetch", url=sender.actor)["document"])
        activity: dict[str, Any] = create["activity"]
        key = keys.read_public_pem(pems[linked_data.creator(activity) or ""])
        assert isinstance(key, keys.RsaPublicKey)
        return activity, key


@pytest.mark.peer
@pytest.mark.skipif(
    contexts.find("https://gotosocial.org/ns") is None, reason="Fedify 2.3 puts this context, not bundled, everywhere"
)
def test_we_verify_the_signatures_of_fedify(from_fedify: tuple[dict[str, Any], keys.RsaPublicKey]):
    activity, key = from_fedify
    linked_data.verify(activity, key=key, now=datetime.now(UTC))
    assert linked_data.is_safe_to_forward(activity)
    damaged = _changed(lambda doc: doc["object"].update(content="x"), activity)
    assert "does not match" in _refusal(damaged, key=key).text


# apsig writes and verifies these signatures too. It would fetch its contexts, so it is given them; the address that it
# has for the options is one that redirects to security/v1. Its PyLD 2.0 writes fractions wrongly, so there are none.
_APSIG = """
import json, sys
from datetime import datetime, timezone
import apsig
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from pyld import jsonld

given = json.load(sys.stdin)
loaded = lambda url, options: {"contextUrl": None, "documentUrl": url, "document": given["contexts"][url]}
jsonld.set_document_loader(loaded)
signer = apsig.LDSignature()
public, private = load_pem_public_key(given["public"].encode()), load_pem_private_key(given["private"].encode(), None)
verdicts = [signer.verify(document, public) for document in given["documents"]]
created = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
signed = signer.sign(given["unsigned"], given["creator"], private, created=created)
json.dump({"verdicts": verdicts, "signed": signed}, sys.stdout)
"""


@pytest.mark.peer
def test_apsig_and_we_verify_each_other():
    if not setup.is_ready():
        raise RuntimeError("the peers are not installed: run python3 tests/peers/setup.py")
    unsigned = _create(focal_point=None)
    ours = _sign(unsigned)
    carried = {url: contexts.find(url) for url in (AS, SECURITY, contexts.DATA_INTEGRITY)}
    redirecting = "https://w3c-ccg.github.io/security-vocab/contexts/security-v1.jsonld"
    damaged = _changed(lambda doc: doc["object"]["attachment"][0].update(width=641), ours)
    asked = {
        "contexts": {**carried, redirecting: contexts.find(SECURITY)},
        "public": keys.write_public_pem(KEY.public_key()),
        "private": keys.write_private_pem(KEY),
        "documents": [ours, _sign(_delete()), damaged],
        "unsigned": unsigned,
        "creator": KEY_ID,
    }
    finished = subprocess.run(
        [str(setup.PYTHON), "-c", _APSIG],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    answer = json.loads(finished.stdout)
    assert answer["verdicts"] == [KEY_ID, KEY_ID, None]
    _verify(answer["signed"])
    assert "does not match" in _refusal(_changed(lambda doc: doc.update(actor=f"{MIRA}x"), answer["signed"])).text
