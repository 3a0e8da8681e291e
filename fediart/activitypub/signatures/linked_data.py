"""Linked data signatures, RsaSignature2017: what lets a server that was not addressed by the author trust an activity.

The signature is over the RDF graph that a document means, and our readers read plain JSON: a relay could rename terms
in `@context`, or add members that mean nothing in RDF, and leave the graph as it was. So `verify` also demands that
each member means what its plain name says. Contexts are the bundled ones; nothing is fetched. That the key is the
actor's, and that an old activity is not taken twice, is the caller's to see to.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from pyld.canon import URDNA2015
from pyld.context_resolver import ContextResolver
from pyld.jsonld import JsonLdProcessor

from fediart.activitypub import contexts, keys
from fediart.activitypub.errors import SignatureError
from fediart.activitypub.signatures import plain_reading
from fediart.activitypub.timestamps import read_timestamp, write_timestamp

_TYPE: Final = "RsaSignature2017"
_OPTIONS_CONTEXT: Final = "https://w3id.org/identity/v1"
# Members of the signature that it does not cover, in Mastodon 4.5 and Fedify 2.3 alike.
_UNSIGNED: Final = frozenset({"@context", "type", "id", "signatureValue"})
_FORBIDDEN: Final = frozenset({"@graph", "@included", "@reverse"})
# Contexts inside a context are worked out anew wherever their term stands.
_FORBIDDEN_IN_CONTEXTS: Final = _FORBIDDEN | {"@context", "@import"}

# A Create with sixteen pictures and thirty hashtags has some 800 values and 20 contexts.
_MAX_VALUES: Final = 2048
_MAX_VALUES_OF_ONE: Final = 256
_MAX_CHARACTERS: Final = 512 * 1024
_MAX_DEPTH: Final = 32
_MAX_CONTEXTS: Final = 64
# Steps for telling blank nodes apart: none for honest documents, whose nodes differ, but exponential in look-alikes.
_MAX_STEPS: Final = 4096
_MAX_REMEMBERED: Final = 16
_MAX_REMEMBERED_CHARACTERS: Final = 4096


def sign(
    document: Mapping[str, Any],
    *,
    key: keys.RsaPrivateKey,
    creator: str,
    created: datetime,
    expires: datetime | None = None,
) -> dict[str, Any]:
    """Return a copy of a document with a signature by `key`, whose id is `creator`; an earlier signature is replaced.

    An object proof is covered, so it is made first.
    What it would not cover is left in and lost on peers: `is_safe_to_forward` tells.
    Raises: ValueError for a document without the security context, with a context that is not bundled, or too large.
    """
    if contexts.SECURITY not in _listed(document.get("@context")):
        raise ValueError(f"a signed document needs {contexts.SECURITY} in its @context")
    unsigned = {name: value for name, value in document.items() if name != "signature"}
    signature = {"type": _TYPE, "creator": creator, "created": write_timestamp(created)}
    if expires is not None:
        signature["expires"] = write_timestamp(expires)
    try:
        _verify_size(unsigned)
        message = _hash(_expand(_options_of(signature))[0]) + _hash(_expand(unsigned)[0])
    except SignatureError as error:
        raise ValueError(f"the document cannot be signed: {error}") from None
    value = base64.b64encode(keys.sign(message.encode("ascii"), key=key)).decode("ascii")
    return {**unsigned, "signature": {**signature, "signatureValue": value}}


def find_signature(document: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the RsaSignature2017 of a document."""
    signature = document.get("signature")
    return signature if isinstance(signature, dict) and signature.get("type") == _TYPE else None


def creator(document: Mapping[str, Any]) -> str | None:
    """Return the id of the key that made the signature which `find_signature` finds.

    Trust: only a claim, until `verify` has succeeded with this very key.
    """
    signature = find_signature(document)
    named = signature.get("creator") if signature is not None else None
    return named if isinstance(named, str) and named else None


