from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediart.rights import crawlers
from fediart.rights.crawlers import Category

from .user_agents import AI, FEDIVERSE, PEOPLE

_ENTRY = {"token": "NewBot", "operator": "New", "category": "train", "respect": "yes", "source": "https://new.example"}


def _list(*entries: Any, **changes: Any) -> bytes:
    return json.dumps({"updated": "2026-12-01", "source": "an admin", "crawlers": list(entries)} | changes).encode()


@pytest.mark.parametrize("user_agent", FEDIVERSE + PEOPLE)
def test_other_servers_and_people_are_no_crawlers(user_agent: str) -> None:
    assert crawlers.find(user_agent) is None


@pytest.mark.parametrize(("user_agent", "token"), AI.items())
def test_crawlers_are_known_by_what_they_call_themselves(user_agent: str, token: str) -> None:
    assert len(AI) >= 40
    assert len(FEDIVERSE) >= 25
    for written in (user_agent, user_agent.upper(), user_agent.lower()):
        found = crawlers.find(written)
        assert found is not None
        assert found.token == token


@pytest.mark.parametrize("user_agent", ["", "notgptbot", "GPTBotany/1.0", "x-GPTBot", "Google-Extended", " " * 5000])
def test_only_a_whole_word_that_crawls_is_found(user_agent: str) -> None:
    assert crawlers.find(user_agent) is None


def test_the_bundled_list_is_dated_and_has_every_category() -> None:
    bundled = crawlers.bundled()
    assert bundled.updated.year >= 2026
    assert {crawler.category for crawler in bundled.crawlers} == set(Category)
    assert {"GPTBot", "Google-Extended", "img2dataset"} <= set(bundled.tokens())
    assert "PerplexityBot" not in bundled.tokens()
    assert "PerplexityBot" in bundled.tokens([Category.SEARCH])


def test_one_more_token_is_one_more_line() -> None:
    fresh = crawlers.parse(_list(_ENTRY, _ENTRY | {"token": "Train-Policy", "crawls": False}))
    assert fresh.tokens() == ["NewBot", "Train-Policy"]
    assert fresh.find("NewBot/1") == fresh.crawlers[0]
    assert fresh.find("Train-Policy") is None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a JSON object"),
        (b"{}", "must be a list"),
        (_list(), "must be a list"),
        (_list(7), "crawler 1 is not a JSON object"),
        (_list(_ENTRY, _ENTRY | {"token": "newbot"}), "newbot is in the list of crawlers twice"),
        (_list(_ENTRY | {"token": "Bot*"}), "cannot be a robots.txt token"),
        (_list(_ENTRY | {"token": "AI"}), "cannot be a robots.txt token"),
        (_list(_ENTRY | {"token": "Mastodon"}), "would shut out"),
        (_list(_ENTRY | {"token": "Mozilla"}), "would shut out"),
        (_list(_ENTRY | {"token": "New\nDisallow: /"}), "one line"),
        (_list(_ENTRY | {"category": "bad"}), "category"),
        (_list(_ENTRY | {"respect": "maybe"}), "respect"),
        (_list(_ENTRY | {"crawls": "no"}), "crawls"),
        (_list({**_ENTRY, "operator": 5}), "operator"),
        (_list(_ENTRY, updated="yesterday"), "updated"),
        (_list(_ENTRY, updated=7), "updated"),
        (_list(_ENTRY, source=""), "source"),
        (b" " * 1_000_001, "larger"),
    ],
)
def test_a_bad_list_is_refused_in_one_line(body: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message) as refusal:
        crawlers.parse(body)
    assert "\n" not in str(refusal.value)


@given(st.text())
def test_any_user_agent_is_read_without_an_error(user_agent: str) -> None:
    crawlers.find(user_agent)
