"""An actor document on a web server of its own, so that a peer can fetch the public keys of what a test signs."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from fediart.activitypub import digests, keys
from fediart.activitypub.signatures import HttpRequest, cavage, proofs, rfc9421

CONTEXT = ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/data-integrity/v1"]
# Interop: Fedify 2.3 finds the key of a proof only if a context defines `assertionMethod`, as neither data-integrity/v1
# nor multikey/v1 does.
ACTOR_CONTEXT = [CONTEXT[0], "https://w3id.org/security/v1", "https://www.w3.org/ns/cid/v1"]


@dataclass(frozen=True, slots=True)
class KeyPage:
    """Ada, who has keys and a page that shows them, and nothing else."""

    origin: str
    rsa_key: rsa.RSAPrivateKey
    ed25519_key: ed25519.Ed25519PrivateKey

    @property
    def actor(self) -> str:
        """Her id."""
        return f"{self.origin}/users/ada"

    @property
    def rsa_key_id(self) -> str:
        """The id of the key that signs requests."""
        return f"{self.actor}#main-key"

    @property
    def ed25519_key_id(self) -> str:
        """The id of the key that signs documents."""
        return f"{self.actor}#ed25519-key"

    @property
    def public_keys(self) -> dict[str, str]:
        """The public keys by id, as PEM and as multibase text."""
        return {
            self.rsa_key_id: keys.write_public_pem(self.rsa_key.public_key()),
            self.ed25519_key_id: keys.write_multikey(self.ed25519_key.public_key()),
        }

    def render(self) -> dict[str, Any]:
        """Render the page."""
        pem, multibase = self.public_keys.values()
        multikey = {"id": self.ed25519_key_id, "type": "Multikey", "controller": self.actor}
        return {
            "@context": ACTOR_CONTEXT,
            "id": self.actor,
            "type": "Person",
            "preferredUsername": "ada",
            "inbox": f"{self.actor}/inbox",
            "publicKey": {"id": self.rsa_key_id, "owner": self.actor, "publicKeyPem": pem},
            "assertionMethod": [multikey | {"publicKeyMultibase": multibase}],
        }

    def prove(self, document: dict[str, Any]) -> dict[str, Any]:
        """Sign a document."""
        now = datetime.now(UTC)
        return proofs.add_proof(document, key=self.ed25519_key, verification_method=self.ed25519_key_id, created=now)

    def sign_cavage(self, host: str, path: str, body: bytes) -> dict[str, str]:
        """Sign a POST in the dialect of draft-cavage; returns all its headers."""
        headers = _headers(host) | {"digest": digests.sha256_digest(body)}
        request = HttpRequest("POST", path, headers, body)
        return headers | {"signature": cavage.sign(request, key=self.rsa_key, key_id=self.rsa_key_id)}

    def sign_rfc9421(self, host: str, path: str, body: bytes) -> dict[str, str]:
        """Sign a POST in the dialect of RFC 9421; returns all its headers."""
        headers = _headers(host)
        request = HttpRequest("POST", path, headers, body)
        return headers | rfc9421.sign(
            request, key=self.rsa_key, key_id=self.rsa_key_id, created=datetime.now(UTC), scheme="http"
        )


def _headers(host: str) -> dict[str, str]:
    date = format_datetime(datetime.now(UTC), usegmt=True)
    return {"host": host, "date": date, "content-type": "application/activity+json"}


@contextmanager
def run() -> Iterator[KeyPage]:
    """Serve the page on a free port of 127.0.0.1."""
    rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with _PageServer(("127.0.0.1", 0), _Handler) as server:
        origin = f"http://127.0.0.1:{server.server_address[1]}"
        page = KeyPage(origin, rsa_key, ed25519.Ed25519PrivateKey.generate())
        server.page = json.dumps(page.render()).encode()
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield page
        finally:
            server.shutdown()
            thread.join()


class _PageServer(ThreadingHTTPServer):
    page = b""


class _Handler(BaseHTTPRequestHandler):
    server: _PageServer

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/activity+json")
        self.send_header("Content-Length", str(len(self.server.page)))
        self.end_headers()
        self.wfile.write(self.server.page)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
