from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediart.activitypub import activities, origins
from fediart.activitypub.errors import ProtocolError

LEE = "https://peer.example/users/lee"
MALLORY = "https://peer.example/users/mallory"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://peer.example/users/lee", "peer.example"),
        ("HTTPS://PEER.Example", "peer.example"),
        ("https://peer.example:443/a", "peer.example"),
        ("https://peer.example:/a", "peer.example"),
        ("http://peer.example:80/a", "peer.example"),
        ("https://peer.example:80/a", "peer.example:80"),
        ("http://127.0.0.1:8080/a", "127.0.0.1:8080"),
        ("https://peer.example?x=1", "peer.example"),
        ("https://peer.example#x", "peer.example"),
        ("https://peer.example./a", "peer.example"),
        ("https://bücher.example/users/lee", "xn--bcher-kva.example"),
        ("https://BÜCHER.example/users/lee", "xn--bcher-kva.example"),
        ("https://bu\u0308cher.example/", "xn--bcher-kva.example"),
        ("https://XN--BCHER-KVA.example/", "xn--bcher-kva.example"),
        ("https://straße.example/", "xn--strae-oqa.example"),
        ("https://i❤.example/", "xn--i-7iq.example"),
        ("https://i❤️.example/", "xn--i-7iq.example"),
        ("https://xn--i-7iq.example/", "xn--i-7iq.example"),
        ("https://😀.example/", "xn--e28h.example"),
        ("https://my_art.example/", "my_art.example"),
        ("https://peer。example/", "peer.example"),
        ("https://[2001:DB8:0::1]/x", "[2001:db8::1]"),
        ("https://[::1]:8443/x", "[::1]:8443"),
    ],
)
def test_hosts_have_one_form(url: str, host: str) -> None:
    assert origins.host_of(url) == host
    assert origins.origin_of(url) == f"{url[: url.index(':')].lower()}://{host}"


UNUSABLE = [
    "",
    "peer.example",
    "//peer.example/x",
    "/users/lee",
    "https:/peer.example",
    "https://",
    "https:///path",
    "https://:443/",
    "https://lee@peer.example/",
    "https://lee:secret@peer.example/",
    "https://evil.example\\@peer.example/",
    "https://peer.example\\.evil.example/",
    "https://peer.example:0/",
    "https://peer.example:70000/",
    "https://peer.example:8o/",
    "https://peer.example:443:443/",
    "https://a..b/",
    "https://.example/",
    "https://peer.example../",
    "https://pe er.example/",
    "https://peer.example/a b",
    "https://peer.example/a\nb",
    "https://peer.example/\x00",
    " https://peer.example/",
    "https://peer.example/\u202eevil",
    "https://p%65er.example/",
    "https://a℀b.example/",
    "https://peer.example／x/",
    "https://[::1/",
    "https://[::zz]/",
    "https://[1.2.3.4]/",
    "https://" + "a" * 64 + ".example/",
    "https://" + "é" * 300 + "/",
    "https://\ud800.example/",
    "https://peer.example/" + "x" * 2048,
    "ftp://peer.example/",
    "did:web:peer.example",
    "javascript:alert(1)",
    "as:Public",
]


