"""Plain text to HTML: what becomes a mention, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediart.activitypub import html

LINKS = {"@lee@host.example": ("https://host.example/@lee", "lee"), "@kim": ("https://art.example/@kim", "kim")}


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("Ask @lee@host.example, please.", ["@lee@host.example"]),
        ("@Lee@127.0.0.1:8080!", ["@Lee@127.0.0.1:8080"]),
        ("after @kim.", ["@kim"]),
        ("(@kim)", ["@kim"]),
        ("mail kim@host.example", []),
        ("https://host.example/@kim and https://host.example/@kim/1", []),
        ("@kim.example is no handle, @kim/1 neither", []),
        ("@@kim", []),
        ("half past @", []),
    ],
)
def test_handles_in_a_text(text: str, handles: list[str]) -> None:
    assert html.mentions_in(text) == handles


def test_known_handles_are_linked_and_others_stay() -> None:
    made = html.from_text("@LEE@host.example, @kim and @ann", mentions=LINKS)
    assert made.count('class="u-url mention"') == 2
    assert made.endswith("and @ann</p>")


@given(st.text(max_size=60, alphabet=st.sampled_from("@ab1_.-/:#<>&\"' \nhtps")))
def test_any_text_is_harmless_and_reads_the_same(text: str) -> None:
    made = html.from_text(text, mentions={handle.lower(): ("https://a.example/", "x") for handle in ("@ab", "@a@b")})
    assert html.sanitize(made).replace(" noreferrer", "").count("<a ") == made.count("<a ")
    for handle in html.mentions_in(text):
        assert handle in text
