"""Actors on scripted peers: their keys, their documents, and what they say to us."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from fediart.activitypub import keys
from tests.federation import wire
from tests.federation.peer import Peer

AS2 = "https://www.w3.org/ns/activitystreams"
PUBLIC = f"{AS2}#Public"
CONTEXT: list[Any] = [AS2, "https://w3id.org/security/v1"]

_numbers = itertools.count(1)


@cache
def rsa_key(_which: str = "usual") -> rsa.RSAPrivateKey:
    """Return the key of this name, made once: actors may share one, since a key is looked up by its id."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def ed25519_key() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


def unique(name: str) -> str:
    """Return a name that no other test uses."""
    return f"{name}{next(_numbers)}"


def timestamp(offset: timedelta = timedelta()) -> str:
    return (datetime.now(UTC) + offset).strftime("%Y-%m-%dT%H:%M:%SZ")


def public_pem(key: rsa.RSAPrivateKey) -> str:
    return keys.write_public_pem(key.public_key())


@dataclass(slots=True)
class Person:
    """An actor of a peer, with the document that the peer serves."""

    peer: Peer
    name: str
    document: dict[str, Any]
    key_id: str
    key: wire.PrivateKey

    @property
    def id(self) -> str:
        return str(self.document["id"])

    @property
    def inbox(self) -> str:
        """The path of the personal inbox."""
        return str(self.document["inbox"]).removeprefix(self.peer.base)

    def serve(self, **changes: Any) -> None:
        """Change the document and serve it; None takes a member away."""
        self.document |= changes
        self.document = {name: value for name, value in self.document.items() if value is not None}
        self.peer.serve(f"/users/{self.name}", self.document)

    def vanish(self, status: int) -> None:
        """Answer this status instead of the document."""
        self.peer.serve(f"/users/{self.name}", b"gone", status=status, content_type="text/plain")

    def says(self, type_: str, object_: object, **more: Any) -> dict[str, Any]:
        """Return an activity with an id of its own."""
        activity = {
            "@context": CONTEXT,
            "id": f"{self.peer.base}/activities/{next(_numbers)}",
            "type": type_,
            "actor": self.id,
            "object": object_,
            **more,
        }
        return {name: value for name, value in activity.items() if value is not ...}

    def note(self, content: str = "<p>How blue!</p>", **more: Any) -> dict[str, Any]:
        """Return a public note with an id of its own; `...` as a value takes a member away."""
        note = {
            "id": f"{self.peer.base}/notes/{next(_numbers)}",
            "type": "Note",
            "attributedTo": self.id,
            "content": content,
            "published": timestamp(),
            "to": [PUBLIC],
            "cc": [f"{self.id}/followers"],
            **more,
        }
        return {name: value for name, value in note.items() if value is not ...}

    def creates(self, note: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        return self.says("Create", dict(note), to=note.get("to", []), cc=note.get("cc", []), **more)

    def tells(self, *uris: str, content: str = "<p>psst</p>", **more: Any) -> dict[str, Any]:
        """Return a direct message to these actors."""
        tag = [{"type": "Mention", "href": uri, "name": "@somebody"} for uri in uris]
        return self.note(content, **{"to": list(uris), "cc": [], "tag": tag, **more})

    def get(self, url: str, *, accept: str = wire.ACTIVITY_JSON, **signing: Any) -> wire.HttpAnswer:
        """GET a document, signed; `signing` as for `wire.signed_get`."""
        signed = wire.signed_get(url, **{"key": self.key, "key_id": self.key_id, **signing})
        return wire.send("GET", url, headers={"Accept": accept, **signed})

    def post(
        self,
        url: str,
        activity: Mapping[str, Any] | bytes,
        *,
        signing: wire.Cavage | None = None,
        sent: bytes | Sequence[bytes] | None = None,
        key: wire.PrivateKey | None = None,
        key_id: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> wire.HttpAnswer:
        """POST an activity, signed; `sent` are other bytes than the signed ones, `headers` replace signed ones."""
        body = activity if isinstance(activity, bytes) else json.dumps(activity).encode()
        signed = (signing or wire.Cavage()).headers(url, body, key=key or self.key, key_id=key_id or self.key_id)
        return wire.send("POST", url, headers=signed | dict(headers or {}), body=body if sent is None else sent)


def settle(peer: Peer, name: str = "lee", *, key: rsa.RSAPrivateKey | None = None, **document: Any) -> Person:
    """Let an actor live on a peer; `document` changes what it says of itself (None takes a member away)."""
    name = unique(name)
    id_ = f"{peer.base}/users/{name}"
    key = key or rsa_key()
    person = Person(
        peer,
        name,
        {
            "@context": [*CONTEXT, "https://www.w3.org/ns/cid/v1"],
            "id": id_,
            "type": "Person",
            "preferredUsername": name,
            "name": name.capitalize(),
            "inbox": f"{id_}/inbox",
            "outbox": f"{id_}/outbox",
            "followers": f"{id_}/followers",
            "following": f"{id_}/following",
            "endpoints": {"sharedInbox": f"{peer.base}/inbox"},
            "publicKey": {"id": f"{id_}#main-key", "owner": id_, "publicKeyPem": public_pem(key)},
            "assertionMethod": [
                {
                    "id": f"{id_}#ed25519-key",
                    "type": "Multikey",
                    "controller": id_,
                    "publicKeyMultibase": keys.write_multikey(ed25519_key().public_key()),
                }
            ],
        },
        f"{id_}#main-key",
        key,
    )
    person.serve(**document)
    return person
