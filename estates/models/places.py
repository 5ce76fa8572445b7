"""Public places and what is installed there, each with a poster."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.lines import KeyField, LineField
from common.models import Timestamped
from estates import querysets
from estates.models.estate import Estate
from estates.models.homes import Building


def qr_code() -> str:
    return secrets.token_urlsafe(9)


class Place(Timestamped):
    """A public place. Its poster's QR code opens the repair form with the place filled in."""

    class Kind(models.TextChoices):
        LOBBY = "lobby", _("lobby")
        CORRIDOR = "corridor", _("corridor or stairs")
        LIFT = "lift", _("lift")
        GARAGE = "garage", _("garage")
        GARDEN = "garden", _("garden or road")
        PLANT = "plant", _("plant room")
        ROOF = "roof", _("roof")
        GATE = "gate", _("gate")
        HALL = "hall", _("community room")
        OTHER = "other", _("other")

    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="places", verbose_name=_("estate")
    )
    building = models.ForeignKey(
        Building,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="places",
        verbose_name=_("building"),
    )
    name = LineField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.OTHER)
    qr = models.CharField(max_length=20, unique=True, default=qr_code, editable=False)

    personal = frozenset()
    objects = querysets.PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("public place")
        verbose_name_plural = _("public places")
        ordering = ["estate", "building__order", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["estate", "name"],
                name="estates_place_once",
                violation_error_message=_("The estate has a place of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Facility(Timestamped):
    class Kind(models.TextChoices):
        LIFT = "lift", _("lift")
        PUMP = "pump", _("pump")
        EXTINGUISHER = "extinguisher", _("extinguisher")
        HYDRANT = "hydrant", _("hydrant")
        LIGHT = "light", _("light")
        DOOR = "door", _("access door")
        CAMERA = "camera", _("camera")
        POWER = "power", _("power cabinet")
        PLAY = "play", _("play or fitness equipment")
        OTHER = "other", _("other")

    class State(models.TextChoices):
        WORKING = "working", _("working")
        FAULTY = "faulty", _("faulty")
        OUT = "out", _("out of service")

    place = models.ForeignKey(
        Place, models.PROTECT, related_name="facilities", verbose_name=_("place")
    )
    name = LineField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.OTHER)
    serial = KeyField(_("number on the plate"), max_length=60, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.WORKING
    )
    qr = models.CharField(max_length=20, unique=True, default=qr_code, editable=False)

    personal = frozenset()
    objects = querysets.FacilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("facility")
        verbose_name_plural = _("facilities")
        ordering = ["place", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "name"],
                name="estates_facility_once",
                violation_error_message=_("The place has a facility of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name
