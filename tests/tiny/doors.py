"""All that a noun with a life takes beside its model and its rules."""

import sys
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from rest_framework import serializers, viewsets

from estates.audiences import posted
from estates.models import Estate
from tests.tiny import rules
from tests.tiny.models import Lamp
from workflow.admin import LifecycleAdmin
from workflow.forms import VerbForm
from workflow.lives import Lifecycle
from workflow.moves import Move, Moves, Tells, move
from workflow.threads import THREAD_FORMS, talk, thread_moves
from workflow.timeline import timeline
from workflow.verbs import urls
from workflow.viewsets import ActionsMixin, LifecycleMixin

DARK, LIT = Lamp.Status.DARK, Lamp.Status.LIT


def keepers(lamps: Any) -> Any:
    return posted(lamps, "estate", "manager")


# fmt: off
MOVES = Moves("tiny.lamp", {
    "light":   Move({DARK}, LIT, rules.can_light, "Light", did="lit it", done="It burns.", tells=Tells("A lamp is lit", keepers)),
    "put_out": Move({LIT}, DARK, rules.can_light, "Put out", did="put it out", done="It is dark.", danger=True),
    **thread_moves(talked_of={DARK, LIT}, noted_of={DARK, LIT}, anybody=rules.is_person, staff=rules.is_staff),
})
# fmt: on


class PutOutForm(VerbForm):
    reason = forms.CharField(max_length=200)


def light(lamp: Lamp, *, actor: Any, at: datetime) -> Lamp:
    return move(MOVES, "light", lamp, actor=actor, at=at)


def put_out(lamp: Lamp, *, reason: str, actor: Any, at: datetime) -> Lamp:
    return move(MOVES, "put_out", lamp, actor=actor, at=at, note=reason)


def comment(lamp: Lamp, **words: Any) -> Lamp:
    return talk(MOVES, "comment", lamp, **words)


def note(lamp: Lamp, **words: Any) -> Lamp:
    return talk(MOVES, "note", lamp, **words)


def staffed(user: Any) -> Any:
    return Lamp.objects.filter(estate__in=Estate.objects.staffed_by(user))


LAMP = Lifecycle(
    Lamp, MOVES, verbs=sys.modules[__name__], first=DARK, key="number",
    forms={"put_out": PutOutForm, **THREAD_FORMS}, is_staff=rules.is_staff, staffed=staffed,
)  # fmt: skip


def lamp(request: HttpRequest, number: str) -> HttpResponse:
    row = get_object_or_404(LAMP.rows(request.user), number=number)
    return render(request, "workflow/timeline.html", {"events": timeline(LAMP, row, request.user)})


class LampSerializer(ActionsMixin, serializers.ModelSerializer[Lamp]):
    life = LAMP

    class Meta:
        model, fields = Lamp, ["number", "status", "actions"]


class LampViewSet(LifecycleMixin, viewsets.ReadOnlyModelViewSet[Lamp]):
    life, lookup_field = LAMP, "number"
    queryset = Lamp.objects.none()
    serializer_class = detail_class = LampSerializer


@admin.register(Lamp)
class LampAdmin(LifecycleAdmin):
    life = LAMP


app_name = "tiny"
urlpatterns = [path("<str:number>/", lamp, name="lamp"), *urls(LAMP, "<str:number>/")]
