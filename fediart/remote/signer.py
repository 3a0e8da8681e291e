"""Who signs an outgoing request.

Holds a key in memory for the length of a fetch or a delivery; where keys are stored is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from fediart.activitypub import keys


@dataclass(frozen=True, slots=True)
class Signer:
    """A key and the id that peers look it up by; it must be the exact `publicKey.id` that our actor publishes."""

    key_id: str
    key: keys.RsaPrivateKey = field(repr=False)
