from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fediart.activitypub import documents
from fediart.activitypub.errors import ProtocolError

JSON_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
JSON_VALUES = st.recursive(
    JSON_LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)


def test_reads_an_object() -> None:
    assert documents.read_json('{"type": "Note", "content": "é \\ud83c\\udfa8"}'.encode()) == {
        "type": "Note",
        "content": "é 🎨",
    }


def test_a_byte_order_mark_is_passed_over() -> None:
    assert documents.read_json(b"\xef\xbb\xbf{}") == {}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nothing",
        b"[]",
        b'"text"',
        b"null",
        b"42",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": 1,}',
        b'{"a": 1} {"b": 2}',
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        '{"a": 1}'.encode("utf-16"),
        # The same faults behind an escape that sends the body to the more patient parser.
        b'{"s": "\\ud800", "a": NaN}',
        b'{"s": "\\ud800", "a": -Infinity}',
        b'{"s": "\\ud800", "a": 1e999}',
        b'{"s": "\\ud800", "a": ' + b"9" * 5000 + b"}",
        b'{"s": "\\ud800", "a": "\xff"}',
        b'{"s": "\\ud800"',
        b'["\\ud800"]',
    ],
)
def test_what_is_not_a_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(ProtocolError) as caught:
        documents.read_json(body)
    assert caught.value.status == 400
    assert caught.value.text and "\n" not in caught.value.text


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":' * 33 + b"1" + b"}" * 33,
        b'{"a":' + b"[" * 32 + b"]" * 32 + b"}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[]" * 300_000 + b"[",
        b"}" * 100_000 + b"{" * 100_000,
    ],
)
def test_what_is_too_deep_or_unbalanced_is_refused(body: bytes) -> None:
    with pytest.raises(ProtocolError, match="deeper than 32"):
        documents.read_json(body)


def test_the_deepest_document_allowed_is_read() -> None:
    body = b'{"a":' * 32 + b"1" + b"}" * 32
    assert json.dumps(documents.read_json(body)).count("{") == 32
    with pytest.raises(ProtocolError):
        documents.read_json(body, max_depth=31)


def test_siblings_do_not_add_depth() -> None:
    assert len(documents.read_json(b'{"a":[' + b"[{}]," * 5000 + b"[]]}")["a"]) == 5001


@pytest.mark.parametrize("text", ["[" * 500, '\\"' + "{" * 500, "\\\\", '\\\\\\"' + "[" * 500 + '\\"'])
def test_brackets_inside_text_do_not_count(text: str) -> None:
    body = f'{{"a":"{text}","b":[{",".join("[]" for _ in range(40))}]}}'.encode()
    assert documents.read_json(body) == json.loads(body)


def test_a_backslash_before_the_closing_quote_does_not_hide_depth() -> None:
    with pytest.raises(ProtocolError, match="deeper than 32"):
        documents.read_json(b'{"a":"\\\\","b":' + b"[" * 40 + b"]" * 40 + b"}")


@pytest.mark.parametrize("body", [b'"' * 999_999, b'\\"' * 499_999, b'"\\' * 499_999, (b'["' * 300_000) + b"[" * 99])
def test_quotes_without_end_cost_no_more_than_their_length(body: bytes) -> None:
    with pytest.raises(ProtocolError):
        documents.read_json(b"[" * 40 + body)


def test_nul_is_removed_from_text_and_a_key_with_nul_is_dropped() -> None:
    doc = documents.read_json(b'{"id":"x","id\\u0000":"y","content":"a\\u0000b","list":["\\u0000",{"k\\u0000":1}]}')
    assert doc == {"id": "x", "content": "ab", "list": ["", {}]}


def test_an_escaped_backslash_before_u0000_is_text() -> None:
    assert documents.read_json(rb'{"a":"\\u0000"}') == {"a": "\\u0000"}


