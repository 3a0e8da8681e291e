"""Paint the example pictures again: `python examples/make.py` (needs Pillow). Nobody's art was used, and no model."""

from __future__ import annotations

from pathlib import Path

from paint import boats, harbour, heron
from PIL import Image

_HERE = Path(__file__).parent


def _camera_tags() -> Image.Exif:
    """What a phone would have written: which way up, which camera, and where the artist's table stands.

    On purpose: publishing this picture shows that the place does not go out with it.
    """
    tags = Image.Exif()
    tags[0x0112] = 6  # stored on its side
    tags[0x010F] = "Example Camera Works"
    tags[0x0110] = "Field 2"
    tags[0x8769] = {0xA431: "EX-0000042"}
    tags[0x8825] = {1: "N", 2: (54.0, 21.0, 36.0), 3: "E", 4: (18.0, 46.0, 12.0)}
    return tags


def main() -> None:
    lying = heron.paint().transpose(Image.Transpose.ROTATE_90)
    lying.save(_HERE / "grey-heron.jpg", quality=82, optimize=True, exif=_camera_tags())
    harbour.paint().save(_HERE / "harbour-at-night.png", optimize=True)
    boats.paint().save(_HERE / "paper-boats.webp", quality=82, method=6)


if __name__ == "__main__":
    main()