def verify(document: Mapping[str, Any], *, key: keys.RsaPublicKey, now: datetime) -> None:
    """Check that the holder of `key` signed what this document says to whoever reads it as plain JSON.

    The order of values in a list is not covered, unless its term says so, as `focalPoint` does. A document that says
    more than is covered is refused, though its author may have written it so: fetch it from its origin.
    Raises: SignatureError, each with its own reason.
    """
    signature = _read_signature(document, now=now)
    value = _read_value(signature.get("signatureValue"))
    signed_options = _options_of(signature)
    unsigned = {name: value for name, value in document.items() if name != "signature"}
    _verify_size({**unsigned, "signature": signed_options})
    options, _ = _expand(signed_options)
    expanded, is_whole = _expand(unsigned)
    if not is_whole or not plain_reading.is_plain(options) or not _is_read_as_signed(unsigned, expanded):
        raise SignatureError("The linked data signature does not cover all that the document says")
    message = _hash(options) + _hash(expanded)
    if not keys.is_signature_of(value, message.encode("ascii"), key=key):
        raise SignatureError("The linked data signature does not match the document and the key")


def is_safe_to_forward(document: Mapping[str, Any]) -> bool:
    """Tell whether a signature of this document covers, or would cover, all that the document says.

    Interop: Mastodon 4.5 reads a signed activity by its graph, so what an author did not declare is lost there.
    """
    unsigned = {name: value for name, value in document.items() if name != "signature"}
    try:
        _verify_size(unsigned)
        expanded, is_whole = _expand(unsigned)
    except SignatureError:
        return False
    return is_whole and _is_read_as_signed(unsigned, expanded)


