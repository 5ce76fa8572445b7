"""Photographs made safe: upright, shrunk, written anew with nothing in them but the picture."""

from __future__ import annotations

import io
import logging
import re
import threading
from dataclasses import dataclass

import pillow_heif
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

logger = logging.getLogger(__name__)

LONG_SIDE = 2560
THUMBNAIL_SIDE = 480
# A 50-megapixel phone fits; decoded it is 200 MB at the most.
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "HEIF", "AVIF")

# Several threads serve one process: one picture at a time keeps its memory bounded.
_one_at_a_time = threading.Lock()

pillow_heif.register_heif_opener(
    thumbnails=False, depth_images=False, aux_images=False, decode_threads=1
)


@dataclass(frozen=True)
class Encoded:
    data: bytes
    media_type: str
    extension: str
    width: int
    height: int


def is_image(data: bytes) -> bool:
    try:
        Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError:
        return False
    except Exception:
        return True  # an image, if a broken one; `encode` says what is wrong with it
    return True


def encode(data: bytes) -> tuple[Encoded, Encoded]:
    """The picture and its thumbnail, or a ValidationError that says what is wrong."""
    with _one_at_a_time:
        try:
            picture = _decoded(data)
            small = picture.copy()
            small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
            return _encoded(picture), _encoded(small)
        except ValidationError:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise _too_large() from error
        # Decoders answer hostile bytes with almost any exception.
        except Exception as error:
            logger.info("a picture was refused: %r", error)
            raise ValidationError(
                _("The picture is damaged and cannot be read."), code="damaged"
            ) from error


def _too_large() -> ValidationError:
    return ValidationError(
        _("The picture has too many pixels. Please send a smaller one."), code="pixels"
    )


def _decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    # The header is read, nothing is decoded yet.
    if image.width * image.height > MAX_PIXELS:
        raise _too_large()
    # A JPEG is decoded at a fraction of its size here, which saves most of its memory and time.
    image.thumbnail((LONG_SIDE, LONG_SIDE))
    image.load()
    plain = _plain(_upright(image))
    plain.info = {}
    return plain


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # broken EXIF says nothing about which side is up
        return image


def _plain(image: Image.Image) -> Image.Image:
    """In sRGB, which is what is assumed of a picture without a profile; with alpha only if used."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    profile = image.info.get("icc_profile")
    plain = image.convert(mode)
    if profile and image.mode in ("RGB", "RGBA"):
        plain = _in_srgb(plain, profile)
    if mode == "RGBA" and plain.getchannel("A").getextrema() == (255, 255):
        plain = plain.convert("RGB")
    return plain


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.getOpenProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return turned or image


def _encoded(image: Image.Image) -> Encoded:
    out = io.BytesIO()
    if image.mode == "RGBA":
        image.save(out, "WEBP", quality=85)
        return Encoded(out.getvalue(), "image/webp", "webp", *image.size)
    image.save(out, "JPEG", quality=85, optimize=True, progressive=True)
    return Encoded(out.getvalue(), "image/jpeg", "jpg", *image.size)


# What a bare picture may consist of. Read by ourselves, not by the library that wrote it.
_JPEG_MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")
_JPEG_ALLOWED = frozenset(b"\xc0\xc1\xc2\xc4\xdb\xdd\xda\xe0\xee")
_WEBP_ALLOWED = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH"})


def is_bare(data: bytes) -> bool:
    """Nothing is in these bytes but the picture: no EXIF, no place, no profile, no comment."""
    if data[:2] == b"\xff\xd8":
        return _is_bare_jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _is_bare_webp(data)
    return False


def _is_bare_jpeg(data: bytes) -> bool:
    position = 2
    while marker := _JPEG_MARKER.search(data, position):
        if marker[1] == b"\xd9":
            return marker.end() == len(data)
        segment = data[marker.end() + 2 : marker.end() + 16]
        if marker[1][0] not in _JPEG_ALLOWED or not _is_harmless(marker[1], segment):
            return False
        position = marker.end() + int.from_bytes(data[marker.end() : marker.end() + 2], "big")
    return False


def _is_harmless(marker: bytes, segment: bytes) -> bool:
    """APP0 holds the resolution and no thumbnail, APP14 the colour transform."""
    if marker == b"\xe0":
        return segment[:5] == b"JFIF\x00" and segment[12:14] == b"\x00\x00"
    return marker != b"\xee" or segment[:5] == b"Adobe"


def _is_bare_webp(data: bytes) -> bool:
    position = 12
    while position < len(data):
        if data[position : position + 4] not in _WEBP_ALLOWED:
            return False
        size = int.from_bytes(data[position + 4 : position + 8], "little")
        position += 8 + size + size % 2
    return position == len(data)
