"""The verbs of files. An upload belongs to its uploader until a verb claims it for a row."""

from __future__ import annotations

import hashlib
import logging
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from attachments.models import Attachment, random_key
from attachments.querysets import UNSENT_KEPT
from attachments.services import images

logger = logging.getLogger(__name__)

Row = TypeVar("Row", bound=models.Model)

MAX_BYTES = 10 * 1024 * 1024
# Of one stage: a technician's photographs do not have to fit beside the resident's.
MAX_PER_ROW = 9
MAX_UNSENT = 60
NAME_LENGTH = 100
PURGE_BATCH = 200
ORPHANS_LOOKED_FOR = timedelta(days=9)


@dataclass(frozen=True)
class _Content:
    """What will be stored of an upload."""

    data: bytes
    media_type: str
    extension: str
    thumbnail: images.Encoded | None = None
    width: int | None = None
    height: int | None = None


def store(
    upload: File[bytes], *, by: Any, at: datetime, row: models.Model | None = None, stage: str = ""
) -> Attachment:
    """Take in a photograph or a PDF, known by its content, and give it to `row` if there is one.

    Raises ValidationError, and then nothing is left stored.
    """
    if row is None:
        _refuse_too_many_unsent(by)
    content = _content(_read(upload))
    saved: list[str] = []
    try:
        _save(content, at, saved)
        with transaction.atomic():
            if row is None and by.pk:
                # Again, one after the other: uploads at once have all passed the first look.
                people = get_user_model()._base_manager
                people.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
                _refuse_too_many_unsent(by)
            attachment = Attachment.objects.create(
                file=saved[0],
                thumbnail=saved[1] if content.thumbnail else "",
                media_type=content.media_type,
                name=clean_name(upload.name or "", content.extension),
                size=len(content.data),
                width=content.width,
                height=content.height,
                sha256=hashlib.sha256(content.data).hexdigest(),
                uploaded_by_id=by.pk,
            )
            if row is not None:
                [attachment] = claim([attachment.key], row=row, by=by, stage=stage)
    except BaseException:
        _delete_files(saved)
        raise
    return attachment


def copy(
    attachment: Attachment,
    *,
    by: Any,
    at: datetime,
    row: models.Model | None = None,
    stage: str = "",
) -> Attachment:
    """The same picture once more, as an upload of `by`: for a row that is made of another, and
    given to it where it is there already.

    Raises ValidationError.
    """
    with attachment.file.open("rb") as kept:
        return store(
            File(kept, name=attachment.name or "photo.jpg"), by=by, at=at, row=row, stage=stage
        )


def _refuse_too_many_unsent(by: Any) -> None:
    if by.pk and Attachment.objects.unsent().filter(uploaded_by_id=by.pk).count() >= MAX_UNSENT:
        raise ValidationError(_("You have many files that were not sent yet. Send some first."))


def _read(upload: File[bytes]) -> bytes:
    data: bytes = upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValidationError(_("The file is larger than 10 MB."), code="size")
    if not data:
        raise ValidationError(_("The file is empty."), code="empty")
    return data


def _content(data: bytes) -> _Content:
    if data.startswith(b"%PDF-"):
        return _Content(data, "application/pdf", "pdf")
    if not images.is_image(data):
        raise ValidationError(
            _("This is neither a photograph nor a PDF. Send JPEG, PNG, HEIC, WebP, GIF or PDF."),
            code="type",
        )
    picture, thumbnail = images.encode(data)
    return _Content(
        picture.data,
        picture.media_type,
        picture.extension,
        thumbnail,
        picture.width,
        picture.height,
    )


def _save(content: _Content, at: datetime, saved: list[str]) -> None:
    """Write the files, noting each name in `saved` at once, and look at what was written."""
    stem = f"{_folder(at)}/{random_key()}"
    saved.append(default_storage.save(f"{stem}.{content.extension}", ContentFile(content.data)))
    if content.thumbnail is None:
        return
    small = content.thumbnail
    saved.append(default_storage.save(f"{stem}-small.{small.extension}", ContentFile(small.data)))
    for name in saved:
        with default_storage.open(name) as stored:
            if not images.is_bare(stored.read()):
                logger.error("a re-encoded picture still carries metadata; it was not kept")
                raise ValidationError(_("The picture could not be made safe to keep."))


def _folder(at: datetime) -> str:
    return f"attachments/{at:%Y/%m/%d}"


