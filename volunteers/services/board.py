"""The lead's board: what is at risk, who is in what, who waits, whose hours are to confirm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from volunteers.models import Entry, Membership, Qualification, Shift, ShiftPost, Team
from volunteers.services import hours
from volunteers.states import AHEAD, CAME, STANDING, EntryStatus, ShiftStatus

# A shift is at risk that is short of people so long before it begins.
RISK = timedelta(days=3)
AHEAD_OF = timedelta(days=14)
BACK = timedelta(hours=12)
MOST_COLUMNS, MOST_ROWS = 8, 40


@dataclass
class Risk:
    """A shift, what is wrong with it, and how long is left."""

    shift: Any
    missing: int = 0
    in_it: int = 0
    waiting: int = 0
    absent: list[str] = field(default_factory=list)
    expiring: list[str] = field(default_factory=list)

    @property
    def late(self) -> bool:
        return bool(self.missing or self.absent)


@dataclass
class Row:
    member: Any
    cells: list[Any]
    minutes: int

    @property
    def hours(self) -> str:
        return hours.hours_of(self.minutes)


@dataclass
class Board:
    team: Team
    shifts: list[Any]
    rows: list[Row]
    risks: list[Risk]
    asked: list[Any]
    waiting: list[Any]
    to_confirm: list[Any]
    members: int

    @property
    def plain(self) -> list[Any]:
        """Hours that nobody has questioned."""
        return [one for one in self.to_confirm if not one.dispute and not one.forgotten]

    @property
    def plain_shifts(self) -> list[tuple[Any, int]]:
        """Shifts, with how many such hours are theirs."""
        shifts = {one.shift_id: one.shift for one in self.plain}
        counts = Counter(one.shift_id for one in self.plain)
        return [(shifts[key], n) for key, n in counts.items() if n > 1]


def board_of(team: Team, user: Any, at: datetime) -> Board:
    """Seven statements, whatever the team."""
    shifts = list(
        Shift.objects.visible_to(user)
        .filter(team=team.pk, status=ShiftStatus.OPEN)
        .filter(ends_at__gt=at - BACK, starts_at__lt=at + AHEAD_OF)
        .select_related("place")
        .order_by("starts_at", "pk")[:MOST_ROWS]
    )
    asked = list(
        Shift.objects.visible_to(user)
        .filter(team=team.pk, status=ShiftStatus.ASKED)
        .select_related("asked_by")
        .order_by("starts_at", "pk")[:MOST_ROWS]
    )
    posts = list(ShiftPost.objects.visible_to(user).filter(shift__in=[s.pk for s in shifts]))
    entries: list[Any] = list(
        Entry.objects.visible_to(user)
        .filter(shift__in=[s.pk for s in shifts], status__in=(*STANDING, EntryStatus.NO_SHOW))
        .select_related("post", "user")
        .order_by("queued_at", "pk")
    )
    members: list[Any] = list(
        Membership.objects.visible_to(user)
        .active()
        .filter(team=team.pk)
        .select_related("user")
        .order_by("user__display_name", "pk")
    )
    confirm: Any = Entry.objects.visible_to(user).to_confirm().filter(shift__team=team.pk)
    to_confirm = list(confirm.with_all().order_by("starts_at", "pk")[:MOST_ROWS])
    papers = _papers([one.user_id for one in entries], user)
    for shift in shifts:
        shift.board_posts = [post for post in posts if post.shift_id == shift.pk]
        shift.taken = sum(post.taken for post in shift.board_posts)
    by_key = {shift.pk: shift for shift in shifts}
    for entry in entries:
        entry.shift = by_key[entry.shift_id]
    return Board(
        team,
        shifts[:MOST_COLUMNS],
        _rows(team, members, shifts[:MOST_COLUMNS], entries, at),
        _risks(shifts, entries, papers, at),
        asked,
        _waiting(entries),
        to_confirm,
        len(members),
    )


def _waiting(entries: Sequence[Any]) -> list[Any]:
    """Who waits, with their turn at their post; and who has not answered an offer."""
    turns: Counter[int] = Counter()
    found = []
    for one in entries:
        if one.status == EntryStatus.WAITLISTED:
            turns[one.post_id] += 1
            one.turn = turns[one.post_id]
            found.append(one)
        elif one.status == EntryStatus.OFFERED:
            found.append(one)
    return found


def _papers(people: Sequence[int], user: Any) -> dict[tuple[int, str], Any]:
    rows = Qualification.objects.visible_to(user).filter(user__in=people, status="confirmed")
    return {(row.user_id, row.kind): row for row in rows.order_by("expires_on")}


def _rows(
    team: Team, members: Sequence[Any], shifts: Sequence[Any], entries: Sequence[Any], at: datetime
) -> list[Row]:
    """Who is in something first, then the others."""
    where = {(one.user_id, one.shift_id): one for one in entries}
    today = timezone.localdate(at)
    sums = hours.totals([one.user_id for one in members], today.replace(day=1), today, team.pk)
    made = [
        Row(
            member,
            [(shift, where.get((member.user_id, shift.pk))) for shift in shifts],
            sums.get(member.user_id, 0),
        )
        for member in members
    ]
    made.sort(key=lambda row: not any(entry for _shift, entry in row.cells))
    return made[:MOST_ROWS]


def _risks(shifts: Sequence[Any], entries: Sequence[Any], papers: Any, at: datetime) -> list[Risk]:
    """Those that begin soon and are short of people; where somebody is not there who should be; and
    certificates that will have run out by then."""
    found = []
    for shift in shifts:
        those = [one for one in entries if one.shift_id == shift.pk]
        risk = Risk(shift)
        risk.missing = sum(post.missing for post in shift.board_posts)
        risk.in_it = sum(one.status in (*AHEAD, *CAME) for one in those) - sum(
            one.status == EntryStatus.WAITLISTED for one in those
        )
        risk.waiting = sum(one.status == EntryStatus.WAITLISTED for one in those)
        if shift.has_begun(at):
            coming = (EntryStatus.CONFIRMED, EntryStatus.REQUESTED)
            risk.absent = [one.user.name for one in those if one.status in coming]
            risk.missing = 0
        day = timezone.localdate(shift.ends_at)
        for one in those:
            paper = papers.get((one.user_id, one.post.needs)) if one.post.needs else None
            if paper is not None and paper.expires_on < day:
                risk.expiring.append(one.user.name)
        soon = shift.starts_at - at < RISK
        if (risk.missing and soon) or risk.absent or risk.expiring:
            found.append(risk)
    return found
