"""The example works go through the same door as an artist's own, and leave their place behind."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from fediart.media import prepare
from fediart.media.store import Store

from .pictures import LIMITS, opened

_EXAMPLES = Path(__file__).parents[2] / "examples"
_WORKS: list[dict[str, Any]] = tomllib.loads((_EXAMPLES / "works.toml").read_text(encoding="utf-8"))["work"]


@pytest.mark.parametrize("work", _WORKS, ids=lambda work: work["file"])
def test_an_example_is_ready_to_publish(work: dict[str, Any], tmp_path: Path) -> None:
    data = (_EXAMPLES / work["file"]).read_bytes()
    assert len(data) < 600_000
    assert work["title"]
    assert 80 < len(work["alt"]) < 500
    assert work["tags"]
    image = prepare.prepare(data, name=work["file"], limits=LIMITS, store=Store(tmp_path))
    assert min(image.width, image.height) >= 1400
    assert not dict(opened(Store(tmp_path).read(image.federated.file.key)).getexif())


def test_the_photographed_example_has_a_place_to_lose() -> None:
    tags = PIL.Image.open(_EXAMPLES / "grey-heron.jpg").getexif()
    assert tags[0x0112] == 6
    assert tags.get_ifd(0x8825)