def clean_name(name: str, extension: str) -> str:
    """What the file was called, to show: one line, no path, no control or direction characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in last)
    stem = PurePosixPath(" ".join(plain.split()).strip(". ")).stem
    return f"{stem[:NAME_LENGTH]}.{extension}" if stem else ""


def claim(
    keys: Iterable[str],
    *,
    row: models.Model,
    by: Any,
    stage: str = "",
    limit: int = MAX_PER_ROW,
) -> list[Attachment]:
    """Give uploads of `by` to `row`; call it in the transaction of the verb.

    Keys that the row holds already are passed over, so that a second click is harmless. Anything
    else that is not an unsent upload of `by` refuses them all.
    """
    wanted = list(dict.fromkeys(keys))
    if not wanted:
        return []
    with transaction.atomic():
        # The count below holds until the row's lock is given back.
        type(row)._base_manager.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
        held = list(of(row))
        new = set(wanted) - {attachment.key for attachment in held}
        mine = list(
            Attachment.objects.unsent()
            .filter(key__in=new, uploaded_by_id=by.pk)
            .select_for_update(of=("self",))
        )
        if len(mine) != len(new):
            raise ValidationError(_("A photo is no longer here. Please add it again."), code="gone")
        if sum(one.stage == stage for one in held) + len(mine) > limit:
            raise too_many(limit)
        return _give(sorted(mine, key=lambda one: wanted.index(one.key)), row, stage)


def too_many(limit: int) -> ValidationError:
    return ValidationError(_("At most %(limit)d photos."), code="limit", params={"limit": limit})


def _give(attachments: list[Attachment], row: models.Model, stage: str) -> list[Attachment]:
    content_type = ContentType.objects.get_for_model(row)
    for attachment in attachments:
        attachment.content_type = content_type
        attachment.object_id = row.pk
        attachment.stage = stage
        attachment.save(update_fields=["content_type", "object_id", "stage", "updated_at"])
    return attachments


def of(row: models.Model) -> models.QuerySet[Attachment]:
    """The files of a row that the caller may see already, oldest first."""
    return Attachment.objects.for_row(row).order_by("pk")


def of_rows(rows: Iterable[models.Model]) -> Mapping[int, list[Attachment]]:
    """The files of many rows of one model, by the row's key, in one query."""
    found: dict[int, list[Attachment]] = {row.pk: [] for row in rows}
    kind = next(iter(rows), None)
    if kind is not None:
        for attachment in Attachment.objects.for_rows(type(kind), found).order_by("pk"):
            found[attachment.object_id].append(attachment)
    return found


def with_photos(rows: Sequence[Row]) -> list[tuple[Row, Attachment | None]]:
    """Rows of a list, each with the first of its photographs."""
    files = of_rows(rows)
    return [(row, next((one for one in files[row.pk] if one.is_image), None)) for row in rows]


def discard(attachment: Attachment, *, by: Any) -> bool:
    """Throw away one's own upload that was not sent; False when it was sent meanwhile."""
    return _drop(Attachment.objects.unsent().filter(pk=attachment.pk, uploaded_by_id=by.pk)) == 1


def remove(attachment: Attachment, *, row: models.Model) -> bool:
    """Take a picture from `row`, and out of the store once that is certain; False when it is not
    there any more. Call it in the transaction of the verb."""
    gone, _which = Attachment.objects.for_row(row).filter(pk=attachment.pk).delete()
    names = (attachment.file.name, attachment.thumbnail.name)
    transaction.on_commit(lambda: _delete_files(names) if gone else None)
    return bool(gone)


def purge(*, at: datetime) -> int:
    """Throw away what was uploaded for forms never sent, and files that no row knows."""
    count = 0
    while dropped := _drop(Attachment.objects.stale(at)):
        count += dropped
    return count + _purge_orphans(at)


def _drop(attachments: models.QuerySet[Attachment]) -> int:
    """Rows first, files when that is certain; what is lost between is an orphan for the sweep."""
    with transaction.atomic():
        doomed = list(attachments.select_for_update(skip_locked=True, of=("self",))[:PURGE_BATCH])
        Attachment.objects.filter(pk__in=[one.pk for one in doomed]).delete()
    _delete_files(name for one in doomed for name in (one.file.name, one.thumbnail.name))
    return len(doomed)


def _purge_orphans(at: datetime) -> int:
    """A transaction that was undone, or a killed process, leaves files without a row."""
    count = 0
    day = at - ORPHANS_LOOKED_FOR
    while day < at - UNSENT_KEPT:
        names = _names_in(_folder(day))
        known = Attachment.objects.with_files(names)
        orphans = [name for name in names if name not in known]
        _delete_files(orphans)
        count += len(orphans)
        day += timedelta(days=1)
    return count


def _names_in(folder: str) -> list[str]:
    try:
        return [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
    except FileNotFoundError:
        return []


def _delete_files(names: Iterable[str | None]) -> None:
    for name in names:
        if name:
            default_storage.delete(name)
