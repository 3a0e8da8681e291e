"""Whatever is asked for, however it is answered: every answer says what is reserved."""

from __future__ import annotations

import pytest

from tests.federation import wire
from tests.federation.conftest import OpenHome
from tests.federation.home import Home, Work

BROWSER = "text/html"


@pytest.fixture(scope="module")
def home(open_home: OpenHome) -> Home:
    return open_home()


@pytest.fixture(scope="module")
def work(home: Home) -> Work:
    return home.publish("Public", "--tag", "ink")


def lines(answer: wire.HttpAnswer, name: str) -> list[str]:
    return [value for each, value in answer.lines if each == name]


def assert_reserved(answer: wire.HttpAnswer) -> None:
    assert lines(answer, "x-robots-tag")[0] == "noai, noimageai"
    assert lines(answer, "tdm-reservation") == ["1"]
    assert len(lines(answer, "tdm-policy")) == 1
    assert lines(answer, "content-usage") == ["train-ai=n, ai-use=n, search=y"]
    assert any('rel="license"' in link for link in lines(answer, "link"))


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("/.well-known/webfinger?resource=acct:mira@{host}", None, 200),
        ("/.well-known/webfinger", None, 400),
        ("/.well-known/webfinger?resource=acct:nobody@{host}", None, 404),
        ("/.well-known/host-meta", None, 200),
        ("/.well-known/nodeinfo", None, 200),
        ("/nodeinfo/2.1", None, 200),
        ("/healthz", None, 200),
        ("/users/mira", wire.ACTIVITY_JSON, 200),
        ("/users/mira", BROWSER, 302),
        ("/users/mira/outbox", wire.ACTIVITY_JSON, 200),
        ("/users/mira/followers", wire.ACTIVITY_JSON, 200),
        ("/users/nobody", wire.ACTIVITY_JSON, 404),
        ("/objects/{id}", wire.ACTIVITY_JSON, 200),
        ("/objects/{id}", BROWSER, 302),
        ("/objects/{id}/replies", wire.ACTIVITY_JSON, 200),
        ("/objects/{id}/activity", wire.ACTIVITY_JSON, 200),
        ("/objects/1", wire.ACTIVITY_JSON, 404),
        ("/", BROWSER, 200),
        ("/@mira", BROWSER, 200),
        ("/@mira/{id}", BROWSER, 200),
        ("/rights", BROWSER, 200),
        ("/tags/ink", BROWSER, 200),
        ("/static/style.css", None, 200),
        ("/nowhere", BROWSER, 404),
        ("/nowhere", wire.ACTIVITY_JSON, 404),
        ("/media/aa/bb/nothing", None, 404),
        ("/inbox", None, 405),
    ],
)
def test_every_answer_says_it(home: Home, work: Work, path: str, accept: str | None, status: int) -> None:
    path = path.format(host=home.server.host, id=work.id)
    for method in ("GET", "HEAD"):
        answer = home.get(path, accept, method=method)
        assert answer.status == status
        assert_reserved(answer)
    again = home.get(path, accept)  # from memory, where that is allowed
    assert_reserved(again)
    if status == 200 and "etag" in again.headers:
        unchanged = home.get(path, accept, If_None_Match=again.headers["etag"])
        assert unchanged.status == 304
        assert_reserved(unchanged)


def test_a_picture_says_it_whole_in_part_and_unchanged(home: Home, work: Work) -> None:
    url = home.document(work.uri)["attachment"][0]["url"]
    whole = home.get(url, None)
    assert_reserved(whole)
    part = home.get(url, None, Range="bytes=0-9")
    assert part.status == 206
    assert_reserved(part)
    outside = home.get(url, None, Range="bytes=99999999-")
    assert outside.status == 416
    assert_reserved(outside)
    unchanged = home.get(url, None, If_None_Match=whole.headers["etag"])
    assert unchanged.status == 304
    assert_reserved(unchanged)


def test_refusals_say_it(home: Home) -> None:
    unsigned = wire.send("POST", home.shared_inbox, body=b"{}", headers={"Content-Type": wire.ACTIVITY_JSON})
    assert unsigned.status in (400, 401)
    assert_reserved(unsigned)
    elsewhere = wire.send("GET", f"{home.base}/", host="elsewhere.example")
    assert elsewhere.status == 421
    assert_reserved(elsewhere)


def test_a_strict_server_does_not_hide_from_its_peers(open_home: OpenHome) -> None:
    strict = open_home(rights__policy="strict")
    page = strict.get("/", BROWSER)
    assert lines(page, "x-robots-tag") == ["noai, noimageai", "noindex, noimageindex"]
    for path in ("/nodeinfo/2.1", "/.well-known/nodeinfo", "/users/nobody"):
        assert lines(strict.get(path), "x-robots-tag") == ["noai, noimageai"]
