"""Paper boats on a rain puddle, in watercolour: soft washes, rings, a few fallen leaves."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageChops, ImageDraw

from paint import brush
from paint.brush import Colour, Point

SIZE = (1800, 1800)
_PAPER: Colour = (250, 246, 236)


def paint() -> Image.Image:
    rng = random.Random(41)  # noqa: S311  repeatable, not secret
    picture = Image.new("RGB", SIZE, _PAPER)
    picture = _puddle(picture, rng)
    for centre, reach in (((560, 640), 4), ((1240, 1010), 5), ((800, 1330), 4), ((1390, 470), 3), ((380, 1120), 3)):
        picture = _rings(picture, rng, centre, reach)
    for x, y, size, turn, colour in (
        (1250, 560, 190, -0.12, (236, 176, 72)),
        (590, 760, 270, 0.07, (222, 92, 74)),
        (1130, 1130, 360, -0.05, (250, 248, 242)),
    ):
        picture = _boat(picture, rng, (x, y), size, turn, colour)
    for _ in range(11):
        spot = (rng.uniform(230, 1570), rng.uniform(300, 1560))
        if all(math.dist(spot, (x, y)) > far for x, y, far in ((1250, 560, 260), (590, 760, 350), (1130, 1130, 450))):
            picture = _leaf(picture, rng, spot)
    picture = _spatter(picture, rng)
    return brush.canvas_grain(picture, rng, 0.36, 2.2)


def _glaze(picture: Image.Image, mask: Image.Image, colour: Colour, strength: float) -> Image.Image:
    """Lay transparent colour over what is there; the paper shines through."""
    layer = ImageChops.multiply(picture, Image.new("RGB", SIZE, colour))
    return Image.composite(layer, picture, mask.point(lambda v: round(v * strength)))


def _blooms(rng: random.Random, coarse: int) -> Image.Image:
    """Cloudy unevenness, as pigment settles."""
    total = Image.new("L", SIZE, 128)
    for side, share in ((coarse, 0.6), (coarse * 3, 0.35), (coarse * 8, 0.2)):
        noise = Image.frombytes("L", (side, side), rng.randbytes(side * side)).resize(SIZE, Image.Resampling.BICUBIC)
        total = Image.blend(total, noise, share)
    return total


def _wet_shape(rng: random.Random, points: list[Point], wobble: float) -> Image.Image:
    """A shape as a wet brush leaves it: uneven inside, with a darker rim where the water dried last."""
    mask = Image.new("L", SIZE, 0)
    line = [(x + rng.gauss(0, wobble), y + rng.gauss(0, wobble)) for x, y in brush.curve(points, 30)]
    ImageDraw.Draw(mask).polygon(line, fill=255)
    mask = brush.blurred(mask, 1.4)
    rim = ImageChops.subtract(mask, brush.blurred(mask, 14))
    inside = ImageChops.multiply(mask, _blooms(rng, 5).point(lambda v: min(255, 105 + v * 2 // 3)))
    return ImageChops.add(inside.point(lambda v: v * 4 // 5), rim)


def _puddle(picture: Image.Image, rng: random.Random) -> Image.Image:
    def outline(scale: float, phase: float) -> list[Point]:
        points = []
        for index in range(29):
            angle = index / 28 * math.tau
            reach = scale * (1 + 0.07 * math.sin(3 * angle + phase) + 0.05 * math.sin(5 * angle + 2 * phase))
            points.append((900 + math.cos(angle) * 800 * reach, 920 + math.sin(angle) * 770 * reach))
        return points

    for scale, colour, strength, phase in (
        (1.0, (150, 206, 222), 0.75, 0.4),
        (0.93, (126, 190, 216), 0.55, 0.9),
        (0.80, (150, 190, 226), 0.55, 1.7),
        (0.58, (128, 172, 214), 0.45, 2.6),
    ):
        picture = _glaze(picture, _wet_shape(rng, outline(scale, phase), 2.0), colour, strength)
    # The sky in the puddle: a warm cloud and a deeper corner, both bled into the wet wash.
    for spot, size, colour, strength in (
        ((620, 1240), (520, 260), (255, 214, 190), 0.7),
        ((1300, 760), (460, 220), (255, 224, 206), 0.6),
        ((520, 480), (420, 240), (104, 150, 206), 0.55),
        ((1330, 1400), (420, 260), (92, 146, 190), 0.6),
        ((930, 330), (520, 170), (122, 176, 196), 0.5),
    ):
        mask = Image.new("L", SIZE, 0)
        ImageDraw.Draw(mask).ellipse(
            (spot[0] - size[0], spot[1] - size[1], spot[0] + size[0], spot[1] + size[1]), fill=255
        )
        soft = ImageChops.multiply(brush.blurred(mask, 110), _blooms(rng, 7))
        picture = _glaze(
            picture, ImageChops.multiply(soft, _wet_shape(rng, outline(0.98, 0.4), 1)), colour, strength * 2
        )
    return picture


def _rings(picture: Image.Image, rng: random.Random, centre: Point, count: int) -> Image.Image:
    for index in range(count):
        half = 36 + index * rng.uniform(38, 46)
        for offset, colour, strength in ((0.0, (74, 128, 174), 0.8), (5.0, (255, 255, 255), 0.0)):
            mask = Image.new("L", SIZE, 0)
            draw = ImageDraw.Draw(mask)
            x, y = centre[0], centre[1] + offset
            begin = rng.uniform(0, 360)
            draw.arc(
                (x - half, y - half * 0.42, x + half, y + half * 0.42),
                begin,
                begin + rng.uniform(230, 340),
                fill=230 - index * 34,
                width=5,
            )
            mask = brush.blurred(mask, 1.3)
            if strength:
                picture = _glaze(picture, mask, colour, strength)
            else:
                picture = Image.composite(
                    Image.new("RGB", SIZE, (246, 250, 250)), picture, mask.point(lambda v: v * 2 // 3)
                )
    return picture


def _boat(
    picture: Image.Image, rng: random.Random, centre: Point, size: float, turn: float, colour: Colour
) -> Image.Image:
    """The boat that every child folds: a hull with two corners, a sail between, four tones of one paper."""

    def at(*points: Point) -> list[Point]:
        cos, sin = math.cos(turn), math.sin(turn)
        return [(centre[0] + size * (x * cos - y * sin), centre[1] + size * (x * sin + y * cos)) for x, y in points]

    picture = _mirror(picture, rng, at, size, colour)
    shade = brush.mix(colour, (70, 84, 130), 0.42)
    deep = brush.mix(colour, (54, 66, 112), 0.58)
    light = brush.mix(colour, (255, 255, 255), 0.45)
    faces = [
        (at((0.0, -0.92), (-0.36, -0.04), (0.04, 0.02)), light),
        (at((0.0, -0.92), (0.04, 0.02), (0.40, -0.06)), shade),
        (at((-1.0, -0.26), (-0.36, -0.06), (0.06, -0.02), (0.4, -0.08), (1.02, -0.30), (0.0, 0.16)), deep),
        (at((-1.0, -0.26), (-0.05, 0.06), (0.02, 0.40), (-0.56, 0.36)), colour),
        (at((1.02, -0.30), (-0.05, 0.06), (0.02, 0.40), (0.60, 0.33)), brush.mix(colour, shade, 0.55)),
    ]
    for points, tone in faces:
        mask = Image.new("L", SIZE, 0)
        ImageDraw.Draw(mask).polygon(points, fill=255)
        mask = brush.blurred(mask, 1.1)
        picture = Image.composite(Image.new("RGB", SIZE, (254, 252, 246)), picture, mask)
        cloudy = ImageChops.multiply(mask, _blooms(rng, 9).point(lambda v: min(255, 150 + v // 2)))
        rim = ImageChops.subtract(mask, brush.blurred(mask, size / 26))
        picture = _glaze(picture, ImageChops.add(cloudy, rim.point(lambda v: v // 2)), tone, 0.92)
    pencil = Image.new("L", SIZE, 0)
    draw = ImageDraw.Draw(pencil)
    for points, _ in faces:
        line = [(x + rng.gauss(0, 1), y + rng.gauss(0, 1)) for x, y in [*points, points[0]]]
        draw.line(line, fill=170, width=3, joint="curve")
    draw.line(at((0.0, -0.92), (0.05, 0.06), (0.02, 0.4)), fill=120, width=2)
    return _glaze(picture, brush.blurred(pencil, 0.7), (70, 66, 84), 0.85)


def _mirror(picture: Image.Image, rng: random.Random, at: object, size: float, colour: Colour) -> Image.Image:
    """The boat upside down in the water, torn into level strips that widen away from the hull."""
    assert callable(at)
    shadow = Image.new("L", SIZE, 0)
    ImageDraw.Draw(shadow).polygon(at((-0.60, 0.34), (0.64, 0.30), (0.80, 0.44), (0.0, 0.56), (-0.74, 0.48)), fill=255)
    picture = _glaze(picture, brush.blurred(shadow, size / 18), (52, 92, 140), 0.8)
    strips = Image.new("L", SIZE, 0)
    draw = ImageDraw.Draw(strips)
    for index in range(15):
        y = 0.42 + index * 0.062
        half = max(0.06, 0.56 - index * 0.036) * rng.uniform(0.75, 1.08)
        sway = rng.gauss(0, 0.02 + index * 0.004)
        draw.polygon(
            at(
                *brush.curve(
                    [(sway - half, y), (sway, y - 0.018), (sway + half, y), (sway, y + 0.022), (sway - half, y)], 8
                )
            ),
            fill=235 - index * 12,
        )
    return _glaze(picture, brush.blurred(strips, 2.2), brush.mix(colour, (84, 120, 170), 0.4), 0.8)


def _leaf(picture: Image.Image, rng: random.Random, spot: Point) -> Image.Image:
    length, angle = rng.uniform(44, 84), rng.uniform(0, math.tau)
    cos, sin = math.cos(angle), math.sin(angle)

    def at(x: float, y: float) -> Point:
        return spot[0] + length * (x * cos - y * sin), spot[1] + length * 0.7 * (x * sin + y * cos)

    colour = rng.choice([(206, 128, 52), (226, 164, 62), (180, 84, 54), (156, 148, 70)])
    blade = [at(*p) for p in ((-1, 0), (-0.4, -0.36), (0.3, -0.32), (1, 0), (0.3, 0.34), (-0.4, 0.32), (-1, 0))]
    shadow = Image.new("L", SIZE, 0)
    ImageDraw.Draw(shadow).polygon([(x + 7, y + 12) for x, y in brush.curve(blade)], fill=255)
    picture = _glaze(picture, brush.blurred(shadow, 5), (84, 124, 160), 0.7)
    body = Image.new("L", SIZE, 0)
    ImageDraw.Draw(body).polygon(brush.curve(blade), fill=255)
    picture = Image.composite(Image.new("RGB", SIZE, (252, 246, 230)), picture, body)
    picture = _glaze(picture, _wet_shape(rng, blade, 0.6), colour, 1.0)
    veins = Image.new("L", SIZE, 0)
    draw = ImageDraw.Draw(veins)
    draw.line([at(-1.25, 0.03), at(0.9, 0)], fill=220, width=3)
    for share in (-0.5, -0.15, 0.2, 0.5):
        for side in (-1, 1):
            draw.line([at(share, 0), at(share + 0.24, 0.2 * side)], fill=150, width=2)
    return _glaze(picture, brush.blurred(veins, 0.7), (110, 66, 40), 0.9)


def _spatter(picture: Image.Image, rng: random.Random) -> Image.Image:
    mask = Image.new("L", SIZE, 0)
    draw = ImageDraw.Draw(mask)
    for _ in range(90):
        x, y, r = rng.uniform(30, 1770), rng.uniform(30, 1770), rng.expovariate(0.4) + 1
        if math.dist((x, y), (900, 920)) > 700:
            draw.ellipse((x - r, y - r, x + r, y + r), fill=rng.randint(60, 200))
    return _glaze(picture, brush.blurred(mask, 0.8), (128, 184, 210), 0.8)
