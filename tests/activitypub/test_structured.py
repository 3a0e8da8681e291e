from __future__ import annotations

import string
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediart.activitypub import structured
from fediart.activitypub.errors import ProtocolError
from fediart.activitypub.structured import InnerList, Item, Token

KEYS = st.from_regex(r"[a-z*][a-z0-9_.*-]{0,8}", fullmatch=True)
BARE = st.one_of(
    st.booleans(),
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.decimals(-(10**11), 10**11, places=3),
    st.text(st.characters(min_codepoint=32, max_codepoint=126)),
    st.from_regex(r"[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]{0,8}", fullmatch=True).map(Token),
    st.binary(max_size=40),
)
PARAMS = st.dictionaries(KEYS, BARE, max_size=4)
ITEMS = st.builds(Item, BARE, PARAMS)
LISTS = st.builds(InnerList, st.lists(ITEMS, max_size=4).map(tuple), PARAMS)


def test_signature_input_of_rfc_9421_section_4_1():
    text = (
        'sig1=("@method" "@target-uri" "@authority" "content-digest" "cache-control");'
        'created=1618884475;keyid="test-key-rsa-pss", proxy_sig=("forwarded";sf);nonce=:AQI=:;ok;no=?0;x=-1.50;t=a/b'
    )
    members = structured.parse_dictionary(text)
    first, second = members["sig1"], members["proxy_sig"]
    assert isinstance(first, InnerList)
    assert isinstance(second, InnerList)
    assert [item.value for item in first.items] == [
        "@method",
        "@target-uri",
        "@authority",
        "content-digest",
        "cache-control",
    ]
    assert first.params == {"created": 1618884475, "keyid": "test-key-rsa-pss"}
    assert second.items == (Item("forwarded", {"sf": True}),)
    assert second.params == {"nonce": b"\1\2", "ok": True, "no": False, "x": Decimal("-1.5"), "t": "a/b"}
    assert isinstance(second.params["t"], Token)
    assert structured.render_inner_list(second) == '("forwarded";sf);nonce=:AQI=:;ok;no=?0;x=-1.5;t=a/b'


def test_space_is_allowed_where_the_standard_allows_it():
    members = structured.parse_dictionary('  a=( "x"   "y" );  p=1 \t,\t b , c;  q ')
    assert members == {
        "a": InnerList((Item("x"), Item("y")), {"p": 1}),
        "b": Item(True),
        "c": Item(True, {"q": True}),
    }
    assert structured.parse_dictionary("") == {}


@pytest.mark.parametrize(
    "text",
    [
        ",",
        "a,",
        "a=1,,b=2",
        "a=1 b=2",
        "a=",
        "a=1,a=2",
        "a;x;x",
        "A=1",
        "1=a",
        "a=(",
        "a=(1",
        'a=("x""y")',
        "a=(1 (2))",
        'a="x',
        'a="\\x"',
        'a="é"',
        'a="\t"',
        "a=:AQI:",
        "a=:A:",
        "a=:AQI",
        "a=:A-_=:",
        "a=?",
        "a=?2",
        "a=-",
        "a=1.",
        "a=1.2345",
        "a=1234567890123456",
        "a=1234567890123.1",
        "a=٣",
        "a=@1659578233",
        'a=%"f%c3"',
        "a=1;",
        "a=1\n",
        "a=" + "1;b" * 10_000,
    ],
)
def test_what_is_no_dictionary(text: str):
    with pytest.raises(ProtocolError) as caught:
        structured.parse_dictionary(text)
    assert "\n" not in str(caught.value)


def _render(value: Item | InnerList) -> str:
    return structured.render_inner_list(value) if isinstance(value, InnerList) else structured.render_item(value)


@given(st.dictionaries(KEYS, LISTS | ITEMS, max_size=4))
def test_what_is_written_is_read_back(members: dict[str, Item | InnerList]):
    text = ", ".join(f"{key}={_render(value)}" for key, value in members.items())
    read = structured.parse_dictionary(text)
    assert read == members
    assert list(read) == list(members)


@given(st.text() | st.text(string.ascii_lowercase + '=",;:()?@ \t1.-\\'))
def test_any_text_is_a_dictionary_or_a_protocol_error(text: str):
    try:
        members = structured.parse_dictionary(text)
    except ProtocolError:
        return
    assert all(isinstance(value, Item | InnerList) for value in members.values())


@pytest.mark.parametrize("text", ["é", "\n", "\x7f"])
def test_text_that_no_string_can_hold_is_not_written(text: str):
    with pytest.raises(ValueError, match="ASCII"):
        structured.render_item(Item(text))