def _read_signature(document: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    signature = document.get("signature")
    if not isinstance(signature, dict):
        raise SignatureError("The linked data signature is not an object")
    if signature.get("type") != _TYPE:
        raise SignatureError(f"The linked data signature is not an {_TYPE}")
    if creator(document) is None:
        raise SignatureError("The linked data signature does not name its key in creator")
    if read_timestamp(signature.get("created")) is None:
        raise SignatureError("The linked data signature's created is not a date")
    if "expires" in signature:
        expires = read_timestamp(signature["expires"])
        if expires is None:
            raise SignatureError("The linked data signature's expires is not a date")
        if now >= expires:
            raise SignatureError("The linked data signature has expired")
    return signature


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _read_value(value: object) -> bytes:
    try:
        # Interop: Ruby's own Base64 breaks lines.
        return base64.b64decode("".join(value.split()), validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError):
        return b""


def _options_of(signature: Mapping[str, Any]) -> dict[str, Any]:
    signed = {name: value for name, value in signature.items() if name not in _UNSIGNED}
    return {"@context": _OPTIONS_CONTEXT, **signed}


def _verify_size(document: Mapping[str, Any]) -> None:
    """Refuse, before any JSON-LD is done, what would make it long or fetch, and what hides one graph in another."""
    values = characters = listed = 0
    pending: list[tuple[Any, int, bool, bool]] = [(document, 0, False, False)]
    while pending:
        value, depth, is_context, is_inside = pending.pop()
        values += 1
        listed += is_context
        if values > _MAX_VALUES or characters > _MAX_CHARACTERS or depth > _MAX_DEPTH or listed > _MAX_CONTEXTS:
            raise SignatureError("The document is too large for its linked data signature to be checked")
        if isinstance(value, str):
            characters += len(value)
            if is_context and contexts.find(value) is None:
                raise SignatureError(
                    "The document uses a JSON-LD context that we do not carry", detail=f"{value[:500]!r}"
                )
        elif isinstance(value, list):
            pending.extend((item, depth + 1, is_context, is_inside) for item in value)
        elif isinstance(value, dict):
            is_inside = is_inside or is_context
            forbidden = _FORBIDDEN_IN_CONTEXTS if is_inside else _FORBIDDEN
            if found := forbidden.intersection(value):
                raise SignatureError(f"The document uses {min(found)} where no signed document may")
            characters += sum(map(len, value))
            pending.extend((inner, depth + 1, name == "@context", is_inside) for name, inner in value.items())


def _verify_spread(expanded: list[Any]) -> None:
    """Refuse properties with very many values: PyLD compares each with all the others."""
    pending: list[Any] = [expanded]
    while pending:
        item = pending.pop()
        if isinstance(item, list):
            if len(item) > _MAX_VALUES_OF_ONE:
                raise SignatureError("The document is too large for its linked data signature to be checked")
            pending.extend(item)
        elif isinstance(item, dict):
            pending.extend(item.values())


class _Remembered(dict[str, Any]):
    """What PyLD keeps from one document for the next: the bundled contexts, and the last short ones of documents.

    Few and short, for each brings along what it makes of ten others. Without any, a document of ours takes three times
    as long.
    """

    def __setitem__(self, context: str, resolved: Any) -> None:
        if context.startswith("{"):  # a document's own; a bundled one goes by its address
            if len(context) > _MAX_REMEMBERED_CHARACTERS:
                return
            inline = [known for known in self if known.startswith("{")]
            if len(inline) >= _MAX_REMEMBERED:
                del self[inline[0]]
        super().__setitem__(context, resolved)


class _Memory(threading.local):
    """One memory a thread, since PyLD changes what it keeps while it works."""

    def __init__(self) -> None:
        self.remembered = _Remembered()


_memory = _Memory()
_load_bundled = contexts.loader()


def _load(url: str, options: dict[str, Any]) -> dict[str, Any]:
    # Without the tag PyLD would read the context anew for each document.
    return {**_load_bundled(url, options), "tag": "static"}


def _json_ld_options() -> dict[str, Any]:
    # No base, so that a relative address is left out of the graph, as everywhere else: PyLD 3.3 would make one up.
    return {"base": None, "documentLoader": _load, "contextResolver": ContextResolver(_memory.remembered, _load)}


def _expand(document: dict[str, Any]) -> tuple[list[Any], bool]:
    """Give the document with every term written out, and whether none had to be dropped."""
    dropped: list[Any] = []
    try:
        expanded = JsonLdProcessor(on_property_dropped=dropped.append).expand(document, _json_ld_options())
    except Exception as error:  # on hostile input PyLD raises much besides its own JsonLdError
        raise _unreadable(error) from None
    return expanded, not dropped


def _is_read_as_signed(document: Mapping[str, Any], expanded: list[Any]) -> bool:
    return len(expanded) == 1 and plain_reading.is_plain(expanded) and plain_reading.is_same(document, expanded[0])


def _hash(expanded: list[Any]) -> str:
    """Give the hash of a graph in its one normal form.

    Spec: RDF Dataset Normalization (URDNA2015), which RDFC-1.0 keeps for SHA-256.
    """
    _verify_spread(expanded)
    try:
        dataset = JsonLdProcessor().to_rdf(expanded, _json_ld_options())
        quads: str = _BoundedNormalization().main(dataset, {"format": "application/n-quads"})
        return hashlib.sha256(quads.encode("utf-8")).hexdigest()
    except SignatureError:
        raise
    except Exception as error:  # as above
        raise _unreadable(error) from None


def _unreadable(error: Exception) -> SignatureError:
    detail = f"{type(error).__name__}: {' '.join(str(error).split())}"
    return SignatureError("The document cannot be read as JSON-LD", detail=detail[:500])


class _BoundedNormalization(URDNA2015):  # type: ignore[misc]
    """URDNA2015 that gives up on graphs made to take for ever."""

    def __init__(self) -> None:
        super().__init__()
        self._steps = 0

    def hash_n_degree_quads(self, id_: str, issuer: Any) -> Any:
        self._steps += len(self.blank_node_info[id_]["quads"]) + len(issuer.order)
        if self._steps > _MAX_STEPS:
            raise SignatureError("The document's graph is too tangled for its linked data signature to be checked")
        return super().hash_n_degree_quads(id_, issuer)
