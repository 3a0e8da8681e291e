"""Proof of who speaks: two dialects of HTTP signatures, and proofs that travel inside a document.

`cavage` is what the fediverse speaks, `rfc9421` is the standard that came of it, `proofs` are FEP-8b32. Each says only
that the holder of a key signed; whose key it is, and what they may say, is judged by the caller.
"""

from __future__ import annotations

from fediart.activitypub.signatures.request import HttpRequest

__all__ = ["HttpRequest"]
