"""A certificate as a telephone would photograph it, drawn; there is nothing to read on it."""

from __future__ import annotations

import io

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw, ImageFilter

W, H = 640, 480


def licence() -> ContentFile[bytes]:
    image = Image.new("RGB", (W, H), (132, 110, 86))
    draw = ImageDraw.Draw(image)
    draw.rectangle((90, 60, 550, 420), fill=(236, 232, 218))
    draw.rectangle((104, 74, 536, 406), outline=(150, 40, 40), width=4)
    draw.rectangle((140, 120, 250, 260), fill=(176, 190, 204))
    for top in (130, 168, 206, 244, 300, 338):
        draw.rectangle((280 if top < 280 else 140, top, 490, top + 10), fill=(128, 122, 112))
    draw.ellipse((410, 300, 500, 390), outline=(190, 50, 50), width=6)
    out = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(1)).save(out, "JPEG", quality=82)
    return ContentFile(out.getvalue(), name="licence.jpg")
