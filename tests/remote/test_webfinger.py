"""From a handle to an actor."""

from __future__ import annotations

from typing import Any

import pytest

from fediart.activitypub import handles
from fediart.activitypub.errors import ProtocolError
from fediart.errors import RemoteError
from fediart.remote import webfinger
from fediart.remote.session import Session

from .conftest import Internet

ACTOR = "https://peer.example/users/lee"
AS2 = "application/activity+json"
LD = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'


def jrd(subject: object, *links: dict[str, Any]) -> dict[str, Any]:
    return {"subject": subject, "links": list(links) or [{"rel": "self", "type": AS2, "href": ACTOR}]}


def handle(internet: Internet, host: str = "peer.example", name: str = "lee") -> handles.Handle:
    return handles.parse_handle(f"{name}@{host}:{internet.port}")


def target(internet: Internet, host: str = "peer.example", name: str = "lee") -> str:
    return f"/.well-known/webfinger?resource=acct:{name}@{host}:{internet.port}"


def answer(internet: Internet, document: object, host: str = "peer.example", name: str = "lee", **more: Any) -> None:
    more = {"content_type": "application/jrd+json"} | more
    internet.serve(host, target(internet, host, name), document, **more)


async def ask(internet: Internet, session: Session, **of: str) -> str:
    return await webfinger.fetch_actor_uri(session, handle(internet, **of), plain_http=True)


def acct(internet: Internet, host: str = "peer.example", name: str = "lee") -> str:
    return f"acct:{name}@{host}:{internet.port}"


@pytest.mark.parametrize("kind", [AS2, LD])
async def test_the_self_link(internet: Internet, session: Session, kind: str) -> None:
    links = (
        {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": "https://peer.example/@lee"},
        {"rel": "self", "type": "text/html", "href": "https://peer.example/@lee"},
        {"rel": "self", "type": kind},
        {"rel": "self", "type": kind, "href": ACTOR},
    )
    answer(internet, jrd(acct(internet), *links))
    assert await ask(internet, session) == ACTOR
    (seen,) = internet.seen
    assert seen.headers["accept"] == "application/jrd+json, application/json"
    assert "signature" not in seen.headers


@pytest.mark.parametrize("subject", [None, "https://peer.example/users/lee", 7])
async def test_a_subject_that_is_no_handle_does_not_matter(
    internet: Internet, session: Session, subject: object
) -> None:
    answer(internet, jrd(subject))
    assert await ask(internet, session) == ACTOR


async def test_the_subject_may_differ_in_case(internet: Internet, session: Session) -> None:
    answer(internet, jrd(f"acct:LEE@PEER.example:{internet.port}"))
    assert await ask(internet, session) == ACTOR
    assert len(internet.seen) == 1


async def test_another_subject_is_asked_for_itself(internet: Internet, session: Session) -> None:
    canonical = acct(internet)
    answer(
        internet, jrd(canonical, {"rel": "self", "type": AS2, "href": "https://ap.peer.example/lie"}), "ap.peer.example"
    )
    answer(internet, jrd(canonical))
    assert await ask(internet, session, host="ap.peer.example") == ACTOR


async def test_a_subject_that_does_not_confirm_is_refused(internet: Internet, session: Session) -> None:
    answer(internet, jrd(acct(internet, "b.example")), "a.example")
    answer(internet, jrd(acct(internet, "c.example")), "b.example")
    answer(internet, jrd(acct(internet, "c.example")), "c.example")
    with pytest.raises(ProtocolError, match="does not confirm"):
        await ask(internet, session, host="a.example")
    assert len(internet.seen) == 2


async def test_a_redirect_to_the_host_that_knows(internet: Internet, session: Session) -> None:
    there = internet.serve("ap.peer.example", "/.well-known/webfinger?resource=x", jrd(acct(internet)))
    internet.redirect("peer.example", target(internet), there)
    assert await ask(internet, session) == ACTOR


@pytest.mark.parametrize(
    "host_meta",
    [
        '<?xml version="1.0"?><XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">'
        '<Link rel="lrdd" type="application/xrd+xml" template="{url}?q={{uri}}&amp;a=1"/></XRD>',
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><hm:XRD>'
        '<hm:Link template="{url}?q={{uri}}&amp;a=1" rel="lrdd"></hm:Link></hm:XRD>',
    ],
)
async def test_host_meta_names_another_address(internet: Internet, session: Session, host_meta: str) -> None:
    url = internet.serve("wf.example", f"/find?q={acct(internet)}&a=1", jrd(acct(internet))).partition("?")[0]
    internet.serve("peer.example", "/.well-known/host-meta", host_meta.format(url=url).encode())
    assert await ask(internet, session) == ACTOR


async def test_host_meta_that_names_what_was_tried_already(internet: Internet, session: Session) -> None:
    template = internet.url("peer.example", "/.well-known/webfinger?resource={uri}")
    internet.serve("peer.example", "/.well-known/host-meta", f'<Link rel="lrdd" template="{template}"/>'.encode())
    with pytest.raises(RemoteError, match="knows no @lee"):
        await ask(internet, session)
    assert len(internet.seen) == 2


@pytest.mark.parametrize(
    "host_meta", [b"", b"<Link rel='lrdd'>", b"<Link rel='lrdd' template='http://x/'>", b"\xff<<<"]
)
async def test_nobody_there(internet: Internet, session: Session, host_meta: bytes) -> None:
    internet.serve("peer.example", "/.well-known/host-meta", host_meta)
    with pytest.raises(RemoteError) as caught:
        await ask(internet, session)
    assert caught.value.text == f"peer.example:{internet.port} knows no @lee"
    assert (caught.value.peer_status, caught.value.is_temporary) == (404, False)


@pytest.mark.parametrize(("status", "is_temporary"), [(410, False), (503, True), (401, True)])
async def test_other_statuses(internet: Internet, session: Session, status: int, is_temporary: bool) -> None:
    answer(internet, b"", status=status)
    with pytest.raises(RemoteError) as caught:
        await ask(internet, session)
    assert (caught.value.peer_status, caught.value.is_temporary) == (status, is_temporary)


@pytest.mark.parametrize(
    "document",
    [
        b"<html>",
        [],
        {},
        {"links": None},
        {"links": "self"},
        {"links": [7, None, {"rel": "self"}, {"rel": "self", "type": 1, "href": ACTOR}]},
        {"links": [{"rel": "self", "type": "application/json", "href": ACTOR}]},
        {"subject": "acct:@@", "links": [{"rel": "self", "type": AS2, "href": ACTOR}]},
    ],
)
async def test_an_answer_of_no_use(internet: Internet, session: Session, document: object) -> None:
    answer(internet, document)
    with pytest.raises(ProtocolError, match=r"gives no usable answer about @lee@peer\.example") as caught:
        await ask(internet, session)
    assert caught.value.detail


async def test_a_host_that_does_not_exist(internet: Internet, session: Session) -> None:
    with pytest.raises(RemoteError, match=r"^DNS: nobody\.example"):
        await ask(internet, session, host="nobody.example")


async def test_a_handle_is_asked_for_over_https_in_production(session: Session) -> None:
    with pytest.raises(RemoteError, match=r"^private address: 127\.0\.0\.1"):
        await webfinger.fetch_actor_uri(session, handles.parse_handle("lee@127.0.0.1"), plain_http=False)
