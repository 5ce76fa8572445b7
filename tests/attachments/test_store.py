from __future__ import annotations

import csv
import hashlib
import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone
from PIL import Image

from attachments.models import Attachment
from attachments.services import MAX_BYTES, store
from attachments.services.images import LONG_SIDE, THUMBNAIL_SIDE, is_bare
from tests.attachments.pictures import content, picture_bytes, picture_with_gps, upload
from tests.people import World, build_world

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the sample data is not here")


def files_in(stored: Path) -> list[str]:
    return sorted(path.name for path in stored.rglob("*") if path.is_file())


def opened(stored: Any) -> Image.Image:
    return Image.open(io.BytesIO(content(stored)))


def refusal(data: bytes, by: Any, name: str = "x.jpg") -> str:
    with pytest.raises(ValidationError) as refused:
        store(upload(data, name), by=by, at=timezone.now())
    return str(refused.value.code)


def test_photo_is_stored_without_what_the_camera_wrote(world: World, stored: Path) -> None:
    data = picture_with_gps(orientation=6)
    assert (b"Exif" in data, is_bare(data)) == (True, False)

    photo = store(upload(data, "厨房.JPG"), by=world.resident, at=timezone.now())

    kept = content(photo.file)
    small = content(photo.thumbnail)
    assert (is_bare(kept), is_bare(small)) == (True, True)
    image = Image.open(io.BytesIO(kept))
    assert (image.size, dict(image.getexif()), image.info.get("comment")) == ((60, 80), {}, None)
    # turned a quarter clockwise, the red half is at the top
    top, bottom = image.getpixel((30, 10)), image.getpixel((30, 70))
    assert (top[0] > 200, bottom[2] > 200) == (True, True)  # type: ignore[index]
    assert (photo.name, photo.media_type, photo.size, photo.width, photo.height) == (
        "厨房.jpg",
        "image/jpeg",
        len(kept),
        60,
        80,
    )
    assert photo.sha256 == hashlib.sha256(kept).hexdigest()
    assert (photo.object_id, photo.uploaded_by) == (None, world.resident)
    assert len(files_in(stored)) == 2


def test_large_photo_is_shrunk(world: World) -> None:
    photo = store(upload(picture_bytes(size=(4000, 3000))), by=world.resident, at=timezone.now())
    small = opened(photo.thumbnail)
    assert (photo.width, photo.height, max(small.size)) == (LONG_SIDE, 1920, THUMBNAIL_SIDE)


@pytest.mark.parametrize(
    ("kind", "mode", "media_type"),
    [
        ("JPEG", "L", "image/jpeg"),
        ("JPEG", "CMYK", "image/jpeg"),
        ("PNG", "RGB", "image/jpeg"),
        ("PNG", "P", "image/jpeg"),
        ("PNG", "RGBA", "image/jpeg"),
        ("WEBP", "RGB", "image/jpeg"),
        ("GIF", "P", "image/jpeg"),
        ("BMP", "RGB", "image/jpeg"),
        ("AVIF", "RGB", "image/jpeg"),
    ],
)
def test_every_kind_of_picture_becomes_a_web_picture(
    world: World, kind: str, mode: str, media_type: str
) -> None:
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "green").convert(mode).save(data, kind)
    photo = store(upload(data.getvalue()), by=world.resident, at=timezone.now())
    assert (photo.media_type, photo.width, photo.height) == (media_type, 40, 30)


def test_transparency_is_kept(world: World) -> None:
    data = io.BytesIO()
    Image.new("RGBA", (40, 30), (0, 128, 0, 100)).save(data, "PNG")
    photo = store(upload(data.getvalue()), by=world.resident, at=timezone.now())
    assert (photo.media_type, opened(photo.file).mode) == ("image/webp", "RGBA")


def test_pdf_is_kept_as_it_is(world: World) -> None:
    data = b"%PDF-1.7\n%\xe2\xe3\n1 0 obj\n"
    file = store(upload(data, "bill.jpg"), by=world.resident, at=timezone.now())
    assert (content(file.file), file.media_type, file.name, file.thumbnail.name) == (
        data,
        "application/pdf",
        "bill.pdf",
        "",
    )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"<html><script>alert(1)</script></html>", "type"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "type"),
        (b"MZ\x90\x00" + b"\x00" * 200, "type"),
        (b"\x7fELF" + b"\x00" * 200, "type"),
        (b"PK\x03\x04" + b"\x00" * 200, "type"),
        (b"GIF89a<?php system($_GET[0]); ?>", "type"),
        (b" %PDF-1.7", "type"),
        (picture_bytes()[:300], "damaged"),
        (picture_bytes("PNG")[:100], "damaged"),
        (b"x" * (MAX_BYTES + 1), "size"),
    ],
)
def test_what_is_no_photo_is_refused_and_nothing_stays(
    world: World, stored: Path, data: bytes, code: str
) -> None:
    assert refusal(data, world.resident) == code
    assert (files_in(stored), Attachment.objects.count()) == ([], 0)


def test_bomb_is_refused_before_it_is_decoded(world: World, stored: Path) -> None:
    bomb = picture_bytes("PNG", size=(20000, 15000), mode="1")
    assert (len(bomb) < 100_000, refusal(bomb, world.resident)) == (True, "pixels")
    assert files_in(stored) == []


