"""A remote actor in one form: what is needed to talk to it and to show it, and its keys.

Only id, type and inbox are indispensable; anything else that makes no sense is left out rather than failing, for
without the actor nothing it says can be verified. Usernames come from here or from WebFinger, never from the id.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from fediart.activitypub import handles, origins, shapes, tags, timestamps
from fediart.activitypub.errors import ProtocolError
from fediart.activitypub.vocabulary import ACTOR_TYPES

_MAX_KEYS: Final = 10
_MAX_FIELDS: Final = 50
_MAX_ALIASES: Final = 256
_MAX_USERNAME_CHARACTERS: Final = 128
_MAX_NAME_CHARACTERS: Final = 2048
_MAX_SUMMARY_CHARACTERS: Final = 20_000
_MAX_FIELD_CHARACTERS: Final = 2047
_MAX_KEY_CHARACTERS: Final = 16_384
_IMAGE_TYPES: Final = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/avif")


@dataclass(frozen=True, slots=True)
class PublicKeyEntry:
    """A key as an actor lists it; with neither `pem` nor `multibase` it is named only and must be fetched."""

    id: str
    owner: str | None
    pem: str | None = None
    multibase: str | None = None


@dataclass(frozen=True, slots=True)
class RemoteActor:
    """`summary` and the values of `fields` are HTML as received: sanitise before showing."""

    id: str
    type: str
    host: str
    inbox: str
    username: str | None = None
    name: str | None = None
    summary: str | None = None
    url: str | None = None
    shared_inbox: str | None = None
    outbox: str | None = None
    followers: str | None = None
    following: str | None = None
    featured: str | None = None
    icon_url: str | None = None
    image_url: str | None = None
    keys: tuple[PublicKeyEntry, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    emojis: tuple[tuple[str, str], ...] = ()
    discoverable: bool = False
    indexable: bool = False
    manually_approves_followers: bool = False
    also_known_as: tuple[str, ...] = ()
    moved_to: str | None = None
    published: datetime | None = None
    webfinger: str | None = None
    suspended: bool = False
    rights: dict[str, Any] = field(default_factory=dict)


def read_actor(doc: dict[str, Any]) -> RemoteActor:
    """Read an actor document.

    Spec: ActivityPub, section 4.1.
    Raises: ProtocolError when id, type or inbox is missing or unusable.
    Trust: the caller knows that the document comes from the host of its id.
    """
    actor_type = shapes.type_of(doc, ACTOR_TYPES)
    if actor_type is None:
        raise ProtocolError("The document is not an actor", detail=f"{shapes.types_of(doc)!r}"[:500])
    actor_id = shapes.own_web_id_of(doc)
    if actor_id is None:
        raise ProtocolError("The actor has no usable id")
    # Not bound to the host of the id: bridges keep the inboxes of actors that live on people's own domains.
    inbox = shapes.web_reference_of(doc.get("inbox"))
    if inbox is None:
        raise ProtocolError("The actor has no usable inbox", detail=actor_id)
    endpoints = doc.get("endpoints")
    shared = endpoints.get("sharedInbox") if isinstance(endpoints, dict) else None
    return RemoteActor(
        id=actor_id,
        type=actor_type,
        host=origins.host_of(actor_id),
        inbox=inbox,
        username=_username_of(doc),
        name=_short_text(doc, "name", _MAX_NAME_CHARACTERS),
        summary=_short_text(doc, "summary", _MAX_SUMMARY_CHARACTERS),
        url=_on_host(shapes.url_of(doc.get("url")), actor_id) or actor_id,
        shared_inbox=_near(shared, actor_id) or _near(doc.get("sharedInbox"), actor_id),
        outbox=_near(doc.get("outbox"), actor_id),
        followers=_near(doc.get("followers"), actor_id),
        following=_near(doc.get("following"), actor_id),
        featured=_near(doc.get("featured"), actor_id),
        icon_url=shapes.url_of(doc.get("icon"), prefer=_IMAGE_TYPES),
        image_url=shapes.url_of(doc.get("image"), prefer=_IMAGE_TYPES),
        keys=_keys_of(doc, actor_id),
        fields=_fields_of(doc.get("attachment")),
        emojis=tags.emojis_of(doc.get("tag")),
        discoverable=shapes.bool_of(doc.get("discoverable")),
        indexable=shapes.bool_of(doc.get("indexable")),
        manually_approves_followers=shapes.bool_of(doc.get("manuallyApprovesFollowers")),
        also_known_as=_aliases_of(doc.get("alsoKnownAs")),
        moved_to=shapes.web_reference_of(doc.get("movedTo")),
        published=timestamps.read_timestamp(doc.get("published")),
        webfinger=_webfinger_of(doc.get("webfinger")),
        suspended=shapes.bool_of(doc.get("suspended")),
        rights=shapes.rights_of(doc),
    )


def key_in(doc: dict[str, Any], key_id: str) -> PublicKeyEntry | None:
    """Give the key that a document fetched from `key_id` holds: it is the key, or its owner's document.

    Interop: GoToSocial 0.20 serves a stub of the actor, without inbox, at the address of the key.
    Trust: the owner named is only a claim; the owner's own document must list this key.
    """
    if not isinstance(doc, dict):
        return None
    if doc.get("id") == key_id and (entry := _read_key(doc)) is not None:
        return entry
    owner = shapes.own_web_id_of(doc)
    if owner is None:
        return None
    return next((entry for entry in _keys_of(doc, owner) if entry.id == key_id and entry.owner == owner), None)


def _keys_of(doc: dict[str, Any], actor_id: str) -> tuple[PublicKeyEntry, ...]:
    """Keys of `publicKey` and `assertionMethod`, without those that are somebody else's.

    A key with its id on another host is dropped: whoever looks keys up by id would take it for that host's key.
    """
    keys: dict[str, PublicKeyEntry] = {}
    for name in ("publicKey", "assertionMethod"):
        for item in shapes.as_list(doc.get(name))[:_MAX_KEYS]:
            entry = PublicKeyEntry(id=item.strip(), owner=None) if isinstance(item, str) else _read_key(item)
            if entry is None or not origins.same_host(entry.id, actor_id):
                continue
            if isinstance(item, dict) and entry.owner != actor_id:
                continue
            if entry.id not in keys or keys[entry.id].owner is None:
                keys[entry.id] = entry
    return tuple(keys.values())


def _read_key(node: object) -> PublicKeyEntry | None:
    """Read a key object; its id stays as written, since signatures must name it exactly so."""
    if not isinstance(node, dict):
        return None
    key_id, pem, multibase = node.get("id"), node.get("publicKeyPem"), node.get("publicKeyMultibase")
    owner = shapes.web_reference_of(node.get("owner")) or shapes.web_reference_of(node.get("controller"))
    has_pem = isinstance(pem, str) and 0 < len(pem) <= _MAX_KEY_CHARACTERS
    has_multibase = isinstance(multibase, str) and 0 < len(multibase) <= _MAX_KEY_CHARACTERS
    if not isinstance(key_id, str) or owner is None or not (has_pem or has_multibase):
        return None
    if not origins.is_acceptable_id(key_id, plain_http=True):
        return None
    return PublicKeyEntry(
        id=key_id, owner=owner, pem=pem if has_pem else None, multibase=multibase if has_multibase else None
    )


def _near(value: object, actor_id: str) -> str | None:
    return _on_host(shapes.web_reference_of(value), actor_id)


def _on_host(url: str | None, actor_id: str) -> str | None:
    return url if url is not None and origins.same_host(url, actor_id) else None


def _short_text(doc: dict[str, Any], name: str, limit: int) -> str | None:
    text, _ = shapes.text_of(doc, name)
    return text[:limit] if text else None


def _username_of(doc: dict[str, Any]) -> str | None:
    text, _ = shapes.text_of(doc, "preferredUsername")
    username = (text or "").strip()
    if not 0 < len(username) <= _MAX_USERNAME_CHARACTERS or any(c.isspace() or c in "@/:?#" for c in username):
        return None
    return username


def _fields_of(value: object) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for item in shapes.as_list(value):
        if "PropertyValue" not in shapes.types_of(item):
            continue
        name, text = _short_text(item, "name", _MAX_FIELD_CHARACTERS), _short_text(item, "value", _MAX_FIELD_CHARACTERS)
        if name and text:
            found.append((name, text))
    return tuple(found[:_MAX_FIELDS])


def _aliases_of(value: object) -> tuple[str, ...]:
    references = (shapes.normalized(iri) for iri in shapes.ids_of(value)[:_MAX_ALIASES])
    return tuple(dict.fromkeys(iri for iri in references if iri is not None))


def _webfinger_of(value: object) -> str | None:
    """Read the handle of FEP-2c59 as `name@host`."""
    if not isinstance(value, str):
        return None
    try:
        return handles.parse_handle(value).acct
    except ProtocolError:
        return None
