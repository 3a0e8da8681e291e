"""The one call that publishing makes for a picture: check it, derive from it, store all of it."""

from __future__ import annotations

from dataclasses import dataclass

from fediart import config
from fediart.media import fingerprint, intake, kinds
from fediart.media.derive import Rendition, derive
from fediart.media.store import Store, StoredFile


@dataclass(frozen=True, slots=True)
class StoredRendition:
    """A published version in the store; its digest is `file.sha256`."""

    file: StoredFile
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PreparedImage:
    """A picture that is ready to publish. `original` is the file as given: it may hold a location, never serve it.

    `look` is how it looks, `iscc` names the federated file.
    """

    original: StoredFile
    original_media_type: str
    federated: StoredRendition
    gallery: tuple[StoredRendition, ...]
    width: int
    height: int
    blurhash: str | None
    look: fingerprint.Look
    iscc: str


def prepare(data: bytes, *, name: str, limits: config.Media, store: Store) -> PreparedImage:
    """Take a picture in. Takes up to seconds and works without an event loop: call it in a thread.

    Raises: ImageRefusedError (413, 415, 422) naming the file; FediArtError (500, 507) when it cannot be stored.
    A failure may leave whole, unused files: the next attempt with the same picture uses them.
    """
    source = intake.read_image(data, name=name, limits=limits)
    derived = derive(data, source, limits=limits)
    return PreparedImage(
        original=store.put(data, kinds.TAKEN[source.media_type]),
        original_media_type=source.media_type,
        federated=_store(derived.federated, store),
        gallery=tuple(_store(rendition, store) for rendition in derived.gallery),
        width=derived.width,
        height=derived.height,
        blurhash=derived.blurhash,
        look=derived.look,
        iscc=fingerprint.iscc_of(derived.look, derived.federated.data),
    )


def _store(rendition: Rendition, store: Store) -> StoredRendition:
    file = store.put(rendition.data, kinds.TAKEN[rendition.media_type])
    return StoredRendition(file, rendition.media_type, rendition.width, rendition.height)
