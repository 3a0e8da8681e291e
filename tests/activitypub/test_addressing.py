from __future__ import annotations

import pytest

from fediart.activitypub import addressing
from fediart.activitypub.addressing import PUBLIC, Visibility

FOLLOWERS = "https://peer.example/users/lee/followers"
MIRA = "https://art.example/users/mira"


@pytest.mark.parametrize("iri", [PUBLIC, "as:Public", "Public"])
def test_the_three_spellings_of_public(iri: str) -> None:
    assert addressing.is_public(iri)
    assert addressing.read_audience(iri) == (PUBLIC,)


@pytest.mark.parametrize("iri", ["", "public", "https://www.w3.org/ns/activitystreams#public", FOLLOWERS])
def test_what_is_not_public(iri: str) -> None:
    assert not addressing.is_public(iri)


@pytest.mark.parametrize(
    ("value", "audience"),
    [
        (None, ()),
        ("", ()),
        ([], ()),
        (MIRA, (MIRA,)),
        ({"id": MIRA, "type": "Person"}, (MIRA,)),
        ([MIRA, None, "", 4, {"id": MIRA}, {"id": FOLLOWERS}], (MIRA, FOLLOWERS)),
        ("https://ART.example/users/mira", (MIRA,)),
        (["Public", "as:Public"], (PUBLIC,)),
        ("not an address", ()),
    ],
)
def test_an_audience_in_any_shape(value: object, audience: tuple[str, ...]) -> None:
    assert addressing.read_audience(value) == audience


@pytest.mark.parametrize(
    ("to", "cc", "expected"),
    [
        ([PUBLIC], [FOLLOWERS], Visibility.PUBLIC),
        (["as:Public"], [], Visibility.PUBLIC),
        ([FOLLOWERS], ["Public"], Visibility.UNLISTED),
        ([FOLLOWERS], [MIRA], Visibility.FOLLOWERS),
        ([MIRA], [FOLLOWERS], Visibility.FOLLOWERS),
        ([MIRA], [], Visibility.DIRECT),
        ([], [], Visibility.DIRECT),
        (["https://other.example/users/kim/followers"], [], Visibility.DIRECT),
    ],
)
def test_visibility_from_addressing(to: list[str], cc: list[str], expected: Visibility) -> None:
    assert addressing.visibility(to, cc, FOLLOWERS) is expected


def test_without_a_followers_collection_nothing_is_for_followers() -> None:
    assert addressing.visibility([FOLLOWERS], [], None) is Visibility.DIRECT


@pytest.mark.parametrize("visibility", list(Visibility))
@pytest.mark.parametrize("mentions", [[], [MIRA], [MIRA, MIRA, "https://other.example/users/kim"]])
def test_what_is_addressed_is_read_back(visibility: Visibility, mentions: list[str]) -> None:
    to, cc = addressing.address(visibility, followers=FOLLOWERS, mentions=mentions)
    assert addressing.visibility(to, cc, FOLLOWERS) is visibility
    assert set(mentions) <= {*to, *cc}
    assert len({*to, *cc}) == len(to) + len(cc)
    assert (FOLLOWERS in [*to, *cc]) is (visibility is not Visibility.DIRECT)


def test_public_is_written_in_full_and_in_the_place_mastodon_reads() -> None:
    assert addressing.address(Visibility.PUBLIC, followers=FOLLOWERS, mentions=[MIRA]) == ([PUBLIC], [FOLLOWERS, MIRA])
    assert addressing.address(Visibility.UNLISTED, followers=FOLLOWERS, mentions=[]) == ([FOLLOWERS], [PUBLIC])
