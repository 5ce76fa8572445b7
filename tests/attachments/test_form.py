from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from attachments.forms import PhotosField
from attachments.models import Attachment
from attachments.services import claim, register_owner
from repairs.models import Ticket
from tests.attachments.pictures import upload
from tests.factories import make_ticket
from tests.people import World

register_owner(Ticket)


class Report(forms.Form):
    words = forms.CharField()
    photos = PhotosField(max_files=3)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        photos: Any = self.fields["photos"]
        photos.user = user


def report(user: Any, query: str, *files: Any) -> Report:
    return Report(QueryDict(query), MultiValueDict({"photos": list(files)}), user=user)


def test_photos_become_keys(world: World) -> None:
    form = report(world.resident, "words=x", upload(), upload())
    assert form.is_valid()
    assert form.cleaned_data["photos"] == list(
        Attachment.objects.order_by("pk").values_list("key", flat=True)
    )
    assert len(form.cleaned_data["photos"]) == 2


def test_photos_stay_when_another_field_is_wrong(world: World) -> None:
    wrong = report(world.resident, "words=", upload())
    assert (wrong.is_valid(), list(wrong.errors)) == (False, ["words"])
    key = Attachment.objects.get().key
    assert f'name="photos_kept" value="{key}"' in str(wrong["photos"])

    right = report(world.resident, f"words=x&photos_kept={key}", upload())
    assert right.is_valid()
    assert right.cleaned_data["photos"][0] == key
    assert len(right.cleaned_data["photos"]) == 2


def test_photo_is_removed_by_its_box(world: World) -> None:
    report(world.resident, "words=", upload(), upload()).is_valid()
    first, second = Attachment.objects.order_by("pk").values_list("key", flat=True)
    form = report(
        world.resident, f"words=x&photos_kept={first}&photos_kept={second}&photos_dropped={first}"
    )
    assert form.is_valid()
    assert form.cleaned_data["photos"] == [second]


def test_one_bad_file_is_named_and_the_good_one_stays(world: World) -> None:
    form = report(world.resident, "words=x", upload(), upload(b"<html>", "page.jpg"))
    assert form.errors["photos"] == [
        "page.jpg: This is neither a photograph nor a PDF. Send JPEG, PNG, HEIC, WebP, GIF or PDF."
    ]
    assert Attachment.objects.count() == 1
    assert Attachment.objects.get().key in str(form["photos"])


def test_too_many_keeps_the_first_ones(world: World) -> None:
    form = report(world.resident, "words=x", *(upload() for _ in range(5)))
    assert form.errors["photos"] == ["At most 3 photos."]
    assert str(form["photos"]).count('name="photos_kept"') == 3


def test_alien_key_is_not_taken(world: World) -> None:
    report(world.neighbour, "words=", upload()).is_valid()
    alien = Attachment.objects.get().key
    form = report(world.resident, f"words=x&photos_kept={alien}")
    assert form.errors["photos"] == ["A photo is no longer here. Please add it again."]
    assert alien not in str(form["photos"])


def test_second_click_is_answered_like_the_first(world: World) -> None:
    report(world.resident, "words=", upload()).is_valid()
    key = Attachment.objects.get().key
    claim([key], row=make_ticket(world.pipes, reporter=world.resident), by=world.resident)
    assert report(world.resident, f"words=x&photos_kept={key}").is_valid()


def test_required_asks_for_a_photo(world: World) -> None:
    form = report(world.resident, "words=x")
    form.fields["photos"].required = True
    assert form.errors["photos"] == ["Please add a photo."]


def test_new_form_asks_for_several_files(world: World) -> None:
    html = str(Report(user=world.resident)["photos"])
    assert ("multiple" in html, 'accept="image/*,application/pdf"' in html) == (True, True)
    assert "photos_kept" not in html
