from __future__ import annotations

from dataclasses import replace
from urllib.robotparser import RobotFileParser

import http_sf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego

from fediart.rights import content_usage, crawlers, robots, robots_groups
from fediart.rights.crawlers import Category
from fediart.rights.reservation import Policy

from .reservations import HERON
from .user_agents import AI, FEDIVERSE, PEOPLE

SITE = replace(
    HERON,
    holder_url="https://art.example/",
    policy_url="https://art.example/rights/policy.jsonld",
    usage_info_url="https://art.example/rights",
    rsl_url="https://art.example/license.xml",
)
_NEEDED_BY_SERVERS = (
    "/nodeinfo/2.1", "/.well-known/webfinger?resource=acct:mira@art.example", "/api/v1/instance", "/users/mira",
    "/media/ab/cd.webp", "/objects/7", "/inbox",
)  # fmt: skip


def _write(policy: Policy = Policy.NO_AI, **options: object) -> str:
    return robots.write(replace(SITE, policy=policy), crawlers=crawlers.bundled(), **options)  # type: ignore[arg-type]


def _stdlib(text: str) -> RobotFileParser:
    parser = RobotFileParser()
    parser.parse(text.splitlines())
    return parser


def test_the_default_file_has_this_form() -> None:
    text = _write(disallowed=["/settings/"], contact="rights@art.example", sitemap="https://art.example/sitemap.xml")
    preamble, license_, everybody, refused, sitemap = text.rstrip("\n").split("\n\n")
    assert all(line.startswith("# ") for line in preamble.splitlines())
    assert "Article 4(3) of Directive (EU) 2019/790" in preamble
    assert "rights@art.example" in preamble
    assert license_ == "License: https://art.example/license.xml"
    assert everybody.splitlines() == [
        "User-agent: *",
        "Content-Signal: search=yes, ai-input=no, ai-train=no",
        "Content-Usage: train-ai=n, ai-use=n, search=y",
        "Disallow: /settings/",
        "Allow: /",
    ]
    assert refused.splitlines()[-2:] == ["Content-Signal: search=no, ai-input=no, ai-train=no", "Disallow: /"]
    assert sitemap == "Sitemap: https://art.example/sitemap.xml"


@pytest.mark.parametrize("policy", list(Policy))
def test_independent_parsers_refuse_ai_and_let_everybody_else_in(policy: Policy) -> None:
    text = _write(policy, disallowed=["/settings/"])
    protego, stdlib = Protego.parse(text), _stdlib(text)
    blocked = crawlers.bundled().tokens()
    expected = policy is Policy.ALLOW
    for token in blocked:
        for path in ("/", "/w/1", "/media/ab/cd.webp"):
            url = f"https://art.example{path}"
            assert protego.can_fetch(url, token) is expected
            assert stdlib.can_fetch(token, url) is expected
            assert robots.is_allowed(text, token, path) is expected
    for agent in ("Mastodon", "Googlebot", "*", "gotosocial", "Applebot", "OAI-SearchBot"):
        for path in ("/", *_NEEDED_BY_SERVERS):
            url = f"https://art.example{path}"
            assert protego.can_fetch(url, agent)
            assert stdlib.can_fetch(agent, url)
            assert robots.is_allowed(text, agent, path)
        assert not protego.can_fetch("https://art.example/settings/x", agent)
        assert not stdlib.can_fetch(agent, "https://art.example/settings/x")
        assert not robots.is_allowed(text, agent, "/settings/x")


def test_whole_user_agents_are_told_apart() -> None:
    text = _write()
    protego = Protego.parse(text)
    blocked = crawlers.bundled().tokens()
    for user_agent, token in AI.items():
        assert robots.is_allowed(text, user_agent) is (token not in blocked)
    for user_agent in FEDIVERSE + PEOPLE:
        if (
            "bot.example" not in user_agent and "bot@" not in user_agent
        ):  # a parser that looks into addresses is misled by these
            assert protego.can_fetch("https://art.example/", user_agent)
            assert robots.is_allowed(text, user_agent)


def test_more_categories_can_be_refused() -> None:
    text = _write(blocked=list(Category))
    assert not Protego.parse(text).can_fetch("https://art.example/", "PerplexityBot")
    assert not _stdlib(text).can_fetch("ChatGPT-User", "https://art.example/")
    assert Protego.parse(text).can_fetch("https://art.example/", "Googlebot")


@pytest.mark.parametrize("policy", list(Policy))
def test_the_usage_line_is_a_dictionary_of_tokens(policy: Policy) -> None:
    (usage,) = robots_groups.parse(_write(policy)).group_for("*").values("content-usage")
    parsed = http_sf.parse(usage.encode(), tltype="dictionary")
    tokens = {key: str(value[0]) for key, value in parsed.items()}  # type: ignore[union-attr]
    assert all(isinstance(value[0], http_sf.Token) for value in parsed.values())  # type: ignore[union-attr]
    assert tokens == {key: "y" if value else "n" for key, value in content_usage.read_preferences(usage).items()}


