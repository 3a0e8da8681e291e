"""Test suites and signature libraries that we did not write, pointed at our running server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers import fedify_peer, studio, suites

pytestmark = pytest.mark.peer


@pytest.fixture(scope="module")
def kim() -> Iterator[fedify_peer.FedifyPeer]:
    with fedify_peer.run() as peer:
        yield peer


def test_verify_actor(server: studio.Server) -> None:
    verdict = suites.verify_actor(studio.actor_of(server))
    read_and_post = {"get_actor": True, "post_inbox": True}
    read_only = {"get_actor": True, "post_inbox": False}
    assert verdict["webfinger"] is True, verdict["steps"]
    assert verdict["actors"] == {
        "alice": read_only,
        "bob": read_and_post,
        "claire": read_and_post,
        "dean": read_only,
        "emily": read_and_post,
        "frank": read_and_post,
    }, verdict["steps"]


def test_activitypub_testing(server: studio.Server) -> None:
    results = suites.run_activitypub_testing(studio.actor_of(server))["results"]
    outcomes = {result["slug"]: result["outcome"] for result in results}
    assert [result for result in results if result["outcome"] == "failed"] == []
    assert outcomes["actor-must-serve-as2-object-to-get"] == "passed"
    assert outcomes["actor-objects-must-have-inbox-outbox-properties"] == "passed"
    assert outcomes["outbox-must-be-an-orderedcollection"] == "passed"
    assert outcomes["followers-collection-must-be-a-collection"] == "passed"


def test_the_libraries_verify_what_we_send(server: studio.Server, kim: fedify_peer.FedifyPeer, tmp_path: Path) -> None:
    mira = studio.actor_of(server)
    kim.act("follow", actor=mira)
    kim.wait_for("Accept", lambda activity: activity["actor"] == mira)
    studio.publish(server, tmp_path)
    create = kim.wait_for("Create", lambda activity: activity["actor"] == mira)
    keys = suites.read_keys(kim.act("fetch", url=mira)["document"])

    delivered = suites.check_signatures(keys, request=create["request"], document=create["activity"])
    assert delivered["request"]["verified"] is True, delivered
    assert delivered["request"]["key_id"] == f"{mira}#main-key"
    assert {"(request-target)", "host", "date", "digest"} <= set(delivered["request"]["covered"])
    assert delivered["document"]["verified"] is True, delivered
    assert delivered["document"]["key_id"] == f"{mira}#ed25519-key"

    note = kim.act("fetch", url=create["activity"]["object"]["id"])["document"]
    fetched = suites.check_signatures(keys, document=note)
    assert fetched["document"]["verified"] is True, fetched
    assert suites.check_signatures(keys, document=note | {"content": "<p>Another text.</p>"}) == {
        "document": {"verified": False, "error": "VerificationFailedError"}
    }
