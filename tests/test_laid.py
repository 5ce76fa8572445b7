"""The people who are laid by one statement are those that are built."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.utils import timezone

from tests.laid import Laid
from tests.people import build_world


def of_the_instance(row: models.Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def everything() -> dict[str, list[dict[str, Any]]]:
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed:
            rows = model._base_manager.order_by("pk")
            found[model._meta.label] = [of_the_instance(row) for row in rows]
    return found


def plain(
    found: dict[str, list[dict[str, Any]]],
) -> dict[str, list[dict[str, Any]]]:
    """Keys as places in their table, moments as now; nobody's password is like another's."""
    places = {
        label: {row[key]: n for n, row in enumerate(rows)}
        for label, rows in found.items()
        for key in [apps.get_model(label)._meta.pk.attname]
    }

    def told(label: str, name: str, value: Any) -> Any:
        field = next(f for f in apps.get_model(label)._meta.concrete_fields if f.attname == name)
        if value is None:
            return None
        if field.primary_key:
            return places[label][value]
        if field.is_relation:
            return places[field.related_model._meta.label][value]
        if isinstance(field, models.DateTimeField):
            return abs(value - timezone.now()) < timedelta(minutes=2)
        return value[:1] if name == "password" else value

    return {
        label: [{name: told(label, name, row[name]) for name in row} for row in rows]
        for label, rows in found.items()
    }


@pytest.mark.django_db
def test_the_same_rows_stand_in_every_table(laid_world: Laid) -> None:
    with transaction.atomic():
        build_world()
        built = plain(everything())
        transaction.set_rollback(True)
    laid_world.lay()
    connection.check_constraints()
    laid = plain(everything())
    assert laid == built


@pytest.mark.django_db
def test_what_is_handed_out_is_what_stands_there(laid_world: Laid) -> None:
    world = laid_world.lay()
    for value in vars(world).values():
        assert of_the_instance(value) == of_the_instance(type(value)._base_manager.get(pk=value.pk))
    assert world.home.entrance.building.estate == world.court