def test_nothing_stays_when_the_stored_bytes_are_not_bare(
    world: World, stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the encoder wrote the EXIF back."""
    from attachments.services import images

    dirty = images.Encoded(picture_with_gps(), "image/jpeg", "jpg", 80, 60)
    monkeypatch.setattr(images, "_encoded", lambda image: dirty)
    with pytest.raises(ValidationError, match="could not be made safe"):
        store(upload(), by=world.resident, at=timezone.now())
    assert (files_in(stored), Attachment.objects.count()) == ([], 0)


def test_nothing_stays_when_the_row_is_full(world: World, stored: Path) -> None:
    for _ in range(9):
        store(upload(), by=world.resident, at=timezone.now(), row=world.home)
    with pytest.raises(ValidationError, match="At most 9"):
        store(upload(), by=world.resident, at=timezone.now(), row=world.home)
    assert (len(files_in(stored)), Attachment.objects.count()) == (18, 9)


def test_uploads_never_sent_are_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from attachments.services import uploads

    monkeypatch.setattr(uploads, "MAX_UNSENT", 2)
    store(upload(), by=world.resident, at=timezone.now())
    store(upload(), by=world.resident, at=timezone.now())
    with pytest.raises(ValidationError, match="not sent yet"):
        store(upload(), by=world.resident, at=timezone.now())
    assert store(upload(), by=world.neighbour, at=timezone.now()).uploaded_by == world.neighbour


def test_one_too_many_is_refused_before_it_is_looked_at(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from attachments.services import uploads

    monkeypatch.setattr(uploads, "MAX_UNSENT", 0)
    with pytest.raises(ValidationError, match="not sent yet"):
        store(upload(b"neither picture nor PDF"), by=world.resident, at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_uploads_at_once_do_not_pass_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have passed the first look before either is stored."""
    from attachments.services import images, uploads

    monkeypatch.setattr(uploads, "MAX_UNSENT", 1)
    world = build_world()
    both_looked = threading.Barrier(2)
    encode = images.encode

    def wait_and_encode(data: bytes) -> Any:
        both_looked.wait(10)
        return encode(data)

    monkeypatch.setattr(images, "encode", wait_and_encode)

    def send() -> bool:
        try:
            store(upload(), by=world.resident, at=timezone.now())
        except ValidationError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        sent = [job.result(20) for job in [pool.submit(send), pool.submit(send)]]
    assert (sorted(sent), Attachment.objects.count()) == ([False, True], 1)


def expected() -> list[dict[str, str]]:
    path = SHARED / "images" / "expected.csv"
    return list(csv.DictReader(path.read_text().splitlines())) if path.exists() else []


@needs_shared
@pytest.mark.parametrize("row", expected(), ids=lambda row: row["file"])
def test_sample_gives_what_the_table_says(world: World, stored: Path, row: dict[str, str]) -> None:
    data = (SHARED / "images" / row["file"]).read_bytes()
    if row["pillow_open_and_load"] != "ok":
        code = {"UnidentifiedImageError": "type", "DecompressionBombError": "pixels"}
        assert refusal(data, world.resident) == code[row["pillow_open_and_load"]]
        assert files_in(stored) == []
        return
    photo = store(upload(data, Path(row["file"]).name), by=world.resident, at=timezone.now())
    size = (int(row["width"]), int(row["height"]))
    turned = row["exif_orientation"] in ("5", "6", "7", "8")
    assert (photo.width, photo.height) == (size[::-1] if turned else size)
    assert all(is_bare(content(field)) for field in (photo.file, photo.thumbnail))
    assert dict(opened(photo.file).getexif()) == {}


def nasty_names() -> list[str]:
    path = SHARED / "bad-inputs" / "blns.json"
    return json.loads(path.read_text()) if path.exists() else []


@needs_shared
def test_nasty_names_are_kept_harmless(world: World, stored: Path) -> None:
    data = b"%PDF-1.4\n"
    for name in nasty_names():
        file = ContentFile(data, name=name)
        attachment = store(file, by=world.resident, at=timezone.now())
        attachment.refresh_from_db()
        shown = attachment.name
        assert shown == "" or shown.endswith(".pdf")
        assert not any(bad in shown for bad in ("/", "\\", "\n", "\r", "\0", "\u202e"))
        attachment.delete()
    assert {path.suffix for path in stored.rglob("*") if path.is_file()} == {".pdf"}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\fakepath\\a b.HEIC", "a b.pdf"),
        ("gpj.\u202eexe.jpg", "gpj. exe.pdf"),
        ("a\r\nSet-Cookie: x.png", "a Set-Cookie: x.pdf"),
        ("...", ""),
        ("x" * 300 + ".jpg", "x" * 100 + ".pdf"),
    ],
)
def test_name_is_one_plain_line(name: str, shown: str) -> None:
    from attachments.services.uploads import clean_name

    assert clean_name(name, "pdf") == shown


def test_pictures_are_decoded_one_at_a_time(world: World) -> None:
    from attachments.services import images

    with images._one_at_a_time:
        waiting = threading.Thread(target=images.encode, args=(picture_bytes(),))
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
    waiting.join(10)
    assert not waiting.is_alive()
