"""A small harbour at night, cut from few flat colours like a screen print: lit windows, masts, light on the water."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageDraw

from paint import brush
from paint.brush import Colour, Point

SIZE = (2000, 1400)
_QUAY = 860
_NIGHT: list[Colour] = [(13, 20, 46), (19, 31, 66), (27, 45, 88), (38, 63, 110), (58, 86, 132)]
_FRONTS: list[Colour] = [(88, 54, 72), (56, 62, 96), (116, 66, 62), (46, 76, 94), (84, 76, 92), (132, 88, 70)]
_LAMP: Colour = (255, 206, 104)
_WARM: list[Colour] = [_LAMP, (255, 178, 82), (250, 226, 152), (240, 140, 74)]
_COLOURS = 128


def paint() -> Image.Image:
    rng = random.Random(23)  # noqa: S311  repeatable, not secret
    image = Image.new("RGB", (SIZE[0] * brush.FINE, SIZE[1] * brush.FINE), _NIGHT[0])
    draw = ImageDraw.Draw(image)
    _sky(draw, rng)
    lights = _town(draw, rng)
    _water(image, rng, lights)
    for x, length, hue in ((420, 300, (176, 58, 54)), (1010, 380, (226, 216, 196)), (1560, 270, (44, 112, 118))):
        _boat(draw, rng, x, _QUAY + 150 + (x % 7) * 14, length, hue)
    _front_quay(draw, rng)
    small = image.resize(SIZE, Image.Resampling.LANCZOS)
    # Few inks and no dither: that is the look, and the reason why a PNG of it is small.
    return small.quantize(_COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE)


def _big(points: list[Point]) -> list[Point]:
    return [(x * brush.FINE, y * brush.FINE) for x, y in points]


def _box(draw: ImageDraw.ImageDraw, left: float, top: float, right: float, bottom: float, fill: Colour) -> None:
    draw.rectangle([v * brush.FINE for v in (left, top, right, bottom)], fill=fill)


def _disc(draw: ImageDraw.ImageDraw, x: float, y: float, across: float, down: float, fill: Colour) -> None:
    draw.ellipse([v * brush.FINE for v in (x - across, y - down, x + across, y + down)], fill=fill)


def _sky(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    moon = (1490.0, 250.0)
    for index, colour in enumerate(_NIGHT):
        top = [0, 190, 360, 510, 640][index]
        edge = [
            (x, top + 26 * math.sin(x / 240 + index * 2) + 12 * math.sin(x / 97 + index))
            for x in range(0, SIZE[0] + 20, 20)
        ]
        draw.polygon(_big([*edge, (SIZE[0], SIZE[1]), (0, SIZE[1])]), fill=colour)
    for radius, share in ((210, 0.10), (160, 0.18), (118, 0.3)):
        _disc(draw, *moon, radius, radius, brush.mix(_NIGHT[1], (236, 226, 190), share))
    _disc(draw, *moon, 84, 84, (246, 236, 204))
    for x, y, r in ((-26.0, -18.0, 17.0), (22.0, 14.0, 24.0), (-8.0, 40.0, 11.0), (30.0, -34.0, 9.0)):
        _disc(draw, moon[0] + x, moon[1] + y, r, r, (228, 214, 178))
    for _ in range(120):
        x, y = rng.uniform(0, SIZE[0]), rng.uniform(0, 470) * rng.random()
        if math.dist((x, y), moon) > 250:
            r = rng.choice([1.3, 1.8, 2.6])
            _disc(draw, x, y, r, r, (214, 222, 236))
    for x, y, length in ((120, 330, 520), (760, 250, 380), (1240, 420, 640)):
        for shift in range(3):
            left, top = x + shift * 70 - 40, y + shift * 13
            shape = [
                (left, top),
                (left + length * 0.3, top - 15),
                (left + length * 0.7, top - 9),
                (left + length, top),
                (left + length * 0.5, top + 9),
            ]
            draw.polygon(_big(brush.curve([*shape, shape[0]])), fill=brush.mix(_NIGHT[3], _NIGHT[4], 0.4 + shift * 0.3))
    for base, height, colour in ((650, 70, (33, 50, 90)), (720, 54, (24, 36, 68))):
        ridge = brush.skyline(rng, SIZE[0], base, height, 0.48)
        draw.polygon(_big([*ridge, (SIZE[0], SIZE[1]), (0, SIZE[1])]), fill=colour)


def _town(draw: ImageDraw.ImageDraw, rng: random.Random) -> list[tuple[float, float, Colour]]:
    """Two rows of gabled houses; returns where light falls on the water: (x, width, colour)."""
    lights: list[tuple[float, float, Colour]] = []
    for row, (ground, small, large, dark) in enumerate(((_QUAY - 70, 80, 130, 0.55), (_QUAY - 6, 116, 190, 0.12))):
        x = -30.0
        while x < SIZE[0]:
            width, height = rng.uniform(small, large), rng.uniform(130, 250) * (1.0 if row else 1.15)
            front = brush.mix(rng.choice(_FRONTS), _NIGHT[1], dark)
            lights += _house(draw, rng, (x, ground, width, height), front, is_near=bool(row))
            x += width + rng.choice([0, 0, 2, 26])
        if row == 0:
            _church(draw, 700, ground)
    _box(draw, 0, _QUAY - 8, SIZE[0], _QUAY + 40, (34, 34, 54))
    for x in range(30, SIZE[0], 74):
        _box(draw, x, _QUAY + 2, x + 58, _QUAY + 16, (44, 44, 66))
        _box(draw, x - 30, _QUAY + 20, x + 28, _QUAY + 34, (40, 40, 62))
    for x in (180, 640, 1180, 1720):
        _box(draw, x - 2.5, _QUAY - 104, x + 2.5, _QUAY - 8, (18, 20, 36))
        for radius, share in ((40, 0.25), (26, 0.5)):
            _disc(draw, x, _QUAY - 110, radius, radius, brush.mix((60, 56, 80), _LAMP, share))
        _disc(draw, x, _QUAY - 110, 13, 15, (255, 236, 178))
        lights.append((x, 30, (255, 226, 150)))
    return lights


def _house(
    draw: ImageDraw.ImageDraw,
    rng: random.Random,
    place: tuple[float, float, float, float],
    front: Colour,
    *,
    is_near: bool,
) -> list[tuple[float, float, Colour]]:
    x, ground, width, height = place
    top = ground - height
    _box(draw, x, top, x + width, ground + 10, front)
    _box(draw, x, top, x + width * 0.12, ground + 10, brush.mix(front, (14, 18, 40), 0.35))
    roof = brush.mix(front, (16, 20, 42), 0.6)
    peak = width * rng.uniform(0.36, 0.58)
    if rng.random() < 0.3:
        steps = [
            (x + width * a, top - peak * b)
            for a, b in (
                (0, 0),
                (0, 0.3),
                (0.18, 0.3),
                (0.18, 0.62),
                (0.36, 0.62),
                (0.36, 1),
                (0.64, 1),
                (0.64, 0.62),
                (0.82, 0.62),
                (0.82, 0.3),
                (1, 0.3),
                (1, 0),
            )
        ]
        draw.polygon(_big(steps), fill=front)
    else:
        draw.polygon(_big([(x - 6, top + 4), (x + width / 2, top - peak), (x + width + 6, top + 4)]), fill=roof)
    _box(draw, x + width * 0.7, top - peak * 0.8, x + width * 0.8, top - peak * 0.1, roof)
    lights: list[tuple[float, float, Colour]] = []
    across, down = max(2, round(width / 46)), max(2, round(height / 62))
    for column in range(across):
        for line in range(down):
            left, upper = x + width * (column + 0.5) / across - 10, top + 20 + line * (height - 44) / down
            is_lit = rng.random() < (0.5 if is_near else 0.32)
            glass = rng.choice(_WARM) if is_lit else brush.mix(front, (12, 18, 44), 0.55)
            _box(draw, left - 2, upper - 2, left + 22, upper + 34, brush.mix(front, (240, 230, 210), 0.16))
            _box(draw, left, upper, left + 20, upper + 31, glass)
            _box(draw, left + 9, upper, left + 11, upper + 31, brush.mix(front, (20, 20, 36), 0.4))
            _box(draw, left, upper + 13, left + 20, upper + 15, brush.mix(front, (20, 20, 36), 0.4))
            if is_lit and is_near:
                lights.append((left + 10, 15, glass))
    if is_near:
        door = x + width * rng.uniform(0.3, 0.6)
        _box(draw, door, ground - 40, door + 24, ground, brush.mix(front, (20, 16, 30), 0.6))
    return lights


def _church(draw: ImageDraw.ImageDraw, x: float, ground: float) -> None:
    tone: Colour = (44, 56, 98)
    _box(draw, x, ground - 350, x + 78, ground, tone)
    draw.polygon(_big([(x - 8, ground - 348), (x + 39, ground - 556), (x + 86, ground - 348)]), fill=(33, 43, 80))
    _disc(draw, x + 39, ground - 300, 21, 21, (250, 226, 152))
    for a, b in (((39, -300), (39, -316)), ((39, -300), (50, -294))):
        draw.line(_big([(x + a[0], ground + a[1]), (x + b[0], ground + b[1])]), fill=(50, 40, 50), width=5)
    draw.line(_big([(x + 39, ground - 556), (x + 39, ground - 590)]), fill=(22, 29, 58), width=7)
    draw.line(_big([(x + 29, ground - 578), (x + 49, ground - 578)]), fill=(22, 29, 58), width=6)


def _water(image: Image.Image, rng: random.Random, lights: list[tuple[float, float, Colour]]) -> None:
    top = _QUAY + 40.0
    draw = ImageDraw.Draw(image)
    for index in range(5):
        y = top + (0, 60, 160, 290, 420)[index]
        edge = [(x, y + (9 * math.sin(x / 130 + index * 3) if index else 0)) for x in range(0, SIZE[0] + 20, 20)]
        draw.polygon(
            _big([*edge, (SIZE[0], SIZE[1]), (0, SIZE[1])]), fill=brush.mix((24, 40, 76), (9, 15, 38), index / 4)
        )
    for x, width, colour in lights:
        reach = rng.uniform(150, 400)
        y = top + rng.uniform(4, 14)
        while y < top + reach:
            share = (y - top) / reach
            half = width * (0.6 + share * 1.2) * rng.uniform(0.35, 1.0)
            sway = rng.gauss(0, 3 + 10 * share)
            _disc(draw, x + sway, y, half, 2.2 + share * 2.2, brush.mix(colour, (18, 30, 64), 0.15 + share * 0.6))
            y += 9 + share * 13
    for _ in range(150):
        share = rng.random() ** 0.8
        y, x = top + 10 + share * 440, 1490 + rng.gauss(0, 26 + 90 * share)
        _disc(
            draw,
            x,
            y,
            rng.uniform(8, 38) * (0.5 + share),
            1.6 + share * 2,
            brush.mix((226, 224, 214), (40, 60, 100), 0.25 + share * 0.5),
        )
    for _ in range(240):
        share = rng.random()
        y, x = top + share * 480, rng.uniform(0, SIZE[0])
        _disc(
            draw,
            x,
            y,
            rng.uniform(20, 90) * (0.4 + share),
            1.2 + share * 1.6,
            brush.mix((36, 58, 100), (14, 24, 54), rng.random()),
        )


def _boat(draw: ImageDraw.ImageDraw, rng: random.Random, x: float, y: float, length: float, hue: Colour) -> None:
    for index in range(16):
        half = length * (0.5 - index * 0.018) * rng.uniform(0.8, 1.0)
        _disc(
            draw,
            x + rng.gauss(0, 9),
            y + 42 + index * 9,
            half,
            3.4,
            brush.mix(brush.mix(hue, (10, 14, 34), 0.55), (12, 20, 46), index / 18),
        )
    mast = x + length * 0.04
    for step in range(26):
        _disc(draw, mast + 9 * math.sin(step / 2.1), y + 70 + step * 9, 5 - step * 0.13, 3.4, (28, 30, 50))
    hull = [
        (x - length * 0.52, y - 20),
        (x - length * 0.4, y + 42),
        (x + length * 0.4, y + 42),
        (x + length * 0.54, y - 32),
    ]
    draw.polygon(_big([*hull, (x + length * 0.1, y - 8)]), fill=brush.mix(hue, (14, 18, 40), 0.3))
    draw.polygon(
        _big(
            [
                hull[0],
                (x + length * 0.1, y - 8),
                hull[3],
                (x + length * 0.51, y - 14),
                (x + length * 0.1, y + 9),
                (x - length * 0.5, y - 2),
            ]
        ),
        fill=hue,
    )
    _box(draw, x - length * 0.39, y + 32, x + length * 0.4, y + 42, (22, 22, 40))
    _box(draw, x - length * 0.27, y - 54, x - length * 0.02, y - 8, (206, 196, 178))
    _box(draw, x - length * 0.29, y - 62, x, y - 53, (120, 62, 56))
    for share in (0.22, 0.14, 0.06):
        _disc(draw, x - length * share, y - 32, 8, 8, _LAMP)
    rope: Colour = (148, 154, 172)
    tall = y - length * 1.12
    for end in (hull[0], hull[3]):
        draw.line(_big([(mast, tall + 12), end]), fill=rope, width=3)
    draw.line(_big([(mast, y - 8), (mast, tall)]), fill=(176, 138, 104), width=14)
    draw.line(_big([(mast, y - 70), (mast + length * 0.38, y - 92)]), fill=(150, 112, 84), width=11)
    furled = [
        (mast + 6, y - 80),
        (mast + length * 0.14, y - 92),
        (mast + length * 0.26, y - 96),
        (mast + length * 0.37, y - 98),
    ]
    brush.taper(draw, _big(furled), [18, 30, 26, 10], (222, 214, 200))
    draw.polygon(_big([(mast, tall), (mast + 46, tall + 10), (mast, tall + 22)]), fill=(212, 82, 66))
    _disc(draw, mast, tall - 6, 5, 5, (255, 236, 178))


def _front_quay(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    """A dark jetty in front, with a sleeping gull: the eye starts here."""
    edge = [(x, 1300 + 8 * math.sin(x / 210) + rng.uniform(-2, 2)) for x in range(0, 861, 20)]
    draw.polygon(_big([(0, 1300), *edge, (900, SIZE[1]), (0, SIZE[1])]), fill=(17, 17, 32))
    for y in (1334, 1364):
        draw.line(_big([(0, y), (880, y + 6)]), fill=(34, 32, 50), width=4)
    for x in (150, 470, 800):
        _box(draw, x, 1206, x + 46, 1400, (24, 23, 40))
        _disc(draw, x + 23, 1206, 23, 8, (46, 43, 62))
    gull = brush.curve(
        [(456, 1186), (470, 1166), (504, 1160), (536, 1178), (566, 1192), (520, 1206), (474, 1204), (456, 1186)]
    )
    draw.polygon(_big(gull), fill=(222, 224, 228))
    draw.polygon(
        _big(brush.curve([(486, 1174), (520, 1170), (574, 1194), (520, 1198), (486, 1174)])), fill=(128, 138, 158)
    )
    _disc(draw, 472, 1164, 17, 15, (236, 236, 236))
    draw.polygon(_big([(458, 1164), (438, 1171), (460, 1172)]), fill=(240, 176, 70))
    draw.line(_big([(464, 1162), (472, 1164)]), fill=(30, 30, 44), width=5)