@pytest.mark.parametrize(
    ("escape", "text"),
    [
        ("\\ud800", "\ufffd"),
        ("a\\uDFFFb", "a\ufffdb"),
        ("\\ud83c\\ud83c\\udfa8", "\ufffd🎨"),
        ("\\udfa8\\ud83c", "\ufffd\ufffd"),
    ],
)
def test_a_lone_surrogate_is_replaced(escape: str, text: str) -> None:
    assert documents.read_json(f'{{"name":"{escape}","\\ud800":1}}'.encode()) == {"name": text}


@pytest.mark.parametrize("detour", [b"", b',"s":"\\ud800"'])
def test_numbers_mean_the_same_whichever_parser_reads_them(detour: bytes) -> None:
    doc = documents.read_json(
        b'{"a":18446744073709551615,"b":18446744073709551616,"c":-9223372036854775809,"d":1.5,"e":-0,"f":1,"f":2'
        + detour
        + b"}"
    )
    assert (doc["a"], doc["b"], doc["c"], doc["d"], doc["e"]) == (2**64 - 1, float(2**64), float(-(2**63)), 1.5, 0)
    assert (type(doc["a"]), type(doc["b"]), type(doc["c"])) == (int, float, float)
    assert doc["f"] == 2


@given(st.dictionaries(st.text(), JSON_VALUES, max_size=5), st.booleans())
@settings(deadline=None)
def test_any_object_is_read_as_the_standard_library_reads_it(doc: dict[str, object], ascii_only: bool) -> None:
    # Without the characters that reading takes out; integers that stay integers.
    text = json.dumps(doc, ensure_ascii=ascii_only).replace("\\u0000", "?")
    assert documents.read_json(text.encode(), max_depth=64) == json.loads(text)


@given(st.binary(max_size=200) | st.text(alphabet='{}[]":,\\ud80 1eN', max_size=60).map(str.encode))
def test_any_bytes_give_an_object_that_a_database_takes_or_a_protocol_error(body: bytes) -> None:
    try:
        doc = documents.read_json(body)
    except ProtocolError:
        return
    written = json.dumps(doc, ensure_ascii=False, allow_nan=False)
    assert written.encode("utf-8")
    assert "\\u0000" not in written.replace("\\\\", "")


AS2_TYPES = [
    "application/activity+json",
    "application/activity+json; charset=utf-8",
    "APPLICATION/Activity+JSON ;charset=UTF-8",
    'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
    "application/ld+json; profile=https://www.w3.org/ns/activitystreams",
    'application/ld+json;PROFILE="HTTPS://www.w3.org/ns/ActivityStreams"',
    'application/ld+json; charset=utf-8; profile="http://a.example/x https://www.w3.org/ns/activitystreams"',
    'application/ld+json; note="a;b=\\"c"; profile="https://www.w3.org/ns/activitystreams"',
]
JSON_TYPES = ["application/ld+json", 'application/ld+json; profile="http://a.example/x"', "application/json"]
OTHER_TYPES = [
    "",
    ";",
    "text/plain",
    "text/html; charset=utf-8",
    "application/octet-stream",
    "application/activity+json, text/html",
    'text/plain; x="application/activity+json"',
    "activity+json",
]


@pytest.mark.parametrize("content_type", AS2_TYPES)
def test_activity_media_types_are_believed_everywhere(content_type: str) -> None:
    assert documents.is_activity_media_type(content_type)
    assert documents.is_inbox_media_type(content_type)


@pytest.mark.parametrize("content_type", JSON_TYPES)
def test_plain_json_will_do_for_a_delivery_only(content_type: str) -> None:
    assert not documents.is_activity_media_type(content_type)
    assert documents.is_inbox_media_type(content_type)


@pytest.mark.parametrize("content_type", OTHER_TYPES)
def test_other_media_types_are_never_believed(content_type: str) -> None:
    assert not documents.is_activity_media_type(content_type)
    assert not documents.is_inbox_media_type(content_type)


def test_a_profile_inside_another_parameter_does_not_count() -> None:
    forged = 'application/ld+json; x="; profile=https://www.w3.org/ns/activitystreams"'
    assert not documents.is_activity_media_type(forged)
