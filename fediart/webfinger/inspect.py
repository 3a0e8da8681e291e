"""What another server serves at an address, and what this server makes of it: for an admin who wonders why.

Fetches as the inbox would and judges by the same rules, but stores nothing: looking must not change what is seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from fediart import clock, errors
from fediart.activitypub import actors as actor_documents
from fediart.activitypub import addressing, documents, handles, keys, origins, shapes, vocabulary
from fediart.activitypub import notes as note_documents
from fediart.activitypub.actors import PublicKeyEntry, RemoteActor
from fediart.activitypub.errors import ProtocolError
from fediart.activitypub.notes import RemoteNote
from fediart.activitypub.signatures import proofs
from fediart.activitypub.urls import Urls
from fediart.db import queries
from fediart.db.engine import Database
from fediart.remote import actors as remote_actors
from fediart.remote import documents as remote_documents
from fediart.remote import webfinger
from fediart.remote.dialects import RFC9421
from fediart.remote.keyring import Keyring
from fediart.remote.session import Response, Session
from fediart.remote.signer import Signer
from fediart.rights import note_terms
from fediart.rights.finding import Finding, combine
from fediart.webfinger import verdict
from fediart.webfinger.verdict import Verdict

# Servers that demand signatures answer 401, or hide what they have.
_MAY_WANT_A_SIGNATURE = frozenset({401, 403, 404})


@dataclass(frozen=True, slots=True)
class Key:
    """`kind` is what the key is (`RSA 2048`, `Ed25519`), or why it cannot be read."""

    id: str
    kind: str
    is_usable: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """`state` is `verified`, `invalid` or `none`, as kept with a note; `text` says by which key or why."""

    state: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything found out. Of `actor` and `note` one is set, or neither for a document of another type."""

    asked: str
    type: str
    id: str
    signature: str
    proof: Proof
    rights: Finding
    verdict: Verdict
    raw: dict[str, Any]
    actor: RemoteActor | None = None
    note: RemoteNote | None = None
    author: RemoteActor | None = None
    visibility: str | None = None
    keys: tuple[Key, ...] = ()
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Inspector:
    """Looks at other servers for one server."""

    database: Database
    session: Session
    keyring: Keyring
    at: Urls
    plain_http: bool

    async def inspect(self, text: str) -> Report:
        """Fetch what a handle or an address means and report on it.

        Raises: RemoteError, ProtocolError when there is nothing to see, with the reason; InputError for another text.
        """
        async with self.database.read() as tx:
            instance = await queries.instance.require(tx, self.at.base)
            signer = await self.keyring.signer(tx, instance.actor_id)
        session = self.session
        uri = await self._address_of(text)
        signature = await _need_of_signature(session, uri, signer)
        document = await remote_documents.fetch_document(session, uri, signer=signer)
        types = shapes.types_of(document)
        if shapes.type_of(document, vocabulary.ACTOR_TYPES) is not None:
            return await self._report_actor(text, document, signature)
        if shapes.type_of(document, vocabulary.OBJECT_TYPES) is not None:
            return await self._report_note(text, document, signature, signer)
        return Report(
            asked=text,
            type=", ".join(types) or "none",
            id=shapes.id_of(document) or uri,
            signature=signature,
            proof=await _proof_of(session, document, (), signer),
            rights=note_terms.read(document),
            verdict=Verdict("ignore", "neither an actor nor an object that can be shown"),
            raw=document,
        )

    async def _address_of(self, text: str) -> str:
        if text.startswith(("http://", "https://")):
            return text
        if "@" not in text:
            raise errors.InputError(f"“{text}” is neither an address (https://…) nor a handle (@name@host)")
        plain_http = self.plain_http
        return await webfinger.fetch_actor_uri(self.session, handles.parse_handle(text), plain_http=plain_http)

    async def _report_actor(self, text: str, document: dict[str, Any], signature: str) -> Report:
        actor = actor_documents.read_actor(document)
        async with self.database.read() as tx:
            judged = await verdict.on_actor(tx, actor.id)
        remarks = []
        if actor.suspended:
            remarks.append("its own server has suspended it")
        if actor.moved_to:
            remarks.append(f"it has moved to {actor.moved_to}")
        if not actor.keys:
            remarks.append("it lists no key of its own, so nothing that it says can be verified")
        return Report(
            asked=text,
            type=actor.type,
            id=actor.id,
            signature=signature,
            proof=_check(document, actor.keys),
            rights=note_terms.read(document),
            verdict=judged,
            raw=document,
            actor=actor,
            keys=tuple(_read_key(entry) for entry in actor.keys),
            remarks=remarks,
        )

    async def _report_note(self, text: str, document: dict[str, Any], signature: str, signer: Signer) -> Report:
        note = note_documents.read_note(document)
        remarks = []
        author: RemoteActor | None = None
        try:
            author = await remote_actors.fetch_actor(self.session, note.attributed_to[0], signer=signer)
        except (errors.RemoteError, ProtocolError) as exc:
            remarks.append(f"the author could not be fetched: {exc.text}")
        authors_terms = note_terms.read(author.rights if author else {})
        async with self.database.read() as tx:
            judged = await verdict.on_note(tx, note, self.at)
        if not origins.same_host(note.id, note.attributed_to[0]):
            judged = Verdict("ignore", "it names an author on another host")
        return Report(
            asked=text,
            type=note.type,
            id=note.id,
            signature=signature,
            proof=await _proof_of(self.session, document, note.attributed_to, signer),
            rights=combine(note_terms.read(document), authors_terms),
            verdict=judged,
            raw=document,
            note=note,
            author=author,
            visibility=addressing.visibility(note.to, note.cc, author.followers if author else None).value,
            remarks=remarks,
        )


