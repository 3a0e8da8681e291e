from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from fediart.media import prepare
from fediart.media.refused import ImageRefusedError
from fediart.media.store import Store

from .pictures import LIMITS, encoded, exif, opened, shades


def test_a_picture_is_kept_as_given_and_published_without_its_place(tmp_path: Path) -> None:
    store = Store(tmp_path)
    data = encoded(shades(1200, 800), "JPEG", exif=exif(6))
    image = prepare.prepare(data, name="héron.jpg", limits=LIMITS, store=store)
    assert store.read(image.original.key) == data
    assert (image.original_media_type, image.width, image.height) == ("image/jpeg", 800, 1200)
    federated = store.read(image.federated.file.key)
    assert image.federated.file.sha256 == hashlib.sha256(federated).hexdigest()
    assert image.federated.file.size_bytes == len(federated)
    assert opened(federated).size == (image.federated.width, image.federated.height) == (800, 1200)
    assert not dict(opened(federated).getexif())
    assert [(r.media_type, r.width, r.height) for r in image.gallery] == [
        ("image/webp", 480, 720),
        ("image/webp", 800, 1200),
    ]
    assert image.blurhash
    assert all(key.isascii() for key in (image.original.key, image.federated.file.key))


def test_the_same_picture_twice_takes_no_more_room(tmp_path: Path) -> None:
    store = Store(tmp_path)
    data = encoded(shades(600, 400), "PNG")
    first = prepare.prepare(data, name="a", limits=LIMITS, store=store)
    files = sorted(tmp_path.rglob("*"))
    assert prepare.prepare(data, name="b", limits=LIMITS, store=store) == first
    assert sorted(tmp_path.rglob("*")) == files


def test_a_refused_file_leaves_nothing_in_the_store(tmp_path: Path) -> None:
    for data in (b"", b"<svg/>", encoded(shades(90, 60), "JPEG")[:700]):
        with pytest.raises(ImageRefusedError, match=r"^x\.jpg: "):
            prepare.prepare(data, name="../x.jpg", limits=LIMITS, store=Store(tmp_path))
    assert list(tmp_path.iterdir()) == []
