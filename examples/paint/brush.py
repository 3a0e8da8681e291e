"""A small box of paints on Pillow: washes, land lines, and a brush that repaints a sketch stroke by stroke.

Everything takes its own `random.Random`, so that a picture comes out the same each time.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Point = tuple[float, float]
FINE = 2  # Strokes are drawn at twice the size and then reduced: ImageDraw has hard edges.


@dataclass(frozen=True)
class Layer:
    """One round of strokes: how wide, how long, how near the sketch it has to come, how far the hand strays."""

    width_px: int
    length_px: int
    tolerance: int
    stray: int


def mix(a: Colour, b: Colour, share: float) -> Colour:
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def wash(size: tuple[int, int], stops: Sequence[tuple[float, Colour]]) -> Image.Image:
    """A vertical run of colours; `stops` are (height from 0 to 1, colour), top first."""
    column = Image.new("RGB", (1, size[1]))
    for y in range(size[1]):
        height = y / max(1, size[1] - 1)
        above = max((s for s in stops if s[0] <= height), key=lambda s: s[0], default=stops[0])
        below = min((s for s in stops if s[0] >= height), key=lambda s: s[0], default=stops[-1])
        span = below[0] - above[0]
        t = (height - above[0]) / span if span else 0.0
        column.putpixel((0, y), mix(above[1], below[1], t * t * (3 - 2 * t)))
    return column.resize(size)


def skyline(rng: random.Random, width: int, base: float, height: float, rough: float = 0.5) -> list[Point]:
    """The upper edge of a hill range, by halving."""
    ys = [rng.uniform(-1, 1), rng.uniform(-1, 1)]
    swing = 1.0
    while len(ys) < 260:
        between = [(a + b) / 2 + rng.uniform(-swing, swing) for a, b in itertools.pairwise(ys)]
        ys = [y for pair in zip(ys, between, strict=False) for y in pair] + ys[-1:]
        swing *= rough
    return [(index * width / (len(ys) - 1), base + y * height) for index, y in enumerate(ys)]


def curve(points: Sequence[Point], steps: int = 24) -> list[Point]:
    """A smooth line through the points (Catmull-Rom)."""
    padded = [points[0], *points, points[-1]]
    line: list[Point] = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for step in range(steps):
            t = step / steps
            line.append(
                tuple(  # type: ignore[arg-type]
                    0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)
                    for a, b, c, d in zip(p0, p1, p2, p3, strict=True)
                )
            )
    return [*line, points[-1]]


def taper(draw: ImageDraw.ImageDraw, points: Sequence[Point], widths: Sequence[float], fill: Any) -> None:
    """A line whose width runs through `widths`, as a loaded brush leaves it."""
    stretch = max(math.dist(a, b) for a, b in itertools.pairwise(points))
    line = curve(points, max(8, round(stretch)))
    for index, (x, y) in enumerate(line):
        at = index / (len(line) - 1) * (len(widths) - 1)
        low = min(int(at), len(widths) - 2) if len(widths) > 1 else 0
        radius = (widths[low] + (widths[min(low + 1, len(widths) - 1)] - widths[low]) * (at - low)) / 2
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)


def blurred(image: Image.Image, radius: float) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(radius))


def glow(image: Image.Image, centre: Point, radius: float, colour: Colour, strength: float) -> Image.Image:
    """Light around a point, falling off softly."""
    mask = Image.new("L", image.size, 0)
    disc = ImageChops.invert(Image.radial_gradient("L")).point(lambda v: round((v / 255) ** 2 * 255 * strength))
    side = round(radius * 2)
    mask.paste(disc.resize((side, side)), (round(centre[0] - radius), round(centre[1] - radius)))
    return Image.composite(Image.new("RGB", image.size, colour), image, mask)


def repaint(
    sketch: Image.Image, rng: random.Random, layers: Sequence[Layer], flow: Callable[[float, float], float]
) -> Image.Image:
    """Paint the sketch anew with brush strokes, wide ones first; a finer one only where it is still off.

    Strokes run along edges where the sketch has any, else along `flow` (radians at a point).
    """
    canvas = Image.new("RGB", (sketch.width * FINE, sketch.height * FINE), sketch.resize((1, 1)).getpixel((0, 0)))
    for layer in layers:
        guide = blurred(sketch, layer.width_px / 3)
        # Compared with the canvas as it was before this layer.
        seen = canvas.resize(sketch.size, Image.Resampling.BOX)
        off: Any = blurred(ImageChops.difference(seen, guide).convert("L"), layer.width_px / 3).load()
        grey: Any = blurred(guide.convert("L"), layer.width_px / 2).load()
        colours: Any = guide.load()
        step = max(2, layer.width_px // 2)
        spots = [(x, y) for y in range(0, sketch.height, step) for x in range(0, sketch.width, step)]
        rng.shuffle(spots)
        draw = ImageDraw.Draw(canvas)
        for x, y in spots:
            if layer.tolerance == 0 or off[x, y] > layer.tolerance:
                _stroke(draw, rng, layer, (x, y), colours, grey, flow, sketch.size)
    return canvas.resize(sketch.size, Image.Resampling.LANCZOS)


def _stroke(
    draw: ImageDraw.ImageDraw, rng: random.Random, layer: Layer, start: tuple[int, int], colours: Any, grey: Any,
    flow: Callable[[float, float], float], size: tuple[int, int],
) -> None:  # fmt: skip
    base: Colour = colours[start]
    light = rng.randint(-layer.stray, layer.stray)
    tint = [rng.randint(-layer.stray // 3, layer.stray // 3) + light for _ in range(3)]
    x, y = start[0] + rng.uniform(-2, 2), start[1] + rng.uniform(-2, 2)
    path = [(x, y)]
    last = None
    reach = layer.length_px * rng.uniform(0.6, 1.2)
    step = max(3.0, layer.width_px * 0.6)
    for _ in range(max(2, round(reach / step))):
        angle = _along(grey, x, y, size, flow) if last is None or rng.random() < 0.7 else last
        if last is not None and math.cos(angle - last) < 0:
            angle += math.pi
        last = angle
        x, y = x + math.cos(angle) * step, y + math.sin(angle) * step
        if not (0 <= x < size[0] and 0 <= y < size[1]):
            break
        here = colours[int(x), int(y)]
        if sum(abs(a - b) for a, b in zip(here, base, strict=True)) > 70:
            break
        path.append((x, y))
    if len(path) < 2:
        path.append((start[0] + math.cos(last or 0) * 3, start[1] + math.sin(last or 0) * 3))
    bristles = max(1, layer.width_px // 3)
    for index in range(bristles):
        across = (index - (bristles - 1) / 2) * layer.width_px / bristles
        shade = rng.randint(-5, 5)
        fill = tuple(max(0, min(255, c + t + shade)) for c, t in zip(base, tint, strict=True))
        dx, dy = path[-1][0] - path[0][0], path[-1][1] - path[0][1]
        length = math.hypot(dx, dy) or 1.0
        ox, oy = -dy / length * across, dx / length * across
        # Each hair leaves the surface a little earlier or later.
        ends = (rng.uniform(-0.25, 0.15) * layer.width_px, rng.uniform(-0.15, 0.4) * layer.width_px)
        line = [(px + ox, py + oy) for px, py in path]
        line[0] = (line[0][0] + dx / length * ends[0], line[0][1] + dy / length * ends[0])
        line[-1] = (line[-1][0] + dx / length * ends[1], line[-1][1] + dy / length * ends[1])
        width = max(2, round(layer.width_px / bristles * FINE * 1.35))
        draw.line([(px * FINE, py * FINE) for px, py in line], fill=fill, width=width, joint="curve")


def _along(grey: Any, x: float, y: float, size: tuple[int, int], flow: Callable[[float, float], float]) -> float:
    """The direction along an edge of the sketch, or the flow where there is none."""
    column, row = min(max(int(x), 2), size[0] - 3), min(max(int(y), 2), size[1] - 3)
    gx = grey[column + 2, row] - grey[column - 2, row]
    gy = grey[column, row + 2] - grey[column, row - 2]
    if abs(gx) + abs(gy) < 5:
        return flow(x, y)
    return math.atan2(gx, -gy)


def canvas_grain(image: Image.Image, rng: random.Random, strength: float, scale: float = 1.0) -> Image.Image:
    """The tooth of paper or linen under the paint."""
    side = (round(image.width / scale), round(image.height / scale))
    grain = Image.frombytes("L", side, rng.randbytes(side[0] * side[1])).resize(image.size, Image.Resampling.BICUBIC)
    soft = blurred(grain, 0.8).point(lambda v: max(0, min(255, round(128 + (v - 128) * strength))))
    return ImageChops.soft_light(image, Image.merge("RGB", (soft, soft, soft)))
