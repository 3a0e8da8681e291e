from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediart.activitypub import synchronization
from fediart.activitypub.errors import ProtocolError
from fediart.activitypub.synchronization import Synchronization

NOBODY = "0" * 64
TWO = ["https://testing.example.org/users/1", "https://testing.example.org/users/2"]
IDS = st.from_regex(r"https://[a-c]\.example(:8443)?/users/[a-z]{1,4}", fullmatch=True)
TEXT = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='"\\'), min_size=1, max_size=60)
HEADERS = st.builds(Synchronization, TEXT, TEXT, st.binary(min_size=32, max_size=32).map(bytes.hex))


def test_the_published_example():
    assert synchronization.digest(TWO) == "c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f"


def test_nobody_is_all_zeros_and_one_is_the_plain_hash():
    assert synchronization.digest([]) == NOBODY
    assert synchronization.digest(TWO[:1]) == hashlib.sha256(TWO[0].encode()).hexdigest()


@given(st.lists(IDS, max_size=20), st.randoms(use_true_random=False))
def test_order_and_repeats_do_not_matter(ids, random):
    again = [*ids, *ids[:3]]
    random.shuffle(again)
    assert synchronization.digest(again) == synchronization.digest(ids)


@given(st.sets(IDS, max_size=12), st.sets(IDS, max_size=12))
def test_two_lists_agree_just_when_they_are_the_same(one, other):
    assert (synchronization.digest(one) == synchronization.digest(other)) == (one == other)


@given(st.sets(IDS, max_size=20))
def test_every_origin_gets_the_digest_of_its_own_part(ids):
    found = synchronization.digests_by_origin(ids)
    assert set(found) == {"/".join(id_.split("/")[:3]) for id_ in ids}
    for origin, digest in found.items():
        assert digest == synchronization.digest(id_ for id_ in ids if id_.startswith(f"{origin}/"))


def test_a_port_and_a_scheme_make_another_origin_and_what_has_none_counts_nowhere():
    ids = ["https://a.example/1", "https://a.example:8443/1", "http://a.example/1", "https://A.example/2", "urn:x", ""]
    assert synchronization.digests_by_origin(ids) == {
        "https://a.example": synchronization.digest(["https://a.example/1", "https://A.example/2"]),
        "https://a.example:8443": synchronization.digest(["https://a.example:8443/1"]),
        "http://a.example": synchronization.digest(["http://a.example/1"]),
    }


def test_the_header_as_mastodon_writes_it():
    value = (
        'collectionId="https://social.example/users/lee/followers", '
        f'digest="{NOBODY}", url="https://social.example/users/lee/followers_synchronization"'
    )
    assert synchronization.read_header(value) == Synchronization(
        "https://social.example/users/lee/followers",
        "https://social.example/users/lee/followers_synchronization",
        NOBODY,
    )


@given(HEADERS)
def test_what_is_written_is_read_back(header):
    assert synchronization.read_header(synchronization.write_header(header)) == header


def test_spaces_further_parameters_and_upper_case_digits_do_no_harm():
    value = f' url = "u" ,x="1",collectionId="c",digest="{"AB" * 32}" '
    assert synchronization.read_header(value) == Synchronization("c", "u", "ab" * 32)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        "{}",
        'collectionId="c"',
        'collectionId="c", url="u"',
        f'collectionId="c", url="u", digest="{NOBODY}",',
        f'collectionId="c" url="u" digest="{NOBODY}"',
        f'collectionId="c", collectionId="d", url="u", digest="{NOBODY}"',
        f'collectionId="", url="u", digest="{NOBODY}"',
        'collectionId="c", url="u", digest="00"',
        f'collectionId="c", url="u", digest="{"x" * 64}"',
        f'collectionId=c, url="u", digest="{NOBODY}"',
        f'collectionId="c", url="{"u" * 9000}", digest="{NOBODY}"',
    ],
)
def test_what_cannot_be_a_header_is_refused(value):
    with pytest.raises(ProtocolError):
        synchronization.read_header(value)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(value):
    try:
        read = synchronization.read_header(value)
    except ProtocolError:
        return
    assert len(read.digest) == 64


@pytest.mark.parametrize("text", ['a"b', "a\\b", "a\nb", "é"])
def test_what_a_header_cannot_carry_is_not_written(text):
    with pytest.raises(ValueError, match="header"):
        synchronization.write_header(Synchronization(text, "u", NOBODY))
