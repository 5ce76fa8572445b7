"""What the tiny noun plugs into the house beside its life."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse

from common import navigation, personal
from common.navigation import STAFF, NavItem
from estates.models import Estate
from estates.standing import holds_anywhere
from tests.tiny.doors import LAMP
from tests.tiny.models import Lamp
from workflow.follow_ups import Origin, register_origins
from workflow.panels import Figure, Panel, register_panels
from workflow.scenes import Scene, register_scene


def dark(user: Any) -> Any:
    return Lamp.objects.visible_to(user).filter(status="dark")


def lamps(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(dark(request.user).count()))


def page(request: HttpRequest, number: str) -> HttpResponse:
    row = get_object_or_404(LAMP.rows(request.user), number=number)
    return render(request, "tiny/lamp.html", {"row": row})


def panel(user: Any, at: datetime) -> dict[str, Any]:
    return {"figures": [Figure("Dark lamps", dark(user).count(), reverse("lamps:list"), True)]}


def tends(user: Any) -> bool:
    return holds_anywhere(user)


def lay(stage: Any) -> None:
    estate = Estate.objects.get(code="banyan-court")
    Lamp.objects.create(estate=estate, number="L1")
    stage.script.note(stage.now, lambda: Lamp.objects.filter(number="L1").update(status="lit"))


def plug_in() -> None:
    register_panels(Panel("tiny.dark", 55, tends, "", panel))
    navigation.register(
        NavItem(
            "Lamps", "bulb", "lamps:list", STAFF, 55,
            visible=lambda request: tends(request.user),
            count=lambda request: dark(request.user).count(),
        )
    )  # fmt: skip
    register_origins(
        Origin(Lamp, lambda row: {"estate": row.estate, "description": f"{row.number} is dark"})
    )
    personal.register("tiny", export=lambda user: {}, erase=lambda user: None)
    register_scene(Scene("tiny", 55, lay))


urlpatterns = [path("", lamps, name="list"), path("<str:number>/", page, name="lamp")]
