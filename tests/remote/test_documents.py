"""Documents are believed only from the host that their id names."""

from __future__ import annotations

from typing import Any

import pytest

from fediart.activitypub.errors import ProtocolError
from fediart.errors import RemoteError
from fediart.remote import documents
from fediart.remote.session import Session
from fediart.remote.signer import Signer

from .conftest import Internet
from .test_fetch import verify


def actor(url: str) -> dict[str, Any]:
    return {"@context": "https://www.w3.org/ns/activitystreams", "id": url, "type": "Person", "inbox": f"{url}/inbox"}


async def refused(session: Session, url: str) -> ProtocolError:
    with pytest.raises(ProtocolError) as caught:
        await documents.fetch_document(session, url, signer=None)
    return caught.value


@pytest.mark.parametrize(
    "content_type",
    [
        "application/activity+json",
        "application/activity+json; charset=utf-8",
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
        "application/ld+json;profile=https://www.w3.org/ns/activitystreams",
        'Application/LD+JSON; Profile="https://www.w3.org/ns/activitystreams"; charset=utf-8',
    ],
)
async def test_a_document_under_its_own_id(internet: Internet, session: Session, content_type: str) -> None:
    url = internet.url("peer.example", "/users/lee")
    internet.serve("peer.example", "/users/lee", actor(url), content_type=content_type)
    assert await documents.fetch_document(session, url, signer=None) == actor(url)
    assert internet.seen[0].headers["accept"] == documents.ACCEPT


async def test_the_request_is_signed(internet: Internet, session: Session, signer: Signer) -> None:
    url = internet.url("peer.example", "/users/lee?x=1")
    internet.serve("peer.example", "/users/lee?x=1", actor(url))
    await documents.fetch_document(session, url, signer=signer)
    verify(internet.seen[0], signer)


@pytest.mark.parametrize(
    "content_type",
    ["text/html", "text/plain", "application/json", "application/octet-stream", "application/ld+json", ""],
)
async def test_an_uploaded_file_is_no_document(internet: Internet, session: Session, content_type: str) -> None:
    url = internet.url("peer.example", "/files/1")
    internet.serve("peer.example", "/files/1", actor(url), content_type=content_type)
    error = await refused(session, url)
    assert "did not answer with an ActivityPub document" in error.text


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff\xfe{}", b"null", b"[" * 10_000])
async def test_what_is_no_json_object(internet: Internet, session: Session, body: bytes) -> None:
    await refused(session, internet.serve("peer.example", "/a", body))


@pytest.mark.parametrize("document", [{}, {"id": None}, {"id": 7}, {"id": "not an address"}, {"id": "urn:x:y"}])
async def test_a_document_without_a_usable_id(internet: Internet, session: Session, document: dict[str, Any]) -> None:
    await refused(session, internet.serve("peer.example", "/a", document))


@pytest.mark.parametrize(
    ("status", "is_temporary"),
    [
        (400, False),
        (401, True),
        (403, False),
        (404, False),
        (406, False),
        (408, True),
        (410, False),
        (429, True),
        (500, True),
        (501, False),
        (503, True),
        (204, False),
    ],
)
async def test_statuses(internet: Internet, session: Session, status: int, is_temporary: bool) -> None:
    url = internet.serve("peer.example", "/a", status=status)
    with pytest.raises(RemoteError) as caught:
        await documents.fetch_document(session, url, signer=None)
    assert (caught.value.peer_status, caught.value.is_temporary) == (status, is_temporary)
    assert caught.value.text.startswith(f"peer.example:{internet.port} ")


async def test_a_redirect_to_the_id(internet: Internet, session: Session) -> None:
    url = internet.url("peer.example", "/users/lee")
    internet.serve("peer.example", "/users/lee", actor(url))
    start = internet.redirect("www.peer.example", "/users/lee", url, status=301)
    assert (await documents.fetch_document(session, start, signer=None))["id"] == url


async def test_a_redirect_within_the_host_from_the_id(internet: Internet, session: Session) -> None:
    url = internet.url("peer.example", "/users/lee")
    internet.redirect("peer.example", "/users/lee", "/ap/lee")
    internet.serve("peer.example", "/ap/lee", actor(url))
    assert (await documents.fetch_document(session, url, signer=None))["id"] == url
    assert len(internet.seen) == 2


async def test_an_alias_on_the_same_host_is_fetched_again_from_its_id(internet: Internet, session: Session) -> None:
    url = internet.url("peer.example", "/users/lee")
    internet.serve("peer.example", "/@lee", {**actor(url), "name": "stale"})
    internet.serve("peer.example", "/users/lee", actor(url))
    found = await documents.fetch_document(session, internet.url("peer.example", "/@lee"), signer=None)
    assert found == actor(url)
    assert internet.targets() == ["peer.example/@lee", "peer.example/users/lee"]


async def test_an_alias_of_an_alias_is_not_chased(internet: Internet, session: Session) -> None:
    for number in range(4):
        internet.serve("peer.example", f"/{number}", actor(internet.url("peer.example", f"/{number + 1}")))
    error = await refused(session, internet.url("peer.example", "/0"))
    assert "does not name itself" in error.text
    assert internet.targets() == ["peer.example/0", "peer.example/1"]


async def test_a_document_of_another_host_is_not_believed(internet: Internet, session: Session) -> None:
    victim = internet.url("peer.example", "/users/lee")
    internet.serve("peer.example", "/users/lee", actor(victim))
    url = internet.serve("evil.example", "/x", actor(victim))
    error = await refused(session, url)
    assert error.status == 403
    assert internet.targets() == ["evil.example/x"]


async def test_an_id_that_redirects_to_another_host_is_not_believed(internet: Internet, session: Session) -> None:
    """An open redirect must not let another host speak for the one that was asked."""
    victim = internet.url("peer.example", "/out?to=evil")
    internet.redirect("peer.example", "/out?to=evil", internet.url("evil.example", "/x"))
    internet.serve("evil.example", "/x", actor(victim))
    assert (await refused(session, victim)).status == 403


async def test_the_same_host_on_another_port_is_another_host(internet: Internet, session: Session) -> None:
    url = internet.serve("peer.example", "/x", actor("http://peer.example:1/users/lee"))
    assert (await refused(session, url)).status == 403


async def test_spellings_of_the_host_and_fragments_do_not_matter(internet: Internet, session: Session) -> None:
    url = internet.url("xn--bcher-kva.example", "/users/lee")
    document = actor(internet.url("BÜCHER.example", "/users/lee"))
    internet.serve("xn--bcher-kva.example", "/users/lee", document)
    assert await documents.fetch_document(session, f"{url}#main-key", signer=None) == document
    assert len(internet.seen) == 1


async def test_an_id_with_letters_beyond_ascii(internet: Internet, session: Session) -> None:
    url = internet.url("peer.example", "/works/Ölbild")
    internet.serve("peer.example", "/works/%C3%96lbild", actor(url))
    assert (await documents.fetch_document(session, url, signer=None))["id"] == url
