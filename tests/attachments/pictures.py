"""Small pictures made for tests."""

import io
from typing import Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

GPS_IFD = 0x8825
ORIENTATION = 0x0112


def picture_bytes(
    kind: str = "JPEG", size: tuple[int, int] = (80, 60), mode: str = "RGB", **options: Any
) -> bytes:
    """Red on the left, blue on the right, so that turning it can be seen."""
    image = Image.new(mode, size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def picture_with_gps(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif.get_ifd(GPS_IFD).update({1: "N", 2: (30.0, 39.0, 0.0), 3: "E", 4: (104.0, 3.0, 0.0)})
    return picture_bytes(exif=exif, comment=b"a secret of the camera")


def upload(data: bytes | None = None, name: str = "IMG_0001.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture_bytes() if data is None else data)


def content(stored: Any) -> bytes:
    with default_storage.open(stored.name) as file:
        return bytes(file.read())
