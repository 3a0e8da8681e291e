"""What anybody can read of us by HTTP: documents, collections, negotiation, caching, and what is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest

from tests.federation import wire
from tests.federation.conftest import OpenHome
from tests.federation.home import Home, Work
from tests.federation.people import AS2

MASTODON_ACTOR = "application/activity+json, application/ld+json"
MASTODON_SEARCH = f"{wire.LD_JSON}, application/activity+json, text/html;q=0.1"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.fixture(scope="module")
def home(open_home: OpenHome) -> Home:
    return open_home()


@pytest.fixture(scope="module")
def work(home: Home) -> Work:
    """Return a public work; beside it there are one for followers, one unlisted and one deleted."""
    return home.publish("Public", "--tag", "ink")


@pytest.fixture(scope="module")
def private(home: Home) -> Work:
    return home.publish("For followers", "--visibility", "followers")


@pytest.fixture(scope="module")
def deleted(home: Home) -> Work:
    gone = home.publish("Deleted")
    home.server.ok("delete", gone.id)
    return gone


def is_activity(answer: wire.HttpAnswer) -> bool:
    return answer.headers["content-type"].startswith("application/activity+json")


@pytest.mark.parametrize("accept", [MASTODON_ACTOR, wire.ACTIVITY_JSON, wire.LD_JSON])
def test_the_actor_is_what_its_address_says(home: Home, accept: str) -> None:
    for id_ in (home.actor, f"{home.base}/actor"):
        answer = home.get(id_, accept)
        assert answer.status == 200
        assert is_activity(answer)
        assert answer.json["id"] == id_
        assert "accept" in answer.headers["vary"].lower()
        key = answer.json["publicKey"]
        assert (key["id"], key["owner"]) == (f"{id_}#main-key", id_)


class _Head(HTMLParser):
    """The alternates that a page names."""

    def __init__(self) -> None:
        super().__init__()
        self.alternates: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "link" and found.get("rel") == "alternate" and found.get("type") == wire.ACTIVITY_JSON:
            self.alternates.append(found.get("href") or "")


def test_a_page_leads_to_its_object(home: Home, work: Work) -> None:
    for page, id_ in ((work.url, work.uri), (f"{home.base}/@mira", home.actor)):
        for accept in (MASTODON_SEARCH, wire.ACTIVITY_JSON):
            answer = home.get(page, accept)
            if answer.status in (301, 302, 303, 307, 308):
                answer = home.get(answer.headers["location"], accept)
            assert answer.json["id"] == id_
        html = home.get(page, "text/html")
        assert html.headers["content-type"].startswith("text/html")
        head = _Head()
        head.feed(html.body.decode())
        assert head.alternates == [id_]


def test_webfinger_knows_every_spelling(home: Home) -> None:
    host = home.server.host
    good = (
        f"acct:mira@{host}",
        quote(f"acct:mira@{host}", safe=""),
        f"acct:MIRA@{host.upper()}",
        f"acct:@mira@{host}",
        f"{home.base}/@mira",
        home.actor,
    )
    for resource in good:
        answer = home.get(f"/.well-known/webfinger?resource={resource}", "application/jrd+json, application/json")
        assert answer.status == 200, resource
        assert answer.headers["content-type"].startswith("application/jrd+json")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.json["subject"] == f"acct:mira@{host}"
        (self_,) = [link for link in answer.json["links"] if link["rel"] == "self"]
        assert (self_["href"], self_["type"]) == (home.actor, wire.ACTIVITY_JSON)
    for resource in (f"acct:nobody@{host}", "acct:mira@elsewhere.example", "https://elsewhere.example/users/mira"):
        answer = home.get(f"/.well-known/webfinger?resource={resource}", "application/json")
        assert answer.status == 404, resource
        assert answer.error
    assert home.get("/.well-known/webfinger", "application/json").status == 400


@pytest.mark.parametrize(
    ("accept", "is_json"),
    [
        (wire.LD_JSON, True),
        (wire.ACTIVITY_JSON, True),
        ("application/ld+json", True),
        (f"{wire.ACTIVITY_JSON}, text/html;q=0.1", True),
        (f"text/html;q=0.1, {wire.ACTIVITY_JSON}", True),
        ("text/html;q=0, application/activity+json", True),
        ("application/json", True),
        (None, None),
        (BROWSER, False),
        ("text/html", False),
        ("*/*", False),
        ("application/activity+json;q=0, text/html", False),
    ],
)
def test_negotiation(home: Home, work: Work, accept: str | None, is_json: bool | None) -> None:
    by_id, by_page = home.get(work.uri, accept), home.get(work.url, accept)
    assert "accept" in by_id.headers["vary"].lower()
    assert "accept" in by_page.headers["vary"].lower()
    if is_json is None:
        assert (is_activity(by_id), by_page.headers["content-type"].startswith("text/html")) == (True, True)
    elif is_json:
        assert by_id.status == 200
        assert is_activity(by_id)
        assert by_page.status in (200, 302, 303)
        assert not by_page.headers["content-type"].startswith("text/html") or by_page.headers["location"] == work.uri
    else:
        assert by_id.headers["location"] == work.url
        assert by_page.status == 200
        assert by_page.headers["content-type"].startswith("text/html")


def test_the_same_address_never_mixes_its_forms(home: Home, work: Work) -> None:
    for _ in range(2):
        for accept, status in ((wire.ACTIVITY_JSON, 200), (BROWSER, 302), (wire.LD_JSON, 200), ("*/*", 302)):
            assert home.get(work.uri, accept).status == status


def test_head_says_what_get_says(home: Home, work: Work, deleted: Work) -> None:
    host = home.server.host
    addresses = [
        home.actor,
        f"{home.base}/actor",
        work.uri,
        f"{work.uri}/activity",
        f"{work.uri}/replies",
        f"{home.actor}/outbox",
        f"{home.actor}/outbox?page=true",
        f"{home.actor}/followers",
        deleted.uri,
        f"{home.base}/objects/1",
        f"{home.base}/.well-known/webfinger?resource=acct:mira@{host}",
        f"{home.base}/.well-known/nodeinfo",
        home.document(work.uri)["attachment"][0]["url"],
    ]
    for address in addresses:
        got, head = home.get(address), home.get(address, method="HEAD")
        assert head.status == got.status, address
        assert head.body == b"", address
        for name in ("content-type", "vary", "etag", "cache-control", "content-length"):
            assert head.headers.get(name) == got.headers.get(name), (address, name)


def test_validators(home: Home, work: Work) -> None:
    first = home.get(work.uri)
    etag = first.headers["etag"]
    assert "max-age" in first.headers["cache-control"]
    same = home.get(work.uri, if_none_match=etag)
    assert (same.status, same.body, same.headers["etag"]) == (304, b"", etag)
    assert "accept" in same.headers["vary"].lower()
    assert home.get(work.uri, if_none_match='"other"').status == 200
    assert home.get(work.url, "text/html").headers.get("etag") != etag


def test_a_change_is_seen_at_once(home: Home) -> None:
    edited = home.publish("Before")
    before = home.get(edited.uri)
    home.server.ok("edit", edited.id, "--title", "After")
    after = home.get(edited.uri, if_none_match=before.headers["etag"])
    assert after.status == 200
    assert "After" in after.json["content"]


def test_what_is_deleted_is_410_and_what_never_was_404_in_json(home: Home, deleted: Work) -> None:
    for address in (deleted.uri, f"{deleted.uri}/activity"):
        answer = home.get(address)
        assert answer.status == 410
        assert answer.json["type"] == "Tombstone"
        assert "accept" in answer.headers["vary"].lower()
    missing = ("/objects/1", "/objects/1/replies", "/users/nobody", "/users/nobody/outbox", "/activities/5", "/nope")
    for path in (*missing, f"/objects/{10**30}", f"/activities/{10**30}", f"/@mira/{10**30}", "/users/MIRA"):
        answer = home.get(path)
        assert answer.status == 404, path
        assert answer.headers["content-type"] == "application/json"
        assert answer.error


def test_a_work_for_followers_does_not_exist_for_strangers(home: Home, private: Work) -> None:
    for part in ("", "/activity", "/replies", "/likes", "/shares"):
        assert home.get(f"{private.uri}{part}").status == 404
    assert home.get(private.url, "text/html").status == 404
    assert "For followers" not in home.get("/@mira", "text/html").body.decode()


def test_another_host_name_is_421(home: Home, work: Work) -> None:
    for host in ("evil.example", f"evil.example:{home.server.port}", "127.0.0.1", ""):
        answer = wire.send("GET", work.uri, headers={"Accept": wire.ACTIVITY_JSON}, host=host or " ")
        assert answer.status in (421, 400), host
        assert home.server.host.encode() in answer.body or answer.status == 400


def timestamps(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, member in value.items():
            if name in ("published", "updated", "created", "deleted", "endTime") and isinstance(member, str):
                yield name, member
            yield from timestamps(member)
    elif isinstance(value, list):
        for item in value:
            yield from timestamps(item)


def test_times_are_utc_in_any_zone(open_home: OpenHome) -> None:
    tokyo = open_home(start=False)
    tokyo.server.environ["TZ"] = "Asia/Tokyo"
    tokyo.server.start()
    work = tokyo.publish("Zoned")
    found = list(timestamps(tokyo.document(f"{work.uri}/activity"))) + list(timestamps(tokyo.document(tokyo.actor)))
    assert {name for name, _ in found} >= {"published", "created"}
    for _, text in found:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text)
        assert abs(datetime.fromisoformat(text) - datetime.now(UTC)) < timedelta(minutes=5)


def test_every_document_begins_with_the_activitystreams_context(home: Home, work: Work, deleted: Work) -> None:
    for address in (
        home.actor,
        f"{home.base}/actor",
        f"{home.base}/actor/outbox",
        work.uri,
        f"{work.uri}/activity",
        *(f"{work.uri}/{part}" for part in ("replies", "replies?page=true", "likes", "shares")),
        *(f"{home.actor}/{part}" for part in ("outbox", "outbox?page=true", "followers", "followers?page=true")),
        *(f"{home.actor}/{part}" for part in ("following", "following?page=true", "featured")),
    ):
        assert home.document(address)["@context"][0] == AS2, address
    assert home.get(deleted.uri).json["@context"][0] == AS2
