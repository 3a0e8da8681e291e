"""Private keys, loaded once: parsing an RSA key for each signature would cost more than the signature."""

from __future__ import annotations

from fediart import errors
from fediart.activitypub import keys
from fediart.activitypub.errors import ProtocolError
from fediart.db import queries
from fediart.db.engine import Transaction
from fediart.remote.signer import Signer

RSA = "rsa"
ED25519 = "ed25519"


class Keyring:
    """The private keys of this server's actors, by actor id."""

    def __init__(self) -> None:
        self._signers: dict[int, Signer] = {}
        self._proofs: dict[int, tuple[str, keys.Ed25519PrivateKey]] = {}

    async def signer(self, tx: Transaction, actor_id: int) -> Signer:
        """Return what signs an actor's requests.

        Raises: FediArtError when the key is missing or unreadable; nothing is ever sent unsigned instead.
        """
        known = self._signers.get(actor_id)
        if known is None:
            row = await queries.keys.require_private(tx, actor_id, RSA)
            key = _read(row.id, row.private_pem)
            if not isinstance(key, keys.RsaPrivateKey):
                raise errors.FediArtError(f"the key {row.id} is not an RSA key", status=500)
            known = self._signers[actor_id] = Signer(key_id=row.id, key=key)
        return known

    async def proof_key(self, tx: Transaction, actor_id: int) -> tuple[str, keys.Ed25519PrivateKey]:
        """Return (key id, key) for an actor's object proofs.

        Raises: FediArtError when the key is missing or unreadable.
        """
        known = self._proofs.get(actor_id)
        if known is None:
            row = await queries.keys.require_private(tx, actor_id, ED25519)
            key = _read(row.id, row.private_pem)
            if not isinstance(key, keys.Ed25519PrivateKey):
                raise errors.FediArtError(f"the key {row.id} is not an Ed25519 key", status=500)
            known = self._proofs[actor_id] = (row.id, key)
        return known


def _read(key_id: str, pem: str | None) -> keys.PrivateKey:
    try:
        return keys.read_private_pem(pem or "")
    except (ProtocolError, ValueError) as exc:
        raise errors.FediArtError(
            f"the private key {key_id} cannot be read: restore the database from a backup", detail=str(exc), status=500
        ) from exc
