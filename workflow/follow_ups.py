"""From a row of one app a row of another is made, and both ends show the link.

An app whose rows others come from registers them as origins; an app whose rows are made of others
registers the follow-up. Neither knows the other: a need heard at a door becomes a ticket because
repairs registers “make a ticket” and the visit says what the form begins with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Value
from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from common.keys import key_of
from workflow.refusals import NotAllowed

Row = Any


def nothing(row: Row) -> Mapping[str, Any]:
    return {}


def itself(row: Row) -> Row:
    return row


def its_name(row: Row) -> str:
    return str(row)


@dataclass(frozen=True)
class Origin:
    """Rows that others come from. `facts(row)` is what a form begins with: any of estate, unit,
    place, facility, title, public_title (what residents may read of it), description, resident,
    photos and source, as far as the row knows them. A part of something `stands_for` the whole,
    which is then kept as the origin."""

    model: type[Any]
    facts: Callable[[Row], Mapping[str, Any]] = nothing
    label: Callable[[Row], str] = its_name
    stands_for: Callable[[Row], Row] = itself
    # False where its parts are what something is made of.
    offers: bool = True
    # What the row does when something made of it is done: `hears(row, made, *, actor, at)`.
    hears: Callable[..., None] | None = None
    # Of which rows somebody may make something who need not see all of them: those that they see,
    # unless said otherwise.
    rows: Callable[[Any], models.QuerySet[Any]] | None = None

    def of(self, user: Any) -> models.QuerySet[Any]:
        return self.rows(user) if self.rows else _seen(self.model, user)


@dataclass(frozen=True)
class Maker:
    """Makes the row at once, for somebody at a door without signal who fills in no second form:
    `make(origin, *, actor, at, words, topic, person)`, of the words that were heard, one of the
    `topics(estate)` (value and words; empty for “let the desk say”), and the person of the roster
    who said them, if one did. `said` is the choice beside the words."""

    said: str | Promise
    make: Callable[..., Row]
    topics: Callable[[Any], Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class FollowUp:
    """What may be made of an origin: a row of `model`, which is a `FromOrigin`, by the form at
    `url_name`. `may(user, origin)` says to whom it is offered; the verb itself asks again. What can
    be made in one go beside the row it comes from has a `maker`."""

    model: type[Any]
    said: str | Promise
    icon: str
    url_name: str
    may: Callable[[Any, Row], bool]
    label: Callable[[Row], str] = its_name
    maker: Maker | None = None

    @property
    def name(self) -> str:
        """For forms: “repairs.ticket”."""
        return str(self.model._meta.label_lower)

    def url(self, origin: Row) -> str:
        return f"{reverse(self.url_name)}?{urlencode({'origin': name_of(origin)})}"


@dataclass(frozen=True)
class Link:
    """The other end, for somebody who sees it."""

    said: str
    label: str
    url: str
    icon: str


@dataclass
class Links:
    links: list[Link] = field(default_factory=list)
    offers: list[tuple[FollowUp, str]] = field(default_factory=list)


_origins: dict[type[models.Model], Origin] = {}
_follow_ups: dict[type[models.Model], FollowUp] = {}


def register_origins(*origins: Origin) -> None:
    """Called in ready()."""
    _origins.update({origin.model: origin for origin in origins})


def register_follow_ups(*follow_ups: FollowUp) -> None:
    """Called in ready()."""
    _follow_ups.update({one.model: one for one in follow_ups})


def name_of(origin: Row) -> str:
    """For addresses: “grids.visit.17”."""
    return f"{origin._meta.label_lower}.{origin.pk}"


def makers() -> list[FollowUp]:
    """What can be made in one go."""
    return sorted((one for one in _follow_ups.values() if one.maker), key=lambda one: one.name)


def maker(name: str) -> Maker | None:
    return next((one.maker for one in makers() if one.name == name), None)


def find(name: str, user: Any) -> Row:
    """The origin of that name; Http404 when there is none, or none that `user` sees."""
    label, _dot, key = name.rpartition(".")
    for model, origin in _origins.items():
        if model._meta.label_lower == label and (pk := key_of(key)):
            row = origin.of(user).filter(pk=pk).first()
            if row is not None:
                return row
    raise Http404(name)


def facts_of(origin: Row) -> Mapping[str, Any]:
    return _origins[type(origin)].facts(origin)


def label_of(origin: Row) -> str:
    return _origins[type(origin)].label(origin)


def check(origin: Row, user: Any) -> Row:
    """For the verb that makes the follow-up: the row to keep as its origin. Raises NotAllowed."""
    known = _origins.get(type(origin))
    if known is None or not known.of(user).filter(pk=origin.pk).exists():
        raise NotAllowed(_("You may not make this of something that you do not see."))
    return _origins[type(origin)].stands_for(origin)


def done(made: Row, *, actor: Any, at: datetime) -> None:
    """For the verb by which `made` is done: where it came from hears of it, inside the caller's
    transaction."""
    origin = _origin_of(made)
    if origin and origin.hears and (row := origin.model.objects.filter(pk=made.origin_id).first()):
        origin.hears(row, made, actor=actor, at=at)


def links_of(row: Row, user: Any) -> Links:
    """Where `row` comes from, what has become of it, and what this person may make of it."""
    origin = _origins.get(type(row))
    # What was made of a part is kept at the whole: nothing is to be looked for at the part.
    whole = origin is not None and origin.stands_for is itself
    return Links(
        links=[*_came_from(row, user), *(_became(row, user) if whole else [])],
        offers=offers_of(row, user),
    )


def offers_of(row: Row, user: Any) -> list[tuple[FollowUp, str]]:
    """What this person may make of `row`, with the address of each form. No statement."""
    origin = _origins.get(type(row))
    return [
        (one, one.url(row))
        for one in _follow_ups.values()
        if origin and origin.offers and one.model is not type(row) and one.may(user, row)
    ]


def _seen(model: type[Any], user: Any) -> models.QuerySet[Any]:
    seen: models.QuerySet[Any] = model._default_manager.visible_to(user)
    return seen


def _origin_of(row: Row) -> Origin | None:
    """What the rows are that it comes from one of."""
    if getattr(row, "origin_id", None) is None:
        return None
    model = ContentType.objects.get_for_id(row.origin_type_id).model_class()
    return _origins.get(model) if model else None


def _came_from(row: Row, user: Any) -> list[Link]:
    origin = _origin_of(row)
    if origin is None:
        return []
    said = _("Came from")
    if found := _seen(origin.model, user).filter(pk=row.origin_id).first():
        return [Link(said, origin.label(found), found.get_absolute_url(), "arrow-back-up")]
    # Known by its name to whoever could make something of it, and no more.
    known = origin.of(user).filter(pk=row.origin_id).first()
    return [Link(said, origin.label(known), "", "arrow-back-up")] if known else []


def _became(row: Row, user: Any) -> list[Link]:
    """One statement for all nouns that could have come of it, and one for each that did."""
    kind = ContentType.objects.get_for_model(row)
    made = {
        name: _seen(one.model, user).filter(origin_type=kind, origin_id=row.pk).order_by()
        for name, one in ((one.name, one) for one in _follow_ups.values())
    }
    if not made:
        return []
    sets = [rows.values_list(Value(name), "pk") for name, rows in made.items()]
    found = {name for name, _pk in reduce(lambda some, more: some.union(more, all=True), sets)}
    return [
        Link(_("Became"), one.label(its), its.get_absolute_url(), one.icon)
        for one in _follow_ups.values()
        if one.name in found
        for its in made[one.name].order_by("pk")
    ]
