"""Signatures on GETs: ours, that other servers demand, and theirs, that we need not believe."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.conftest import free_port
from tests.federation import wire
from tests.federation.home import Home, Work
from tests.federation.people import Person


@pytest.fixture(scope="module")
def work(home: Home) -> Work:
    return home.publish("Read by anybody")


def test_a_peer_that_demands_signed_fetches_can_follow(home: Home, lee: Person) -> None:
    lee.peer.demand_signature(f"/users/{lee.name}")
    assert wire.send("GET", lee.id, headers={"Accept": wire.ACTIVITY_JSON}).status == 401
    home.follow(lee)
    assert lee.id in home.followers()


def test_whoever_signs_our_fetches_can_be_read_without_a_signature(home: Home) -> None:
    instance = home.document("/actor")
    assert instance["type"] == "Application"
    assert instance["publicKey"]["owner"] == instance["id"] == f"{home.base}/actor"
    assert "BEGIN PUBLIC KEY" in instance["publicKey"]["publicKeyPem"]


@pytest.mark.parametrize("signature", ["", "garbage", "unknown host", "long ago"])
def test_a_public_work_is_shown_whatever_the_signature(home: Home, lee: Person, work: Work, signature: str) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}/users/lee#main-key"
    sent = {"Date": wire.http_date(timedelta(days=-30) if signature == "long ago" else timedelta())}
    if signature in ("unknown host", "long ago"):
        key_id = nowhere if signature == "unknown host" else lee.key_id
        sent["Signature"] = f'keyId="{key_id}",headers="(request-target) host date",signature="AAAA"'
    else:
        sent["Signature"] = signature
    for address in (work.uri, home.actor):
        answer = wire.send("GET", address, headers={"Accept": wire.ACTIVITY_JSON, **sent})
        assert answer.status == 200
        assert answer.body == home.get(address).body
    assert f"/users/{lee.name}" not in lee.peer.fetched
