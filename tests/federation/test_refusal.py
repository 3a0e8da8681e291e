"""Who is turned away from pages and pictures, and who never is."""

from __future__ import annotations

import pytest

from tests.federation import wire
from tests.federation.conftest import OpenHome
from tests.federation.home import Home, Work
from tests.federation.test_signals_everywhere import assert_reserved
from tests.rights.user_agents import AI, FEDIVERSE, PEOPLE

BROWSER = "text/html"
GPTBOT = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)"


@pytest.fixture(scope="module")
def home(open_home: OpenHome) -> Home:
    return open_home()


@pytest.fixture(scope="module")
def work(home: Home) -> Work:
    return home.publish("Public", "--tag", "ink")


@pytest.fixture(scope="module")
def picture(home: Home, work: Work) -> str:
    return str(home.document(work.uri)["attachment"][0]["url"])


def ask(home: Home, path: str, agent: str, accept: str | None = BROWSER, method: str = "GET") -> wire.HttpAnswer:
    return home.get(path, accept, method=method, User_Agent=agent)


def test_a_crawler_that_trains_is_told_no_and_why(home: Home, work: Work, picture: str) -> None:
    for path in ("/", "/@mira", work.url, picture, "/tags/ink", "/nowhere"):
        answer = ask(home, path, GPTBOT)
        assert answer.status == 403
        assert_reserved(answer)
        assert f"{home.base}/rights" in answer.body.decode()
        assert answer.headers["cache-control"] == "no-store"
    head = ask(home, picture, GPTBOT, method="HEAD")
    assert (head.status, head.body) == (403, b"")


@pytest.mark.parametrize("path", ["/robots.txt", "/license.xml", "/ai.txt", "/trust.txt", "/rights", "/healthz",
                                  "/.well-known/tdmrep.json", "/.well-known/nodeinfo", "/nodeinfo/2.1"])  # fmt: skip
def test_whoever_is_turned_away_can_read_the_terms(home: Home, path: str) -> None:
    assert ask(home, path, GPTBOT).status == 200


def test_activitypub_is_for_everybody(home: Home, work: Work) -> None:
    for path in (home.actor, work.uri, f"{home.actor}/outbox", f"/.well-known/webfinger?resource={home.actor}"):
        assert ask(home, path, GPTBOT, wire.ACTIVITY_JSON).status == 200
    page = ask(home, work.url, GPTBOT, wire.ACTIVITY_JSON)
    assert page.status == 302
    assert page.headers["location"] == work.uri


@pytest.mark.parametrize("agent", [*FEDIVERSE, *PEOPLE])
def test_servers_people_and_search_engines_get_in(home: Home, work: Work, picture: str, agent: str) -> None:
    for path in ("/@mira", work.url, picture):
        assert ask(home, path, agent).status == 200


def test_whom_the_admin_names_is_refused_and_nobody_else(open_home: OpenHome) -> None:
    everybody = open_home(rights__refused_crawlers="all")
    for agent in AI:
        assert ask(everybody, "/", agent).status == 403, agent
    nobody = open_home(rights__refused_crawlers="none")
    for agent in AI:
        assert ask(nobody, "/", agent).status == 200, agent
    assert "GPTBot" not in nobody.get("/robots.txt", None).body.decode()


def test_a_page_in_memory_is_not_given_to_a_crawler(home: Home, work: Work) -> None:
    assert ask(home, work.url, PEOPLE[0]).status == 200
    assert ask(home, work.url, GPTBOT).status == 403
    assert ask(home, work.url, PEOPLE[0]).status == 200
