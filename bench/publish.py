"""`fediart publish` of a camera's 24-megapixel JPEG, as a process from start to end."""

from __future__ import annotations

import sys

from bench import figures, pictures
from bench.figures import Figure, Setting
from bench.instance import Instance, launched

_BARE = "import pyvips, sys; pyvips.Image.new_from_file(sys.argv[1], access='sequential').jpegsave(sys.argv[2], Q=90)"


def measure(setting: Setting) -> dict[str, Figure]:
    """Measure time and peak memory against decoding the same file and encoding it once."""
    picture = pictures.camera(setting.folder / "camera.jpg")
    bare = [sys.executable, "-c", _BARE, str(picture), str(setting.folder / "copy.jpg")]
    ours, baselines = [], []
    with Instance(setting.folder / "publish") as instance:
        for i in range(setting.rounds):
            baselines.append(launched(bare))
            words = ("--as", "mira", "--title", f"Large {i}", "--alt", "Soft shapes")
            ours.append(launched(instance.command("publish", picture, *words)))
    extra = {"file_mb": figures.megabytes(picture.stat().st_size)}
    return {
        "publish_24mp": Figure("s", [one["seconds"] for one in ours], [one["seconds"] for one in baselines], extra),
        "publish_24mp_memory": Figure(
            "MB",
            [figures.megabytes(one["peak_bytes"]) for one in ours],
            [figures.megabytes(one["peak_bytes"]) for one in baselines],
        ),
    }
