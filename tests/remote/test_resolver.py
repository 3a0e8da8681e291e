"""Names to addresses."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator

import pytest

from fediart.remote.resolver import Resolver

from .conftest import Internet


@pytest.fixture
async def resolver() -> AsyncIterator[Resolver]:
    opened = Resolver(threads=2)
    yield opened
    await opened.close()


async def test_two_addresses_of_each_family_in_the_given_order(internet: Internet, resolver: Resolver) -> None:
    internet.names["peer.example"] = ["1.1.1.1", "2606::1", "1.1.1.2", "1.1.1.3", "2606::2", "2606::3"]
    found = await resolver.resolve("peer.example", 443)
    assert [row["host"] for row in found] == ["1.1.1.1", "2606::1", "1.1.1.2", "2606::2"]
    assert {row["port"] for row in found} == {443}


async def test_a_short_or_decimal_number_is_the_address_it_means(resolver: Resolver) -> None:
    assert [row["host"] for row in await resolver.resolve("2130706433", 80)] == ["127.0.0.1"]
    assert [row["host"] for row in await resolver.resolve("127.1", 80)] == ["127.0.0.1"]


@pytest.mark.parametrize("host", ["nobody.example", "bücher.example"])
async def test_a_name_without_an_address(internet: Internet, resolver: Resolver, host: str) -> None:
    with pytest.raises(socket.gaierror):
        await resolver.resolve(host, 443)
