"""Small photographs of what is broken, drawn: soft light, a little noise, and the damage itself."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from random import Random

from django.core.files.base import ContentFile
from PIL import Image, ImageChops, ImageDraw, ImageFilter

W, H = 960, 720
Colour = tuple[int, int, int]
Painter = Callable[[ImageDraw.ImageDraw, Random], None]


def picture(name: str) -> ContentFile[bytes]:
    """A JPEG as a telephone would send it."""
    content, file_name = _drawn(name)
    return ContentFile(content, name=file_name)


@cache
def _drawn(name: str) -> tuple[bytes, str]:
    """Drawn once, however often it is shown."""
    backdrop, light, painter = PICTURES[name]
    dice = Random(name)  # noqa: S311
    image = _wall(backdrop)
    painter(ImageDraw.Draw(image), dice)
    image = image.filter(ImageFilter.GaussianBlur(1.1))
    image = _lit(image, light)
    grain = Image.effect_noise((W, H), 14).convert("RGB")
    image = Image.blend(image, ImageChops.overlay(image, grain), 0.35)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue(), f"IMG_{dice.randrange(1000, 9999)}.jpg"


def _wall(colour: Colour) -> Image.Image:
    """A plain ground that darkens downwards."""
    top = Image.new("RGB", (W, H), colour)
    dark = Image.new("RGB", (W, H), tuple(int(part * 0.72) for part in colour))
    return Image.composite(dark, top, Image.linear_gradient("L").resize((W, H)))


def _lit(image: Image.Image, light: tuple[float, float, float]) -> Image.Image:
    """Bright around (x, y), dim at the edges by `depth`."""
    x, y, depth = light
    glow = Image.radial_gradient("L").resize((W * 2, H * 2))
    left, top = int(W * (1 - x)), int(H * (1 - y))
    mask = glow.crop((left, top, left + W, top + H)).point(lambda value: int(value * depth))
    return Image.composite(Image.new("RGB", (W, H), (14, 13, 18)), image, mask)


def _tiles(draw: ImageDraw.ImageDraw, size: int, line: Colour, top: int = 0) -> None:
    for x in range(0, W, size):
        draw.line((x, top, x, H), fill=line, width=3)
    for y in range(top, H, size):
        draw.line((0, y, W, y), fill=line, width=3)


def _blob(
    draw: ImageDraw.ImageDraw, dice: Random, x: int, y: int, size: int, colour: Colour
) -> None:
    for _ in range(26):
        dx, dy = dice.gauss(0, size / 3), dice.gauss(0, size / 4)
        r = dice.uniform(size / 6, size / 2.4)
        draw.ellipse((x + dx - r, y + dy - r * 0.7, x + dx + r, y + dy + r * 0.7), fill=colour)


def _drops(draw: ImageDraw.ImageDraw, x: int, y: int, ends: int) -> None:
    for drop in range(y, ends, 62):
        draw.ellipse((x - 7, drop, x + 7, drop + 24), fill=(214, 232, 240))
        draw.polygon([(x - 5, drop + 6), (x + 5, drop + 6), (x, drop - 12)], fill=(214, 232, 240))


def _pipe_drip(draw: ImageDraw.ImageDraw, dice: Random) -> None:
    draw.rectangle((0, 560, W, H), fill=(126, 96, 66))
    draw.rectangle((150, 60, 210, 380), fill=(178, 182, 186))
    draw.rectangle((163, 60, 178, 380), fill=(222, 226, 230))
    draw.rounded_rectangle((130, 330, 700, 400), 30, fill=(170, 175, 180))
    draw.rectangle((150, 344, 690, 358), fill=(220, 224, 228))
    draw.rounded_rectangle((400, 305, 500, 425), 14, fill=(146, 140, 120))
    draw.ellipse((425, 225, 475, 300), fill=(176, 44, 38))
    draw.rectangle((444, 290, 456, 320), fill=(120, 118, 112))
    _drops(draw, 470, 440, 600)
    draw.polygon([(330, 600), (620, 600), (585, 700), (365, 700)], fill=(62, 118, 168))
    draw.ellipse((330, 576, 620, 624), fill=(150, 186, 206))
    draw.ellipse((440, 590, 500, 610), fill=(206, 226, 236))


def _new_valve(draw: ImageDraw.ImageDraw, dice: Random) -> None:
    draw.rectangle((0, 560, W, H), fill=(126, 96, 66))
    draw.rectangle((150, 60, 210, 380), fill=(190, 194, 198))
    draw.rounded_rectangle((130, 330, 700, 400), 30, fill=(186, 190, 194))
    draw.rectangle((150, 344, 690, 358), fill=(232, 236, 240))
    draw.rounded_rectangle((390, 300, 510, 430), 18, fill=(208, 212, 216))
    draw.ellipse((412, 210, 488, 300), fill=(224, 228, 232))
    draw.arc((424, 222, 476, 290), 200, 320, fill=(255, 255, 255), width=6)


def _dark_corridor(draw: ImageDraw.ImageDraw, dice: Random) -> None:
    draw.polygon([(0, 0), (360, 230), (600, 230), (W, 0)], fill=(66, 66, 70))
    draw.polygon([(0, H), (360, 500), (600, 500), (W, H)], fill=(54, 50, 46))
    draw.polygon([(0, 0), (360, 230), (360, 500), (0, H)], fill=(82, 80, 76))
    draw.polygon([(W, 0), (600, 230), (600, 500), (W, H)], fill=(74, 72, 70))
    draw.rectangle((360, 230, 600, 500), fill=(44, 44, 48))
    draw.rectangle((430, 290, 530, 500), fill=(70, 44, 34))
    draw.ellipse((410, 90, 550, 140), fill=(120, 118, 108))
    draw.ellipse((430, 98, 530, 130), fill=(88, 86, 80))
    draw.rectangle((386, 250, 426, 270), fill=(36, 150, 84))


def _lit_corridor(draw: ImageDraw.ImageDraw, dice: Random) -> None:
    draw.polygon([(0, 0), (360, 230), (600, 230), (W, 0)], fill=(232, 228, 214))
    draw.polygon([(0, H), (360, 500), (600, 500), (W, H)], fill=(158, 148, 134))
    draw.polygon([(0, 0), (360, 230), (360, 500), (0, H)], fill=(220, 214, 200))
    draw.polygon([(W, 0), (600, 230), (600, 500), (W, H)], fill=(210, 204, 190))
    draw.rectangle((360, 230, 600, 500), fill=(196, 190, 176))
    draw.rectangle((430, 290, 530, 500), fill=(128, 76, 50))
    draw.ellipse((380, 76, 580, 150), fill=(255, 250, 226))


def _lift_panel(draw: ImageDraw.ImageDraw, dice: Random) -> None:
    for x in range(0, W, 4):
        shade = 150 + dice.randrange(-8, 8)
        draw.line((x, 0, x, H), fill=(shade, shade + 2, shade + 6), width=4)
    draw.rounded_rectangle((310, 50, 650, 690), 24, fill=(96, 100, 106))
    draw.rounded_rectangle((360, 80, 600, 170), 10, fill=(18, 18, 22))
    draw.polygon([(440, 150), (480, 96), (520, 150)], fill=(232, 74, 48))
    for row in range(6):
        for column in range(2):
            x, y = 420 + column * 120, 240 + row * 76
            broken = (row, column) == (2, 1)
            ring = (232, 160, 52) if (row, column) == (4, 0) else (214, 218, 222)
            draw.ellipse((x - 30, y - 30, x + 30, y + 30), fill=(52, 54, 58) if broken else ring)
            draw.ellipse(
                (x - 22, y - 22, x + 22, y + 22), fill=(30, 30, 34) if broken else (176, 180, 186)
            )
    draw.line((515, 372, 560, 412), fill=(12, 12, 14), width=5)


def _damp_ceiling(draw: ImageDraw.ImageDraw, dice: Random) -> None:
    draw.polygon([(0, 500), (W, 440), (W, H), (0, H)], fill=(206, 200, 188))
    for colour, size in (((206, 190, 154), 240), ((190, 168, 124), 170), ((160, 136, 96), 100)):
        _blob(draw, dice, 460, 240, size, colour)
    for _ in range(14):
        x, y = dice.randrange(330, 600), dice.randrange(150, 330)
        draw.polygon([(x, y), (x + 36, y + 10), (x + 20, y + 34)], fill=(236, 230, 216))
    _drops(draw, 470, 360, 520)


def _wet_garage(draw: ImageDraw.ImageDraw, dice: Random) -> None:
    draw.rectangle((0, 330, W, H), fill=(84, 88, 92))
    for x in (120, 470, 820):
        draw.rectangle((x - 40, 40, x + 40, 440), fill=(176, 176, 170))
        for band in range(5):
            draw.rectangle((x - 40, 300 + band * 28, x + 40, 314 + band * 28), fill=(218, 178, 40))
    draw.line((240, 720, 330, 420), fill=(220, 220, 214), width=10)
    draw.line((700, 720, 620, 420), fill=(220, 220, 214), width=10)
    _blob(draw, dice, 480, 600, 250, (58, 76, 92))
    _blob(draw, dice, 500, 590, 150, (92, 116, 134))
    draw.rectangle((60, 474, W - 60, 492), fill=(34, 36, 38))


def _broken_lock(draw: ImageDraw.ImageDraw, dice: Random) -> None:
    for y in range(0, H, 18):
        draw.line(
            (0, y + dice.randrange(4), W, y), fill=(104 + dice.randrange(14), 62, 40), width=10
        )
    draw.rounded_rectangle((420, 120, 560, 620), 40, fill=(186, 172, 132))
    draw.rounded_rectangle((360, 260, 660, 310), 24, fill=(212, 198, 156))
    draw.ellipse((446, 420, 534, 508), fill=(150, 136, 100))
    draw.rectangle((482, 440, 498, 490), fill=(28, 24, 20))
    for _ in range(9):
        x, y = dice.randrange(440, 540), dice.randrange(405, 525)
        draw.line((x, y, x + dice.randrange(-24, 24), y + 16), fill=(230, 220, 190), width=3)


def _burnt_socket(draw: ImageDraw.ImageDraw, dice: Random) -> None:
    _tiles(draw, 240, (206, 202, 194))
    _blob(draw, dice, 500, 320, 130, (120, 104, 88))
    draw.rounded_rectangle((360, 220, 620, 500), 20, fill=(246, 244, 238))
    _blob(draw, dice, 520, 330, 70, (96, 78, 60))
    for x, y, a in ((440, 290, 0), (540, 290, 0), (440, 400, 12), (490, 430, 0), (540, 400, -12)):
        draw.line((x, y, x + a, y + 36), fill=(36, 34, 32), width=10)


def _blocked_drain(draw: ImageDraw.ImageDraw, dice: Random) -> None:
    _tiles(draw, 160, (150, 156, 156))
    draw.ellipse((180, 170, 780, 590), fill=(134, 128, 104))
    draw.ellipse((250, 220, 710, 540), fill=(112, 106, 84))
    draw.ellipse((390, 300, 570, 460), fill=(170, 172, 172))
    for row in range(5):
        draw.line((410, 324 + row * 28, 550, 324 + row * 28), fill=(46, 44, 40), width=9)
    _blob(draw, dice, 470, 390, 60, (70, 62, 48))


def _slide(draw: ImageDraw.ImageDraw, dice: Random) -> None:
    draw.rectangle((0, 430, W, H), fill=(128, 150, 92))
    for _ in range(60):
        _x, _y = dice.randrange(W), dice.randrange(440, H)
        draw.line((_x, _y, _x + 4, _y - 16), fill=(94, 124, 66), width=3)
    draw.polygon([(300, 150), (380, 150), (800, 600), (700, 610)], fill=(224, 92, 60))
    draw.rectangle((250, 140, 270, 600), fill=(64, 110, 170))
    draw.rectangle((380, 140, 400, 420), fill=(64, 110, 170))
    for step in range(6):
        draw.rectangle((180, 210 + step * 64, 262, 224 + step * 64), fill=(240, 190, 60))
    draw.line((560, 350, 640, 410), fill=(70, 30, 22), width=7)


def _free_exit(draw: ImageDraw.ImageDraw, dice: Random) -> None:
    _tiles(draw, 120, (176, 172, 162), top=520)
    draw.rounded_rectangle((390, 40, 570, 100), 8, fill=(28, 140, 82))
    draw.polygon([(440, 64), (480, 64), (480, 52), (516, 70), (480, 88), (480, 76), (440, 76)],
                 fill=(236, 248, 238))  # fmt: skip
    draw.rectangle((270, 124, 690, 560), fill=(92, 98, 96))
    for left in (284, 486):
        draw.rectangle((left, 138, left + 190, 552), fill=(146, 66, 48))
        draw.rectangle((left + 50, 190, left + 140, 300), fill=(188, 204, 208))
        draw.rounded_rectangle((left + 20, 370, left + 170, 390), 8, fill=(204, 206, 204))


def _blocked_exit(draw: ImageDraw.ImageDraw, dice: Random) -> None:
    _free_exit(draw, dice)
    for x, y, size in ((600, 480, 170), (760, 500, 150), (620, 330, 150), (640, 210, 120)):
        shade = dice.randrange(-12, 12)
        draw.rectangle((x, y, x + size, y + size), fill=(176 + shade, 132 + shade, 84 + shade))
        draw.rectangle((x + size * 0.44, y, x + size * 0.56, y + size), fill=(206, 178, 130))
    for x in (170, 450):
        draw.ellipse((x - 78, 510, x + 78, 666), fill=(26, 26, 30))
        draw.ellipse((x - 46, 542, x + 46, 634), fill=(150, 154, 158))
    draw.line((170, 588, 250, 590, 380, 590, 450, 588), fill=(34, 84, 150), width=30)
    draw.line((450, 588, 404, 380), fill=(34, 84, 150), width=22)
    draw.line((404, 380, 350, 366), fill=(30, 30, 34), width=16)
    draw.rounded_rectangle((150, 470, 310, 510), 18, fill=(30, 28, 32))
    draw.rectangle((200, 506, 270, 584), fill=(34, 84, 150))


Light = tuple[float, float, float]
PICTURES: dict[str, tuple[Colour, Light, Painter]] = {
    "pipe": ((188, 178, 160), (0.5, 0.55, 0.8), _pipe_drip),
    "valve": ((198, 190, 174), (0.5, 0.5, 0.5), _new_valve),
    "corridor": ((60, 58, 56), (0.42, 0.35, 1.0), _dark_corridor),
    "corridor-lit": ((226, 220, 206), (0.5, 0.2, 0.35), _lit_corridor),
    "lift": ((150, 152, 156), (0.5, 0.4, 0.7), _lift_panel),
    "ceiling": ((240, 236, 226), (0.5, 0.35, 0.5), _damp_ceiling),
    "garage": ((108, 110, 112), (0.5, 0.6, 1.0), _wet_garage),
    "lock": ((112, 66, 42), (0.5, 0.5, 0.8), _broken_lock),
    "socket": ((226, 222, 212), (0.52, 0.48, 0.6), _burnt_socket),
    "drain": ((186, 190, 188), (0.5, 0.5, 0.7), _blocked_drain),
    "exit-blocked": ((206, 202, 192), (0.5, 0.4, 0.6), _blocked_exit),
    "exit-free": ((206, 202, 192), (0.5, 0.4, 0.5), _free_exit),
    "slide": ((170, 204, 226), (0.5, 0.4, 0.35), _slide),
}