@pytest.mark.parametrize("policy", list(Policy))
def test_every_crawler_reads_the_same_verdict(policy: Policy) -> None:
    text = _write(policy)
    expected = policy is not Policy.ALLOW
    for agent in ("*", "Googlebot", "GPTBot", "Google-Extended", next(iter(AI))):
        assert robots.read(text, agent=agent).reserved is expected
    assert robots.read(text).terms["rsl"] == "https://art.example/license.xml"


def test_a_file_put_before_ours_changes_nothing() -> None:
    """Interop: Cloudflare's managed robots.txt is put before the origin's."""
    managed = "User-agent: *\nContent-Signal: search=yes,ai-train=no,use=reference\nAllow: /\n\n"
    text = managed + "User-agent: GPTBot\nDisallow: /\n\n" + _write()
    assert robots.read(text).reserved is True
    assert not Protego.parse(text).can_fetch("https://art.example/", "CCBot")
    assert Protego.parse(text).can_fetch("https://art.example/", "Mastodon")


def test_a_stricter_work_is_named_by_its_path() -> None:
    text = _write(Policy.ALLOW, exceptions={"/@mira/7": Policy.STRICT})
    # Content-Signal has no paths, so that the site's permission stays beside it; the refusal outweighs it.
    assert robots.read(text, path="/@mira/7").reserved is True
    assert robots.read(text, path="/@mira/8").reserved is False


@pytest.mark.parametrize(
    "path", ["/", "/media/", "/media", "/nodeinfo/2.1", "/users/", "/*", "settings", "/a b", "/#", ""]
)
def test_what_other_servers_need_cannot_be_closed(path: str) -> None:
    with pytest.raises(ValueError, match=r"other servers need|cannot be a path"):
        _write(disallowed=[path])


@pytest.mark.parametrize(
    ("text", "agent", "reserved"),
    [
        ("", "*", None),
        ("User-agent: *\nDisallow: /", "*", None),
        ("User-agent: *\nDisallow: /", "GPTBot", True),
        ("User-agent: *\nDisallow: /", "Googlebot", None),
        ("user-agent : gptbot\nDISALLOW : /", "Mozilla/5.0 (compatible; GPTBot/1.2)", True),
        ("User-agent: *\nContent-Signal: ai-train=no", "*", True),
        ("User-agent: *\nContent-Signal: ai-train=NO", "*", True),
        ("User-agent: *\nContent-Signal: ai-train=yes", "*", False),
        ("User-agent: *\nContent-Signal: ai-train=YES", "*", None),
        ("User-agent: *\nContent-Signal: train-ai=no", "*", None),
        ("User-agent: *\nContent-Usage: train-ai=n", "*", True),
        ("User-agent: *\nContent-Usage: train-ai=y # not really", "*", False),
        ("User-agent: *\nContent-Usage: /private train-ai=n\nContent-Usage: train-ai=y", "*", False),
        ("User-agent: *\nContent-Usage: train-ai=y\nContent-Usage: train-ai=n", "*", True),
        ("User-agent: *\nDisallow: /\nContent-Usage: train-ai=y", "*", None),
        ("Content-Signal: ai-train=no", "*", None),
        ("\ufeffUser-agent: *\r\nContent-Signal: ai-train=no\r\n", "*", True),
        ("User-agent: a\nUser-agent: *\nContent-Usage: train-ai=n\n", "*", True),
    ],
)
def test_reading(text: str, agent: str, reserved: bool | None) -> None:
    assert robots.read(text, agent=agent).reserved is reserved


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("/", "/x", True), ("/a", "/b", False), ("/a*c", "/abbbc/d", True), ("/*.png$", "/a/b.png", True),
        ("/*.png$", "/a.png?x", False), ("/a$", "/a", True), ("/a$", "/ab", False), ("/*a*b$", "/xaxxbxb", True),
        ("/" + "*a" * 16 + "$", "/" + "a" * 3000 + "b", False), ("/" + "*" * 17, "/x", False),
    ],
)  # fmt: skip
def test_patterns(pattern: str, path: str, expected: bool) -> None:
    assert robots_groups.is_match(pattern, path) is expected


_lines = st.lists(
    st.sampled_from(
        ["User-agent: *", "User-agent: GPTBot", "Allow: /", "Disallow: /x", "Disallow:", "Disallow: /*z$", "x", ": y",
         "Content-Usage: /x train-ai=n", "Content-Usage: train-ai=y", "Content-Signal: ai-train=no", "License: u",
         "#", ""]
    ),
    max_size=30,
)  # fmt: skip


@given(_lines, st.sampled_from(["GPTBot", "*", "Mastodon"]), st.sampled_from(["/", "/x", "/y/z", "/x/z"]))
def test_what_may_be_fetched_is_what_an_independent_parser_says(lines: list[str], agent: str, path: str) -> None:
    text = "\n".join(lines)
    assert robots.read(text, agent=agent, path=path).reserved in (True, False, None)
    if "Disallow:" in lines or "x" in lines:  # an empty rule and a line without a colon are read in different ways
        return
    assert robots.is_allowed(text, agent, path) is Protego.parse(text).can_fetch(f"https://art.example{path}", agent)


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert robots.read(text, agent=text, path="/" + text).reserved in (True, False, None)


def test_the_permission_names_no_reservation() -> None:
    text = _write(Policy.ALLOW)
    assert "reserved" not in text
    assert "GPTBot" not in text
