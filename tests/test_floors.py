"""What import-linter does not see: apps left out of the floors, foreign keys that point up, and
doors that fetch rows without asking who looks."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
FLOORS: list[set[str]] = [
    set(floor.split(" | "))
    for floor in next(c for c in LINTER["contracts"] if c["id"] == "floors")["layers"]
]
HEIGHT = {app: -number for number, floor in enumerate(FLOORS) for app in floor}
OURS = {config.name for config in apps.get_app_configs() if Path(config.path).parent == ROOT}
DOORS = ("views", "api", "admin", "filters", "forms")

# Sets that are narrower than visible_to, each written beside it in the querysets.
NARROWER = {
    "none",  # no rows at all
    "staffed_by",  # estates where the user works
    "lived_in_by",  # homes of the user
    "of_home",  # tickets of the user's homes
    "of",  # what belongs to the user's own person
    "inside",  # matters that somebody works on, and not those that concern them as a resident
    "of_mates",  # places in the user's own teams
    "planned_by",  # events that the user plans
    "public",  # what anybody may read who has its address
    "led_by",  # of the teams that the user leads
    "get_for_model",  # the name of a table, not a row of it
    "get_for_models",  # the same of several
}
# (file, expression): why these rows may be fetched without visible_to.
ALLOWED = {
    (
        "accounts/views.py",
        "Authenticator.objects.filter(user=user).exists()",
    ): "the user's own second step",
    (
        "accounts/admin.py",
        "EmailAddress.objects.filter(user=user).exclude(email=user.email or '').delete()",
    ): "administrators see everybody",
    (
        "accounts/forms.py",
        "EmailAddress.objects.get_or_create(user=user, email=email)",
    ): "whose code came back with the session",
    (
        "repairs/filters.py",
        "User.objects.filter(pk__in=postings.values('user'))",
    ): "people of postings that are visible",
    (
        "repairs/filters.py",
        "Category.objects.filter(parent=value).values_list('pk', flat=True)",
    ): "keys of what was chosen, to narrow the tickets that are visible",
    (
        "repairs/filters.py",
        "Unit.objects.filter(entrance__building=value).values_list('pk', flat=True)",
    ): "the same",
    (
        "repairs/filters.py",
        "Place.objects.filter(building=value).values_list('pk', flat=True)",
    ): "the same",
    (
        "repairs/forms/verbs.py",
        "User.objects.filter(pk__in=postings.values('user'))",
    ): "technicians of the estate of a visible ticket",
}


def test_every_installed_app_has_its_floor() -> None:
    assert set(HEIGHT) == OURS
    assert set(LINTER["root_packages"]) == OURS


def references(app: str) -> Iterator[tuple[str, str]]:
    """Foreign keys of an app's models to other apps: (where, app)."""
    for model in apps.get_app_config(app).get_models():
        for field in model._meta.get_fields():
            target: Any = field.related_model if field.concrete else None
            if target and target != "self":
                yield f"{model._meta.label}.{field.name}", target._meta.app_config.name


@pytest.mark.parametrize("app", sorted(OURS))
def test_no_foreign_key_points_up(app: str) -> None:
    """Only the user stands higher than some who point at him: settings.AUTH_USER_MODEL."""
    user_app = settings.AUTH_USER_MODEL.split(".")[0]
    up = [
        (where, target)
        for where, target in references(app)
        if target in HEIGHT and target != user_app and HEIGHT[target] > HEIGHT[app]
    ]
    assert up == []


def door_files() -> list[Path]:
    files = [ROOT / app / f"{door}.py" for app in sorted(OURS) for door in DOORS]
    files += [f for app in sorted(OURS) for door in DOORS for f in (ROOT / app / door).glob("*.py")]
    return [file for file in files if file.exists()]


def unscoped(source: str) -> list[str]:
    """Accesses to Model.objects that are not followed by .visible_to(…) in the same expression."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    found = []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager")):
            continue
        chain, top = [], node
        while isinstance(parents.get(top), ast.Attribute | ast.Call):
            parent = parents[top]
            if isinstance(parent, ast.Call) and parent.func is not top:
                break
            if isinstance(parent, ast.Attribute):
                chain.append(parent.attr)
            top = parent  # type: ignore[assignment]
        if not {"visible_to", *NARROWER} & set(chain):
            found.append(ast.unparse(top))
    return found


def test_the_reader_of_doors_sees_an_unscoped_queryset() -> None:
    assert unscoped("Ticket.objects.filter(pk=1).get()") == ["Ticket.objects.filter(pk=1).get()"]
    assert unscoped("Ticket.objects.open().visible_to(user).first()") == []
    assert unscoped("get(Ticket.objects.visible_to(user), pk=1)") == []


@pytest.mark.parametrize("file", door_files(), ids=lambda file: str(file.relative_to(ROOT)))
def test_doors_fetch_only_what_the_user_may_see(file: Path) -> None:
    name = str(file.relative_to(ROOT))
    loose = [words for words in unscoped(file.read_text()) if (name, words) not in ALLOWED]
    assert loose == []


def test_the_allowed_are_still_there() -> None:
    for name, words in ALLOWED:
        assert words in unscoped((ROOT / name).read_text()), f"{name} has no {words} any more"
