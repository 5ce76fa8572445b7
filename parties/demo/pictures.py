"""Small photographs of what was put right, drawn."""

from __future__ import annotations

import io
from collections.abc import Callable

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw, ImageFilter

W, H = 640, 480
Painter = Callable[[ImageDraw.ImageDraw], None]


def picture(name: str) -> ContentFile[bytes]:
    """A JPEG as a telephone would send it."""
    ground, painter = PICTURES[name]
    image = Image.new("RGB", (W, H), ground)
    painter(ImageDraw.Draw(image))
    shade = Image.linear_gradient("L").resize((W, H)).point(lambda value: value // 4)
    image = Image.composite(Image.new("RGB", (W, H), (20, 20, 26)), image, shade)
    out = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(1)).save(out, "JPEG", quality=82)
    return ContentFile(out.getvalue(), name=f"{name}.jpg")


def _landing(draw: ImageDraw.ImageDraw) -> None:
    """Nothing stands on it any more."""
    draw.polygon([(0, H), (180, 300), (460, 300), (W, H)], fill=(150, 146, 138))
    draw.rectangle((180, 60, 460, 300), fill=(222, 218, 204))
    draw.rectangle((270, 110, 370, 300), fill=(112, 82, 58))
    draw.ellipse((352, 200, 362, 210), fill=(214, 190, 120))


def _bench(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((0, 340, W, H), fill=(120, 136, 96))
    for top in (220, 250, 280):
        draw.rectangle((110, top, 530, top + 22), fill=(168, 118, 70))
    for left in (140, 476):
        draw.rectangle((left, 300, left + 22, 400), fill=(70, 70, 74))


def _lamp(draw: ImageDraw.ImageDraw) -> None:
    draw.polygon([(250, 140), (390, 140), (560, H), (80, H)], fill=(238, 226, 176))
    draw.ellipse((250, 60, 390, 150), fill=(255, 248, 220))
    draw.rectangle((300, 20, 340, 70), fill=(90, 90, 94))


def _rail(draw: ImageDraw.ImageDraw) -> None:
    draw.polygon([(0, H), (0, 420), (W, 260), (W, H)], fill=(160, 158, 152))
    draw.line((20, 250, 620, 100), fill=(40, 96, 150), width=20)
    for left in (60, 240, 420, 590):
        draw.line((left, 240 - left // 4, left, 430 - left // 4), fill=(40, 96, 150), width=14)


PICTURES: dict[str, tuple[tuple[int, int, int], Painter]] = {
    "landing": ((196, 190, 176), _landing),
    "bench": ((168, 190, 206), _bench),
    "lamp": ((74, 72, 80), _lamp),
    "rail": ((200, 196, 186), _rail),
}
