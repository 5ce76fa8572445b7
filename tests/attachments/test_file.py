from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from attachments.models import Attachment
from attachments.services import claim, register_owner, store
from repairs.models import Ticket
from tests.attachments.pictures import content, upload
from tests.factories import make_ticket
from tests.people import World

register_owner(Ticket)


@pytest.fixture
def photo(world: World) -> Attachment:
    ticket = make_ticket(world.pipes, reporter=world.resident, unit=world.home)
    sent = store(upload(name="厨房 漏水.jpg"), by=world.resident, at=timezone.now())
    [sent] = claim([sent.key], row=ticket, by=world.resident)
    return sent


def body(response: Any) -> bytes:
    """Read to the end, which closes the file."""
    return b"".join(response) if response.streaming else bytes(response.content)


def test_resident_sees_the_photo(world: World, as_: Any, photo: Attachment) -> None:
    response = as_(world.resident).get(photo.get_absolute_url())
    assert (response.status_code, body(response)) == (200, content(photo.file))
    headers = {
        name: response[name]
        for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control", "ETag")
    }
    assert headers == {
        "Content-Type": "image/jpeg",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=86400, immutable",
        "ETag": f'"{photo.sha256}"',
    }
    assert response["Content-Disposition"].startswith("inline; filename*=utf-8''")


def test_thumbnail_is_smaller_and_cached(world: World, as_: Any, photo: Attachment) -> None:
    client = as_(world.resident)
    response = client.get(photo.thumbnail_url)
    assert body(response) == content(photo.thumbnail)
    again = client.get(photo.thumbnail_url, headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("resident", 200),
        ("dispatcher", 200),
        ("manager", 200),
        ("technician", 200),
        ("admin", 200),
        ("neighbour", 404),
        ("inspector", 404),
        ("stranger", 404),
        ("outsider", 404),
        (None, 404),
    ],
)
def test_file_is_seen_by_whoever_sees_its_ticket(
    world: World, as_: Any, photo: Attachment, person: str | None, status: int
) -> None:
    client = as_(getattr(world, person) if person else None)
    for url in (photo.get_absolute_url(), photo.thumbnail_url, f"/api/v1/attachments/{photo.key}/"):
        response = client.get(url)
        asked = 401 if person is None and url.startswith("/api/") else status
        assert (url, response.status_code) == (url, asked)
        body(response)


def test_unsent_upload_is_seen_by_its_uploader_alone(world: World, as_: Any) -> None:
    unsent = store(upload(), by=world.resident, at=timezone.now())
    seen = {}
    for name, user in world.people().items():
        response = as_(user).get(unsent.get_absolute_url())
        seen[name] = response.status_code
        body(response)
    assert {name for name, status in seen.items() if status == 200} == {"resident", "admin"}
    assert set(seen.values()) == {200, 404}


def test_pdf_is_handed_over_as_a_download(world: World, as_: Any) -> None:
    pdf = store(upload(b"%PDF-1.7\n", "a.pdf"), by=world.resident, at=timezone.now())
    response = as_(world.resident).get(pdf.get_absolute_url())
    assert (response["Content-Type"], response["Content-Disposition"]) == (
        "application/pdf",
        'attachment; filename="a.pdf"',
    )
    assert body(response) == b"%PDF-1.7\n"
    assert as_(world.resident).get(pdf.thumbnail_url).status_code == 404


def test_alien_key_and_lost_file_are_not_found(world: World, as_: Any, photo: Attachment) -> None:
    client = as_(world.resident)
    assert client.get("/attachments/no-such-key/").status_code == 404
    photo.file.storage.delete(photo.file.name)
    assert client.get(photo.get_absolute_url()).status_code == 404


def test_only_reading_is_answered(world: World, as_: Any, photo: Attachment) -> None:
    assert as_(world.resident).post(photo.get_absolute_url()).status_code == 405


# --- the API


def test_upload_by_api_then_throw_away(world: World, as_: Any) -> None:
    client = as_(world.resident)
    response = client.post("/api/v1/attachments/", {"file": upload(name="a.jpg")})
    key = response.json()["key"]
    assert response.status_code == 201
    assert {name: response.json()[name] for name in ("url", "thumbnail_url", "name", "width")} == {
        "url": f"/attachments/{key}/",
        "thumbnail_url": f"/attachments/{key}/thumb/",
        "name": "a.jpg",
        "width": 80,
    }
    assert as_(world.neighbour).delete(f"/api/v1/attachments/{key}/").status_code == 404
    assert client.delete(f"/api/v1/attachments/{key}/").status_code == 204
    assert client.delete(f"/api/v1/attachments/{key}/").status_code == 404


def test_api_refuses_with_the_same_sentence(world: World, as_: Any) -> None:
    User.objects.filter(pk=world.resident.pk).update(language="en")
    world.resident.refresh_from_db()
    response = as_(world.resident).post("/api/v1/attachments/", {"file": upload(b"<html>")})
    assert (response.status_code, response.json()) == (
        400,
        {
            "file": [
                "This is neither a photograph nor a PDF. Send JPEG, PNG, HEIC, WebP, GIF or PDF."
            ]
        },
    )
    assert as_(None).post("/api/v1/attachments/", {"file": upload()}).status_code == 401


def test_sent_photo_is_not_thrown_away_by_api(world: World, as_: Any, photo: Attachment) -> None:
    User.objects.filter(pk=world.resident.pk).update(language="en")
    world.resident.refresh_from_db()
    response = as_(world.resident).delete(f"/api/v1/attachments/{photo.key}/")
    assert (response.status_code, response.json()["detail"]) == (409, "This file was sent already.")
