"""Run the checks that live in `.venv-peers`, each in a process of its own since its dependencies differ from ours."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from tests.peers import setup

Json = dict[str, Any]

_LIMIT_SECONDS = 150


def check_signatures(keys: dict[str, str], *, request: Json | None = None, document: Json | None = None) -> Json:
    """Have apsig and http-message-signatures verify a captured request, a document, or both."""
    return _run("check_signatures.py", given={"keys": keys, "request": request, "document": document})


def verify_actor(actor_uri: str) -> Json:
    """Have fediverse-pasture read an actor and post to its inbox, signed and unsigned."""
    return _run("run_verify_actor.py", actor_uri)


def run_activitypub_testing(actor_uri: str) -> Json:
    """Run activitypub-testing on an actor."""
    return _run("run_activitypub_testing.py", actor_uri)


def read_keys(actor: Json) -> dict[str, str]:
    """Read the public keys of an actor document, by id: PEM text or multibase text."""
    keys = {actor["publicKey"]["id"]: actor["publicKey"]["publicKeyPem"]}
    return keys | {method["id"]: method["publicKeyMultibase"] for method in actor["assertionMethod"]}


def _run(script: str, *arguments: str, given: Json | None = None) -> Json:
    if not setup.is_ready():
        raise RuntimeError("the peers are not installed: run python3 tests/peers/setup.py")
    finished = subprocess.run(
        [str(setup.PYTHON), str(setup.PEERS / script), *arguments],
        input=None if given is None else json.dumps(given),
        capture_output=True,
        timeout=_LIMIT_SECONDS,
        check=False,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr
    result: Json = json.loads(finished.stdout)
    return result
