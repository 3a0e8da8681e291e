from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediart.activitypub import handles
from fediart.activitypub.errors import ProtocolError
from fediart.activitypub.handles import Handle


@pytest.mark.parametrize(
    "text",
    [
        "@mira@art.example",
        "mira@art.example",
        "acct:mira@art.example",
        "ACCT:mira@art.example",
        "acct:@mira@art.example",
        "acct%3Amira%40art.example",
        "%40mira%40art.example",
        "  @mira@Art.Example  ",
        "mira@art.example:443",
        "mira@art.example.",
    ],
)
def test_every_spelling_of_a_handle(text: str) -> None:
    handle = handles.parse_handle(text)
    assert handle == Handle("mira", "art.example")
    assert (handle.acct, str(handle)) == ("mira@art.example", "@mira@art.example")


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("lee@bücher.example", Handle("lee", "xn--bcher-kva.example")),
        ("lee@b%C3%BCcher.example", Handle("lee", "xn--bcher-kva.example")),
        ("lee@i❤.example", Handle("lee", "xn--i-7iq.example")),
        ("MIRA@art.example", Handle("MIRA", "art.example")),
        ("l.e-e_~1@localhost:3000", Handle("l.e-e_~1", "localhost:3000")),
        ("lee@[::1]:8080", Handle("lee", "[::1]:8080")),
        ("art.example@art.example", Handle("art.example", "art.example")),
    ],
)
def test_names_and_hosts_of_all_kinds(text: str, handle: Handle) -> None:
    assert handles.parse_handle(text) == handle


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "@@",
        "mira",
        "@mira",
        "@mira@",
        "@@art.example",
        "mira@art.example@evil.example",
        "mira@art.example/users",
        "mira@art.example?x",
        "mira@a..b",
        "mira lee@art.example",
        "mi/ra@art.example",
        "https://art.example/@mira",
        "mira@art.example\r\nX: y",
        "mira%00@art.example",
        "mira@art.example:99999",
        "mira%2540art.example",
        "mira@" + "a" * 600,
    ],
)
def test_what_is_no_handle_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        handles.parse_handle(text)
    assert "\n" not in caught.value.text


@given(st.text(max_size=80) | st.from_regex(r"\A(acct:)?@?.{0,10}@.{0,20}\Z"))
def test_any_text_is_a_handle_that_reads_back_or_a_protocol_error(text: str) -> None:
    try:
        handle = handles.parse_handle(text)
    except ProtocolError:
        return
    assert handles.parse_handle(str(handle)) == handle
    assert handles.parse_handle(f"acct:{handle.acct}") == handle


@pytest.mark.parametrize("name", ["mira", "a", "0", "mira_o", "x" * 30])
def test_names_that_an_artist_may_have(name: str) -> None:
    assert handles.is_valid_username(name)


@pytest.mark.parametrize("name", ["", "Mira", "mira.o", "mira-o", "x" * 31, "mïra", "mira\n", "a b", "admin", "abuse"])
def test_names_that_an_artist_may_not_have(name: str) -> None:
    assert not handles.is_valid_username(name)