async def _need_of_signature(session: Session, uri: str, signer: Signer) -> str:
    """Ask as a stranger, then with a signature; returns in words what the other server wants.

    Raises: RemoteError, ProtocolError when neither brings an ActivityPub document.
    """
    unsigned = await session.fetch(uri, accept=remote_documents.ACCEPT, signer=None)
    if unsigned.status not in _MAY_WANT_A_SIGNATURE:
        _require_activity(unsigned)
        return "not needed"
    signed = await session.fetch(uri, accept=remote_documents.ACCEPT, signer=signer)
    _require_activity(signed)
    dialect = "RFC 9421" if session.dialects.of(urlsplit(signed.url).netloc) == RFC9421 else "draft-cavage-12"
    return f"needed (status {unsigned.status} without); {dialect} is accepted"


def _require_activity(response: Response) -> None:
    if response.status != 200:
        raise remote_documents.status_error(response)
    if documents.is_activity_media_type(response.content_type):
        return
    kind = response.content_type.partition(";")[0].strip().lower() or "no media type"
    if kind in ("text/html", "application/xhtml+xml"):
        raise ProtocolError(f"{response.url} is a web page ({kind}): its server has no ActivityPub document there")
    raise ProtocolError(f"{response.url} has the wrong media type ({kind}): it must be application/activity+json")


def _read_key(entry: PublicKeyEntry) -> Key:
    try:
        key = _public_key(entry)
    except ProtocolError as exc:
        return Key(entry.id, f"unreadable: {exc.text}", is_usable=False)
    if key is None:
        return Key(entry.id, "named only: its document must be fetched", is_usable=False)
    return Key(entry.id, "Ed25519" if isinstance(key, keys.Ed25519PublicKey) else f"RSA {key.key_size}", is_usable=True)


def _public_key(entry: PublicKeyEntry) -> keys.PublicKey | None:
    if entry.pem is not None:
        return keys.read_public_pem(entry.pem)
    return keys.read_multikey(entry.multibase) if entry.multibase is not None else None


async def _proof_of(session: Session, document: dict[str, Any], owners: tuple[str, ...], signer: Signer) -> Proof:
    """Check an object's proof with its key as the owner lists it now."""
    method = proofs.verification_method(document)
    if method is None or not method.startswith(("http://", "https://")):
        return _check(document, ())
    try:
        owner, entry = await remote_actors.fetch_key(session, method, signer=signer)
    except (errors.RemoteError, ProtocolError) as exc:
        return Proof("invalid", f"the key {method} could not be had: {exc.text}")
    if owners and owner.id not in owners:
        return Proof("invalid", f"the key is of {owner.id}, who is no author of this")
    return _check(document, (entry,))


def _check(document: dict[str, Any], entries: tuple[PublicKeyEntry, ...]) -> Proof:
    if not any(isinstance(proof, dict) for proof in shapes.as_list(document.get("proof"))):
        return Proof("none", "the document carries no proof")
    method = proofs.verification_method(document)
    if method is None:
        return Proof("invalid", "no proof of a kind that can be checked here (eddsa-jcs-2022)")
    entry = next((entry for entry in entries if entry.id == method), None)
    if entry is None:
        return Proof("invalid", f"the key {method} is not among those of the author")
    try:
        key = _public_key(entry)
        if not isinstance(key, keys.Ed25519PublicKey):
            return Proof("invalid", f"the key {method} is not Ed25519")
        proofs.verify_proof(document, key=key, now=clock.now())
    except ProtocolError as exc:
        return Proof("invalid", exc.text)
    return Proof("verified", f"by {method}")
