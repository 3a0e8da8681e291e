from __future__ import annotations

from dataclasses import replace

import pytest

from fediart.rights import http_headers
from fediart.rights.reservation import Policy

from .reservations import HERON, with_policy

_IMG2DATASET_DEFAULTS = {"noai", "noimageai", "noindex", "noimageindex"}


def _img2dataset_skips(headers: list[tuple[str, str]]) -> bool:
    """The rule of the widespread image collector, with its quirk: text before a colon names another robot."""
    for name, value in headers:
        if name.lower() == "x-robots-tag":
            robot, colon, directives = value.partition(":")
            if not colon:
                robot, directives = "", value
            if not robot and {part.strip().lower() for part in directives.split(",")} & _IMG2DATASET_DEFAULTS:
                return True
    return False


def test_the_default_headers_are_exactly_these() -> None:
    assert http_headers.write(HERON) == [
        ("X-Robots-Tag", "noai, noimageai"),
        ("tdm-reservation", "1"),
        ("tdm-policy", "https://art.example/w/0192/policy?v=3"),
        ("Content-Usage", "train-ai=n, ai-use=n, search=y"),
        ("Link", '<https://art.example/licences/all-rights-reserved>; rel="license"'),
        ("Link", '<https://art.example/w/0192/license.xml>; rel="license"; type="application/rsl+xml"'),
        ("Link", '<https://art.example/w/0192/rights>; rel="license terms-of-service"'),
    ]


@pytest.mark.parametrize(
    ("policy", "lines"),
    [
        (Policy.STRICT, ["noai, noimageai", "noindex, noimageindex"]),
        (Policy.NO_GENAI, ["noai, noimageai"]),
        (Policy.RESEARCH_ONLY, ["noai, noimageai"]),
        (Policy.ALLOW, []),
    ],
)
def test_robots_lines_by_policy(policy: Policy, lines: list[str]) -> None:
    headers = http_headers.write(with_policy(policy))
    assert [value for name, value in headers if name == "X-Robots-Tag"] == lines


@pytest.mark.parametrize("policy", list(Policy))
def test_the_image_collector_skips_what_is_reserved(policy: Policy) -> None:
    headers = http_headers.write(with_policy(policy))
    assert _img2dataset_skips(headers) is (policy is not Policy.ALLOW)


def test_only_strict_keeps_works_out_of_search() -> None:
    for policy in Policy:
        is_hidden = any("noindex" in value for _, value in http_headers.write(with_policy(policy)))
        assert is_hidden is (policy is Policy.STRICT)


def test_addresses_become_ascii() -> None:
    headers = dict(http_headers.write(replace(HERON, policy_url="https://art.example/絵?v=1", license="")))
    assert headers["tdm-policy"] == "https://art.example/%E7%B5%B5?v=1"
    links = [
        value for name, value in http_headers.write(replace(HERON, rsl_url="https://art.example/絵")) if name == "Link"
    ]
    assert links[1].startswith("<https://art.example/%E7%B5%B5>;")


def test_what_is_not_stated_has_no_link() -> None:
    bare = replace(HERON, license="", rsl_url="", usage_info_url="")
    assert "Link" not in dict(http_headers.write(bare))


@pytest.mark.parametrize(
    ("headers", "reserved"),
    [
        ([("x-robots-tag", "max-image-preview:large, noai")], True),
        ([("X-ROBOTS-TAG", "otherbot: NoAI")], True),
        ([("x-robots-tag", "noindex")], None),
        ([("tdm-reservation", " 1 ")], True),
        ([("tdm-reservation", "0")], False),
        ([("tdm-reservation", "true")], None),
        ([("tdm-reservation", "0"), ("tdm-reservation", "1")], True),
        ([("content-usage", "train-ai=y")], False),
        ([("content-usage", "search=y"), ("content-usage", "train-ai=n")], True),
        ([("content-usage", "train-ai=n"), ("content-usage", "(")], None),
        ([("link", '<https://a.example/cc0>; rel="license"')], None),
        ([("x-robots-tag", "a" * 5000 + ", noai")], None),
    ],
)
def test_reading(headers: list[tuple[str, str]], reserved: bool | None) -> None:
    assert http_headers.read(headers).reserved is reserved


@pytest.mark.parametrize(
    ("value", "license_"),
    [
        ('<https://a.example/l>; rel="license"', "https://a.example/l"),
        ("<https://a.example/l>;rel=license", "https://a.example/l"),
        (
            '<https://a.example/rss>; rel="alternate", <https://a.example/l>; type="text/html"; rel="help license"',
            "https://a.example/l",
        ),
        ('<https://a.example/l>; rel="alternate"', None),
        ('<https://a.example/l.xml>; rel="license"; type="application/rsl+xml"', None),
        (
            "<https://a.example/l.xml>; rel=license; type=application/rsl+xml, <https://a.example/l>; rel=license",
            "https://a.example/l",
        ),
        ('<https://a.example/terms>; rel="license terms-of-service"', None),
    ],
)
def test_the_licence_link_is_found(value: str, license_: str | None) -> None:
    assert http_headers.read([("Link", value)]).terms.get("license") == license_
