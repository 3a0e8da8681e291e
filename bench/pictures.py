"""Pictures to publish, made when needed: a small one, and one as a camera of today makes it."""

from __future__ import annotations

from pathlib import Path

import pyvips


def small(path: Path) -> Path:
    """Write a small JPEG."""
    pyvips.Image.perlin(320, 240, cell_size=64).cast("uchar").jpegsave(str(path), Q=85)
    return path


def camera(path: Path, *, width: int = 6000, height: int = 4000) -> Path:
    """Write a JPEG with soft shapes at several scales and a sensor's noise: about as large as a photograph."""
    bands = []
    for seed in range(3):
        band = pyvips.Image.gaussnoise(width, height, mean=128, sigma=6, seed=seed)
        for scale, weight in ((1024, 0.5), (256, 0.25), (64, 0.15), (16, 0.1)):
            band += pyvips.Image.perlin(width, height, cell_size=scale, seed=seed * 10 + scale) * (weight * 120)
        bands.append(band)
    bands[0].bandjoin(bands[1:]).cast("uchar").copy(interpretation="srgb").jpegsave(str(path), Q=92)
    return path
