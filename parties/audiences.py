"""Named sets of people of matters, parts, registrations and wishes."""

from __future__ import annotations

from django.db.models import F, Q
from django.utils import timezone

from estates.audiences import Audience, Rows, of
from estates.querysets import holding
from grids.audiences import kept, led
from parties.states import ACTING, OrganisationKind, RegistrationStatus, Role


def posted(rows: Rows, organisation: str, *roles: str) -> Audience:
    """Who holds a post in the organisation at the end of the path, to the minute."""
    path = f"{organisation}__posts"
    there = holding(timezone.now(), path)
    if roles:
        there &= Q(**{f"{path}__role__in": roles})
    return of(rows, f"{path}__user", there)


def _committee(rows: Rows, community: str) -> Audience:
    path = f"{community}__organisations"
    there = holding(timezone.now(), f"{path}__posts") & Q(
        **{f"{path}__kind": OrganisationKind.COMMITTEE, f"{path}__posts__role__in": ACTING}
    )
    return of(rows, f"{path}__posts__user", there)


# --- matters


def raiser(matters: Rows) -> Audience:
    return of(matters, "raised_by")


def caller(matters: Rows) -> Audience:
    """Whoever raised it, and who acts for the caller."""
    return posted(matters, "caller", *ACTING) | raiser(matters)


def lead(matters: Rows) -> Audience:
    return posted(matters, "lead", *ACTING)


def helpers(matters: Rows) -> Audience:
    return posted(matters, "parts__organisation", *ACTING)


def committee(matters: Rows) -> Audience:
    return _committee(matters, "community")


def resident(matters: Rows) -> Audience:
    return of(matters, "resident")


def _raiser_around(rows: Rows, path: str = "") -> Audience:
    """While they still work in the community: in a grid, or in one of its organisations."""
    at, raised, community = timezone.now(), f"{path}raised_by", F(f"{path}community")
    grids, posts = f"{raised}__grid_postings", f"{raised}__organisation_posts"
    in_grid = holding(at, grids) & Q(**{f"{grids}__grid__community": community})
    in_post = holding(at, posts) & Q(**{f"{posts}__organisation__community": community})
    return of(rows, raised, in_grid) | of(rows, raised, in_post)


def watchers(matters: Rows) -> Audience:
    """The inverse of `visible_to`, administrators left out."""
    return (
        posted(matters, "caller")
        | posted(matters, "parts__organisation")
        | committee(matters)
        | _raiser_around(matters)
        | resident(matters)
    )


# --- parts


def part_people(parts: Rows) -> Audience:
    return posted(parts, "organisation", *ACTING)


def part_caller(parts: Rows) -> Audience:
    return posted(parts, "matter__caller", *ACTING) | of(parts, "matter__raised_by")


def part_watchers(parts: Rows) -> Audience:
    return (
        posted(parts, "organisation")
        | posted(parts, "matter__caller")
        | posted(parts, "matter__lead")
        | _raiser_around(parts, "matter__")
    )


# --- registrations and wishes


def member(registrations: Rows) -> Audience:
    return of(registrations, "member__user")


def secretary(registrations: Rows) -> Audience:
    return posted(registrations, "member__branch", Role.SECRETARY)


def registered_leader(registrations: Rows) -> Audience:
    """The grid's leader, once the member is registered there."""
    there = registrations.filter(status=RegistrationStatus.REGISTERED)
    return led(there, "grid")


def registration_watchers(registrations: Rows) -> Audience:
    return member(registrations) | secretary(registrations) | registered_leader(registrations)


def wisher(wishes: Rows) -> Audience:
    """Whoever noted it, as long as they look after the micro-grid."""
    return of(wishes, "raised_by").within(kept(wishes, "grid") | led(wishes, "grid"))


def wish_keepers(wishes: Rows) -> Audience:
    return kept(wishes, "grid") | led(wishes, "grid")


def claimer(wishes: Rows) -> Audience:
    return of(wishes, "member__user")