@pytest.mark.parametrize("url", UNUSABLE)
def test_what_is_no_address_is_refused_everywhere(url: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        origins.host_of(url)
    assert caught.value.status == 400
    with pytest.raises(ProtocolError):
        origins.normalize_id(url)
    assert not origins.is_acceptable_id(url, plain_http=True)
    assert not origins.same_host(url, url)


def test_only_scheme_and_host_of_an_id_are_rewritten() -> None:
    odd_path = "/Users/%7Elee/é//../?B=2&a=1#Main-Key"
    assert origins.normalize_id(f"HTTPS://BÜCHER.example:443{odd_path}") == f"https://xn--bcher-kva.example{odd_path}"
    assert origins.normalize_id("https://peer.example") == "https://peer.example"


def test_plain_http_is_acceptable_only_where_allowed() -> None:
    assert origins.is_acceptable_id("https://peer.example/a", plain_http=False)
    assert not origins.is_acceptable_id("http://peer.example/a", plain_http=False)
    assert origins.is_acceptable_id("http://peer.example/a", plain_http=True)


def test_same_host_compares_hosts_with_their_ports() -> None:
    assert origins.same_host("https://bücher.example/a", "https://xn--bcher-kva.example/b")
    assert not origins.same_host("https://peer.example/", "https://www.peer.example/")
    assert not origins.same_host("https://peer.example/", "https://peer.example:8443/")
    assert not origins.same_host("https://peer.example/", "https://peer.example.evil.example/")


@given(
    st.text(max_size=60)
    | st.builds(
        "{}://{}{}".format, st.sampled_from(["http", "https", "HTTPS"]), st.text(max_size=20), st.text(max_size=20)
    )
)
def test_normal_form_is_stable_or_a_protocol_error(text: str) -> None:
    try:
        normal = origins.normalize_id(text)
    except ProtocolError:
        assert not origins.is_acceptable_id(text, plain_http=True)
        return
    assert origins.is_acceptable_id(text, plain_http=True)
    assert origins.host_of(text).isascii()
    assert origins.same_host(text, normal)
    assert origins.normalize_id(normal) == normal


def create(**changes: Any) -> dict[str, Any]:
    note = {"id": "https://peer.example/n/1", "type": "Note", "attributedTo": LEE, **changes.pop("note", {})}
    return {"id": "https://peer.example/c/1", "type": "Create", "actor": LEE, "object": note, **changes}


@pytest.mark.parametrize(
    "doc",
    [
        create(),
        create(type="Update"),
        create(id=None),
        create(id="https://PEER.example:443/c/1"),
        create(object="https://peer.example/n/1"),
        create(note={"attributedTo": [{"id": "https://peer.example/groups/ink", "type": "Group"}, {"id": LEE}]}),
        {"type": "Update", "actor": LEE, "object": {"id": LEE, "type": "Person"}},
        {"type": "Delete", "actor": LEE, "object": LEE},
        {"type": "Delete", "actor": LEE, "object": {"id": "https://peer.example/n/1", "type": "Tombstone"}},
        {"type": "Undo", "actor": LEE, "object": "https://peer.example/f/1"},
        {
            "type": "Undo",
            "actor": LEE,
            "object": {"type": "Like", "actor": LEE, "object": "https://art.example/works/1"},
        },
        {"type": "Announce", "actor": LEE, "object": {"id": "https://art.example/works/1", "type": "Note"}},
        {"type": "Accept", "actor": LEE, "object": {"id": "https://art.example/f/1", "type": "Follow"}},
        {"type": "Like", "actor": LEE, "object": "https://art.example/works/1"},
        {"type": "Foo", "actor": LEE},
    ],
)
def test_an_actor_may_speak_for_itself(doc: dict[str, Any]) -> None:
    origins.verify_activity_origin(activities.read_activity(doc))


@pytest.mark.parametrize(
    "doc",
    [
        create(id="https://evil.example/c/1"),
        create(id="urn:uuid:1"),
        create(note={"id": "https://evil.example/n/1"}),
        create(note={"attributedTo": "https://art.example/users/mira"}),
        create(note={"attributedTo": MALLORY}),
        create(note={"attributedTo": None}),
        create(object=[create()["object"], "https://other.example/n/2"]),
        create(type="Update", note={"attributedTo": MALLORY}),
        create(type="Update", object="https://art.example/works/1"),
        {"type": "Update", "actor": LEE, "object": {"id": MALLORY, "type": "Person", "attributedTo": LEE}},
        {"type": "Delete", "actor": LEE, "object": "https://art.example/works/1"},
        {"type": "Delete", "actor": LEE, "object": {"id": MALLORY + "/1", "type": "Note", "attributedTo": MALLORY}},
        {"type": "Undo", "actor": LEE, "object": "https://other.example/f/1"},
        {"type": "Undo", "actor": LEE, "object": {"id": MALLORY + "#f", "type": "Follow", "actor": MALLORY}},
        {"type": "Undo", "actor": LEE, "object": {"type": "Like", "actor": MALLORY}},
        {"type": "Like", "actor": LEE, "id": "https://evil.example/l/1", "object": "https://art.example/works/1"},
    ],
)
def test_an_actor_may_not_speak_for_others(doc: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError) as caught:
        origins.verify_activity_origin(activities.read_activity(doc))
    assert caught.value.status == 403


@pytest.mark.parametrize("doc", [create(object=None), create(note={"id": None}), {"type": "Undo", "actor": LEE}])
def test_what_needs_an_object_has_one(doc: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError) as caught:
        origins.verify_activity_origin(activities.read_activity(doc))
    assert caught.value.status == 400
