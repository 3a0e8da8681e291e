from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from fediart.rights import reservation

from .reservations import HERON


def _with(field: str, value: str) -> reservation.Reservation:
    changes: dict[str, Any] = {field: value}
    return replace(HERON, **changes)


@pytest.mark.parametrize(
    "address",
    [
        "/w/1",
        "art.example/w/1",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://",
        "https://art.example/a b",
        'https://art.example/"><script>',
        "https://art.example/>; rel=license",
        "https://art.example/\r\nSet-Cookie: a=b",
        "https://art.example/x\n",
        "https://art.example/\x85",
    ],
)
@pytest.mark.parametrize(
    "field", ["license", "source_type", "holder_url", "policy_url", "usage_info_url", "acquire_url"]
)
def test_an_address_that_could_break_out_of_a_signal_is_refused(field: str, address: str) -> None:
    with pytest.raises(ValueError, match=field):
        _with(field, address)


@pytest.mark.parametrize(
    "address", ["https://art.example/w/1?v=2#x", "http://localhost:8080/@mira", "HTTPS://ärt.example/絵"]
)
def test_an_absolute_iri_is_taken(address: str) -> None:
    assert reservation.is_iri(address)
    assert replace(HERON, license=address).license == address


def test_what_is_not_stated_may_be_empty_but_holder_and_policy_may_not() -> None:
    bare = replace(HERON, license="", usage_info_url="", acquire_url="", source_type=None)
    assert bare.license == ""
    for field in ("holder_url", "policy_url"):
        with pytest.raises(ValueError, match=field):
            _with(field, "")


def test_a_declaration_has_a_version_and_an_instant() -> None:
    with pytest.raises(ValueError, match="version"):
        replace(HERON, version=0)
    with pytest.raises(ValueError, match="time zone"):
        replace(HERON, declared_at=datetime(2026, 1, 1))
