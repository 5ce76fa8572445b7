"""An empty required field is answered in the page's language, by name, by a sentence of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from common.required import NamesMissing
from tests.people import World

AsUser = Callable[[Any], Client]
CHOICES = [("a", "A"), ("b", "B")]


class Errand(NamesMissing, forms.Form):
    words = forms.CharField(label="What to do?")
    day = forms.DateField()
    kind = forms.ChoiceField(label="Kind", choices=CHOICES)
    ways = forms.MultipleChoiceField(label="Ways", choices=CHOICES)
    number = forms.TypedChoiceField(label="Number", choices=CHOICES)
    agree = forms.BooleanField(label="I agree")
    plan = forms.FileField(label="Plan")
    own = forms.CharField(label="Own", error_messages={"required": "Say it."})
    more = forms.CharField(required=False)


def said(form: forms.BaseForm) -> dict[str, str]:
    return {name: " ".join(map(str, errors)) for name, errors in form.errors.items()}


def test_each_kind_of_field_has_its_sentence() -> None:
    with translation.override("en"):
        assert said(Errand({})) == {
            "words": "Please fill in “What to do?”.",
            "day": "Please fill in “Day”.",
            "kind": "Please choose “Kind”.",
            "ways": "Please choose “Ways”.",
            "number": "Please choose “Number”.",
            "agree": "Please tick “I agree”.",
            "plan": "Please add “Plan”.",
            "own": "Say it.",
        }


def test_each_request_is_answered_in_its_own_language() -> None:
    for language, words in (("en", "Please choose “Kind”."), ("zh-hans", "请选择“Kind”。")):
        with translation.override(language):
            assert said(Errand({}))["kind"] == words


def test_the_label_is_the_one_it_has_in_the_end() -> None:
    class Renamed(Errand):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            self.fields["words"].label = "Your wish"
            self.fields["extra"] = forms.CharField(label="Extra")

    with translation.override("en"):
        found = said(Renamed({}))
    assert (found["words"], found["extra"]) == (
        "Please fill in “Your wish”.",
        "Please fill in “Extra”.",
    )


def test_what_is_filled_in_passes() -> None:
    data = {"words": "x", "day": "2026-06-01", "kind": "a", "ways": ["b"], "number": "a"}
    plan = {"plan": SimpleUploadedFile("plan.txt", b"x")}
    assert said(Errand({**data, "agree": "on", "own": "x"}, plan)) == {}


@pytest.mark.django_db
def test_a_register_says_it_and_keeps_what_was_typed(world: World, as_: AsUser) -> None:
    answer = as_(world.manager).post(reverse("estates:buildings-new"), {"floors": "18"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert answer.context["form"].errors["name"] == ["请填写“楼栋”。"]
    assert 'name="floors" value="18"' in page
    assert page.count('aria-invalid="true"') == len(answer.context["form"].errors)


@pytest.mark.parametrize("typed", ["\u200b", "\u2060\u200b \ufeff", "\u00ad"])
def test_marks_that_nobody_sees_are_no_words(typed: str) -> None:
    class Titled(NamesMissing, forms.Form):
        title = forms.CharField(label="Title")

    form = Titled({"title": typed})
    assert form.errors == {"title": ["Please fill in “Title”."]}
    assert Titled({"title": f"{typed}x"}).is_valid()
