"""A grey heron in the shallows at first light: hills in mist, still water, reeds."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageChops, ImageDraw

from paint import brush
from paint.brush import Colour, Layer, Point

SIZE = (2100, 1500)
_SHORE = 850
_SUN = (560.0, 432.0)
_INK: Colour = (38, 46, 62)


def paint() -> Image.Image:
    rng = random.Random(7)  # noqa: S311  repeatable, not secret
    sketch = _landscape(rng)
    picture = brush.repaint(
        sketch,
        rng,
        [Layer(64, 260, 0, 9), Layer(30, 150, 5, 8), Layer(14, 80, 6, 7), Layer(6, 40, 9, 6)],
        lambda x, y: 0.05 * math.sin(x / 300) + (0.0 if y > _SHORE else -0.12 + 0.3 * math.sin(y / 170 + x / 900)),
    )
    picture = _reflection(picture, rng)
    picture = _figure(picture, rng)
    picture = _reeds(picture, rng)
    return brush.canvas_grain(picture, rng, 0.22, 1.6)


def _landscape(rng: random.Random) -> Image.Image:
    sky = brush.wash(
        SIZE,
        [
            (0, (92, 122, 154)),
            (0.2, (146, 164, 178)),
            (0.38, (222, 196, 170)),
            (0.52, (246, 214, 168)),
            (1, (246, 222, 190)),
        ],
    )
    sky = brush.glow(sky, _SUN, 780, (255, 214, 150), 0.95)
    clouds = ImageDraw.Draw(sky)
    for _ in range(26):
        x, y = rng.uniform(-200, SIZE[0]), rng.uniform(60, 430)
        length, thick = rng.uniform(260, 760), rng.uniform(8, 34)
        tone = brush.mix((244, 190, 160), (120, 138, 168), rng.random())
        clouds.ellipse((x, y, x + length, y + thick), fill=tone)
    sky = brush.blurred(sky, 16)
    disc = ImageDraw.Draw(sky)
    disc.ellipse((_SUN[0] - 62, _SUN[1] - 62, _SUN[0] + 62, _SUN[1] + 62), fill=(255, 240, 206))
    far: Colour = (170, 172, 182)
    near: Colour = (66, 88, 96)
    for index in range(5):
        base, height = 610 + index * 50, 82 - index * 9
        line = brush.skyline(rng, SIZE[0], base, height, 0.5)
        colour = brush.mix(far, near, index / 4)
        mask = Image.new("L", SIZE, 0)
        ImageDraw.Draw(mask).polygon([*line, (SIZE[0], _SHORE + 20), (0, _SHORE + 20)], fill=255)
        hill = brush.wash(
            SIZE,
            [
                (0, colour),
                ((base - 30) / SIZE[1], colour),
                ((base + 130) / SIZE[1], brush.mix(colour, (248, 214, 178), 0.55)),
                (1, colour),
            ],
        )
        sky = Image.composite(hill, sky, brush.blurred(mask, 3))
        sky = brush.glow(sky, _SUN, 520, (255, 206, 150), 0.18)
    return _water(sky)


def _water(land: Image.Image) -> Image.Image:
    depth = SIZE[1] - _SHORE
    mirrored = land.crop((0, _SHORE - depth, SIZE[0], _SHORE)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    mirrored = brush.blurred(mirrored, 9)
    tint = brush.wash(mirrored.size, [(0, (232, 206, 178)), (0.35, (150, 164, 172)), (1, (44, 74, 92))])
    land.paste(Image.blend(mirrored, tint, 0.5), (0, _SHORE))
    mist = Image.new("L", SIZE, 0)
    ImageDraw.Draw(mist).rectangle((0, _SHORE - 34, SIZE[0], _SHORE + 22), fill=190)
    return Image.composite(Image.new("RGB", SIZE, (250, 226, 196)), land, brush.blurred(mist, 26))


def _reflection(picture: Image.Image, rng: random.Random) -> Image.Image:
    """The sun on the water: short level touches that widen and thin out towards us."""
    draw = ImageDraw.Draw(picture, "RGBA")
    for _ in range(420):
        share = rng.random() ** 1.4
        y = _SHORE + 14 + share * (SIZE[1] - _SHORE - 60)
        x = rng.gauss(_SUN[0], 24 + share * 120)
        half = rng.uniform(8, 36) * (0.6 + share)
        tone = (255, rng.randint(214, 238), rng.randint(160, 200), round(215 * (1 - share) + 40))
        draw.ellipse((x - half, y - 1.6 - share * 2, x + half, y + 1.6 + share * 2), fill=tone)
    for _ in range(260):
        share = rng.random()
        y = _SHORE + 20 + share * (SIZE[1] - _SHORE)
        x, half = rng.uniform(0, SIZE[0]), rng.uniform(20, 120) * (0.4 + share)
        shade = rng.choice([(232, 220, 206, 60), (36, 62, 82, 58)])
        draw.ellipse((x - half, y - 1.5, x + half, y + 1.5 + share * 2), fill=shade)
    return picture


def _figure(picture: Image.Image, rng: random.Random) -> Image.Image:
    """The heron, drawn large and reduced; then once more upside down in the water, broken up."""
    bird = _heron(rng)
    feet = (1330, 1190)
    top_left = (feet[0] - 330, feet[1] - 830)
    ripple = bird.transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize((bird.width, round(bird.height * 0.62)))
    shifted = Image.new("RGBA", ripple.size)
    for y in range(0, ripple.height, 3):
        sway = round(math.sin(y / 17) * (3 + y / 42) + rng.uniform(-2, 2))
        shifted.paste(ripple.crop((0, y, ripple.width, y + 3)), (sway, y))
    alpha = shifted.getchannel("A").point(lambda v: v * 105 // 255)
    picture.paste(shifted.convert("RGB"), (top_left[0], feet[1] + 4), brush.blurred(alpha, 1.6))
    picture.paste(bird.convert("RGB"), top_left, bird.getchannel("A"))
    draw = ImageDraw.Draw(picture, "RGBA")
    for index in range(5):
        half = 40 + index * 40
        tone = (250, 236, 214, 150 - index * 26)
        draw.arc(
            (feet[0] - 10 - half, feet[1] - half * 0.14, feet[0] - 10 + half, feet[1] + half * 0.2),
            0,
            360,
            fill=tone,
            width=3,
        )
    return picture


def _heron(rng: random.Random) -> Image.Image:
    scale = 2
    image = Image.new("RGBA", (760 * scale, 850 * scale))
    draw = ImageDraw.Draw(image)

    def at(*points: Point) -> list[Point]:
        return [(x * scale, y * scale) for x, y in points]

    def line(points: list[Point], widths: list[float], fill: Colour) -> None:
        brush.taper(draw, points, [w * scale for w in widths], (*fill, 255))

    grey, pale, slate = (128, 142, 160), (222, 222, 220), (74, 88, 108)
    # Legs first; the body covers where they begin.
    line(at((338, 500), (342, 640), (334, 660), (330, 832)), [20, 9, 12, 8], (96, 92, 86))
    line(at((372, 500), (400, 622), (398, 640), (356, 700), (352, 716)), [20, 9, 11, 8, 6], (112, 104, 92))
    # Tail and body: a drop that leans back.
    body = brush.curve(
        at(
            (262, 366),
            (300, 322),
            (372, 326),
            (470, 400),
            (560, 486),
            (600, 534),
            (520, 528),
            (420, 530),
            (330, 508),
            (270, 448),
            (262, 366),
        )
    )
    draw.polygon(body, fill=(*grey, 255))
    draw.polygon(
        brush.curve(at((470, 470), (560, 500), (652, 566), (640, 580), (548, 556), (468, 524))), fill=(*slate, 255)
    )
    # Neck in an S, then breast.
    line(at((304, 430), (262, 356), (300, 270), (338, 200), (316, 128), (266, 106)), [96, 78, 46, 36, 34, 40], pale)
    line(at((300, 470), (276, 400), (284, 340)), [70, 74, 60], pale)
    # Head, bill, crest, eye stripe.
    draw.polygon(
        brush.curve(at((312, 116), (296, 84), (254, 78), (214, 98), (210, 112), (250, 132), (300, 134), (312, 116))),
        fill=(*pale, 255),
    )
    draw.polygon(at((222, 94), (66, 122), (62, 128), (224, 120)), fill=(214, 160, 72, 255))
    draw.polygon(at((222, 108), (64, 126), (62, 128), (224, 120)), fill=(176, 118, 52, 255))
    line(at((236, 92), (280, 84), (316, 104), (380, 136), (430, 170)), [6, 20, 16, 7, 2], _INK)
    line(at((300, 96), (352, 130), (396, 176)), [12, 7, 2], _INK)
    draw.ellipse([v * scale for v in (236, 93, 252, 109)], fill=(236, 196, 84, 255))
    draw.ellipse([v * scale for v in (240, 97, 248, 105)], fill=(20, 22, 28, 255))
    _plumage(draw, rng, scale)
    return image.resize((760, 850), Image.Resampling.LANCZOS)


def _plumage(draw: ImageDraw.ImageDraw, rng: random.Random, scale: int) -> None:
    """Feathers as strokes down the wing, dark flecks down the neck, long plumes on the breast."""

    def stroke(points: list[Point], widths: list[float], fill: tuple[int, int, int, int]) -> None:
        brush.taper(draw, [(x * scale, y * scale) for x, y in points], [w * scale for w in widths], fill)

    for row in range(8):
        for index in range(13):
            share = index / 12
            x = 322 + share * 214 + row * 5 + rng.uniform(-7, 7)
            y = 344 + share * 130 + row * 17 - share * row * 9 + rng.uniform(-5, 5)
            tone = brush.mix((168, 178, 190), (84, 98, 118), min(1.0, row / 8 + rng.uniform(-0.12, 0.2)))
            length = rng.uniform(40, 74)
            stroke(
                [(x, y), (x + length * 0.6, y + length * 0.34), (x + length, y + length * 0.66)],
                [3, 9, 2],
                (*tone, 255),
            )
    for index in range(9):
        x, y = 470 + index * 9, 456 + index * 6
        stroke(
            [(x, y), (x + 70, y + 40), (x + 124, y + 84)],
            [4, 10, 2],
            (*brush.mix((62, 74, 92), (40, 50, 66), rng.random()), 255),
        )
    stroke([(300, 344), (330, 336), (372, 356), (392, 396)], [10, 18, 16, 4], (*_INK, 255))
    for index in range(17):
        share = index / 16
        x = 322 - 30 * math.sin(share * 3.0) - 34 * share + rng.uniform(-4, 4)
        y = 160 + share * 210
        stroke([(x, y), (x - 5, y + 11)], [4, 3], (*_INK, 255))
    for index in range(12):
        x = 252 + index * 6
        end = 520 + rng.uniform(-30, 26)
        tone = brush.mix((240, 238, 232), (158, 168, 180), rng.random())
        stroke([(x, 400 + index * 4), (x + 6, 460), (x + rng.uniform(-8, 14), end)], [7, 5, 1.5], (*tone, 255))
    for index in range(9):
        y = 350 + index * 14
        stroke([(260 - index * 0.5, y), (256, y + 26)], [3, 2], (255, 232, 196, 210))


def _reeds(picture: Image.Image, rng: random.Random) -> Image.Image:
    for blur, tone_a, tone_b, count, low, high in (
        (1.5, (122, 132, 122), (164, 158, 130), 90, 1010, 1130),
        (0.4, (44, 62, 52), (138, 120, 66), 150, 1300, 1560),
    ):
        layer = Image.new("RGBA", SIZE)
        draw = ImageDraw.Draw(layer)
        for _ in range(count):
            side = rng.random()
            x = rng.gauss(1800, 150) if side < 0.66 else rng.gauss(150, 130)
            if 400 < x < 1560:  # open water, and nothing before the bird's legs
                continue
            root = rng.uniform(low, high)
            height = rng.uniform(260, 640) * (0.62 if low < 1200 else 1.0) * (1 if side < 0.66 else 0.7)
            lean = rng.gauss(-30, 70)
            tone = brush.mix(tone_a, tone_b, rng.random() ** 1.5)
            tip = (x + lean, root - height)
            brush.taper(draw, [(x, root), (x + lean * 0.25, root - height * 0.55), tip], [9, 7, 1.5], (*tone, 255))
            if rng.random() < 0.16:
                head = (*brush.mix((86, 58, 40), (120, 82, 50), rng.random()), 255)
                brush.taper(draw, [(tip[0], tip[1] + 10), (tip[0] + lean * 0.05, tip[1] - 62)], [14, 17, 13], head)
            elif rng.random() < 0.5:
                bend = rng.choice([-1, 1]) * rng.uniform(50, 130)
                mid = (x + lean * 0.4, root - height * 0.6)
                brush.taper(
                    draw,
                    [mid, (mid[0] + bend * 0.6, mid[1] - 60), (mid[0] + bend, mid[1] - 18)],
                    [6, 5, 1],
                    (*tone, 255),
                )
        picture.paste(layer.convert("RGB"), (0, 0), brush.blurred(layer.getchannel("A"), blur))
    return ImageChops.multiply(picture, Image.new("RGB", SIZE, (255, 252, 246)))
