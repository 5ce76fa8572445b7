"""Pages of wishes, and all that the app plugs into the house."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from common import navigation, personal
from common.navigation import RESIDENT, STAFF, NavItem
from estates.models import Estate
from estates.standing import holds_anywhere
from tests.wishes.models import Wish
from workflow.follow_ups import (
    FollowUp,
    Origin,
    check,
    facts_of,
    find,
    register_follow_ups,
    register_origins,
)
from workflow.panels import Figure, Panel, register_panels
from workflow.scenes import Scene, register_scene
from workflow.tiles import Tile, register_tiles


def make(*, actor: Any, words: str, estate: Estate, origin: Any = None) -> Wish:
    if origin is not None:
        check(origin, actor)
    return Wish.objects.create(user=actor, words=words, estate=estate, origin=origin)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    origin = find(request.GET["origin"], request.user) if "origin" in request.GET else None
    facts = dict(facts_of(origin)) if origin else {}
    if request.method == "POST":
        estate = facts.get("estate") or Estate.objects.visible_to(request.user)[0]
        words = request.POST["words"]
        return redirect(make(actor=request.user, words=words, estate=estate, origin=origin))
    return HttpResponse(f"<textarea>{facts.get('description', '')}</textarea>")


def wish(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Wish.objects.visible_to(request.user), pk=pk)
    return render(request, "wishes/wish.html", {"row": row})


def wishes(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(Wish.objects.visible_to(request.user).count()))


def panel(user: Any, at: datetime) -> dict[str, Any]:
    found = list(Wish.objects.visible_to(user))
    return {"figures": [Figure("Wishes", len(found), reverse("wishes:list"))], "wishes": found}


def manages(user: Any) -> bool:
    return holds_anywhere(user, "manager")


def lay(stage: Any) -> None:
    resident = stage.cast.person("resident")
    estate = Estate.objects.visible_to(resident)[0]
    stage.script.note(stage.now, lambda: make(actor=resident, words="多一盏灯", estate=estate))


def plug_in() -> None:
    """As its AppConfig.ready() would, were it installed for more than its own test."""
    register_panels(
        Panel("wishes.staff", 60, manages, "wishes/panel.html", panel),
        Panel("wishes.mine", 60, lambda user: True, "wishes/panel.html", panel, RESIDENT),
    )
    navigation.register(
        NavItem(
            "Wishes", "star", "wishes:list", STAFF, 60,
            visible=lambda request: manages(request.user),
            count=lambda request: Wish.objects.visible_to(request.user).count(),
        )
    )  # fmt: skip
    register_tiles(Tile("Make a wish", "star", "wishes:new", 10))
    register_origins(Origin(Wish, lambda row: {"estate": row.estate, "description": row.words}))
    register_follow_ups(
        FollowUp(Wish, "Make a wish of it", "star", "wishes:new", lambda user, row: manages(user))
    )
    personal.register(
        "wishes",
        export=lambda user: list(Wish.objects.filter(user=user).values("words")),
        erase=lambda user: Wish.objects.filter(user=user).update(words="—"),
    )
    register_scene(Scene("wishes", 60, lay))


app_name = "wishes"
urlpatterns = [
    path("", wishes, name="list"),
    path("new/", new, name="new"),
    path("<int:pk>/", wish, name="wish"),
]
