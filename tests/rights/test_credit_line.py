from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediart.activitypub import html
from fediart.rights import credit_line
from fediart.rights.reservation import Policy, Reservation

from .reservations import HERON, reservations, with_policy


def test_the_line_is_exactly_this() -> None:
    assert credit_line.write(HERON) == (
        '<p>No AI training · © 2026 Mira Okafor · <a href="https://art.example/w/0192/rights" class="u-license" '
        'rel="license">Rights</a></p>'
    )
    assert credit_line.write(HERON, "de-AT").startswith("<p>Kein KI-Training · ©")
    assert credit_line.write(HERON, "xx") == credit_line.write(HERON)
    assert "permitted" in credit_line.write(with_policy(Policy.ALLOW))


@given(reservations, st.sampled_from([None, "en", "de", "es", "fr", "it", "ja", "nl", "pt-BR"]))
def test_it_survives_another_servers_sanitiser(r: Reservation, language: str | None) -> None:
    expected = r.policy is not Policy.ALLOW
    content = "<p>Grey heron, <em>gouache</em>.</p>" + credit_line.write(r, language)
    for shown in (content, html.sanitize(content)):
        found = credit_line.read(shown)
        assert found.reserved is expected
        assert found.terms["usageInfo"] == (r.usage_info_url or r.license or r.policy_url)


def test_words_of_the_artist_cannot_break_out() -> None:
    line = credit_line.write(replace(HERON, copyright_notice='<script>"&\n© me'))
    assert "<script>" not in line
    assert credit_line.read(line).reserved is True


@pytest.mark.parametrize(
    "content",
    ["", "<p>No AI training</p>", '<p>AI training permitted · <a href="https://x.example">Rights</a></p>', "<p" * 9],
)
def test_words_without_the_link_say_nothing(content: str) -> None:
    assert credit_line.read(content).reserved is None


@given(st.text(st.sampled_from('<pa> "=classu-license·ef/')))
def test_any_content_is_read_without_an_error(content: str) -> None:
    credit_line.read(content)
