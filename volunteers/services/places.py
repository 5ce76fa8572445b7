"""Places of a shift: who may take one and why not, counted under the shift's lock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.dates import said_time
from volunteers.models import Entry, Qualification, Shift, ShiftPost
from volunteers.standing import memberships_of
from volunteers.states import EntryStatus, QualificationKind, Reason, ShiftStatus

# A place that is free is held so long for whoever waits first; less before a shift that is near.
HOLD = timedelta(hours=6)
SHORTEST_HOLD = timedelta(minutes=15)


@dataclass(frozen=True)
class Answer:
    """What a person is told of a post: the reason, and a sentence with the way round it."""

    reason: str
    words: str = ""
    entry: Any = None
    # The place in the queue that one would have, or has.
    turn: int = 0

    @property
    def may(self) -> bool:
        return self.reason == Reason.FREE

    @property
    def may_wait(self) -> bool:
        return self.reason == Reason.FULL

    @property
    def label(self) -> str:
        return str(Reason(self.reason).label)


def lock_shift(pk: int) -> Shift:
    """Whatever counts places locks the shift first, and entries after it: one order for all."""
    locked: Shift = Shift.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    return locked


def take(post: ShiftPost) -> None:
    ShiftPost.objects.filter(pk=post.pk).update(taken=F("taken") + 1)


def give_back(post_id: int) -> None:
    ShiftPost.objects.filter(pk=post_id).update(taken=F("taken") - 1)


def held_until(shift: Shift, at: datetime) -> datetime | None:
    """Until when an offer holds; None where it is too late for one."""
    left = shift.starts_at - at
    if left <= SHORTEST_HOLD:
        return None
    return at + min(HOLD, max(left / 2, SHORTEST_HOLD))


def colliding(user: Any, begin: datetime, end: datetime, *, but: int | None = None) -> Any:
    """Entries that take somebody's time between two moments."""
    rows = Entry.objects.filter(user=user, starts_at__lt=end, ends_at__gt=begin).busy()
    return rows.exclude(shift=but) if but else rows


def turn_of(entry: Entry) -> int:
    """The number in the queue of somebody who waits; nought for others."""
    if entry.status != EntryStatus.WAITLISTED:
        return 0
    before = Entry.objects.filter(post=entry.post_id).waiting()
    return int(before.filter(queued_at__lt=entry.queued_at).count()) + 1


def is_qualified(user: Any, post: ShiftPost, shift: Shift) -> bool:
    if not post.needs:
        return True
    day = timezone.localdate(shift.ends_at)
    return Qualification.objects.holding(day).filter(user=user, kind=post.needs).exists()


@dataclass
class _Facts:
    """What the answers of one person rest on; read for any number of shifts at once."""

    user: Any
    at: datetime
    teams: set[int]
    entries: list[Any]
    papers: dict[str, Any]
    queues: Mapping[int, int]


def answers(
    shifts: Sequence[Any], user: Any, at: datetime
) -> dict[int, list[tuple[ShiftPost, Answer]]]:
    """For each shift its posts with the answer to this person. Four statements, whatever the
    number."""
    posts = ShiftPost.objects.filter(shift__in=[s.pk for s in shifts]).order_by("pk")
    facts = _facts(shifts, user, at)
    by_key = {shift.pk: shift for shift in shifts}
    found: dict[int, list[tuple[ShiftPost, Answer]]] = {shift.pk: [] for shift in shifts}
    for post in posts:
        shift = by_key[post.shift_id]
        found[shift.pk].append((post, _answer(shift, post, facts)))
    return found


def answer(shift: Any, post: ShiftPost, user: Any, at: datetime) -> Answer:
    return _answer(shift, post, _facts([shift], user, at))


def _facts(shifts: Sequence[Any], user: Any, at: datetime) -> _Facts:
    if not shifts:
        return _Facts(user, at, set(), [], {}, {})
    begin, end = min(s.starts_at for s in shifts), max(s.ends_at for s in shifts)
    mine = Entry.objects.of(user).standing()
    near = mine.filter(starts_at__lt=end, ends_at__gt=begin).select_related("shift", "post")
    papers: dict[str, Any] = {}
    for paper in Qualification.objects.filter(user=user, status="confirmed").order_by("expires_on"):
        papers[paper.kind] = paper
    waiting = Entry.objects.filter(shift__in=[s.pk for s in shifts], status=EntryStatus.WAITLISTED)
    queues = dict(waiting.order_by().values_list("post").annotate(n=Count("pk")))
    teams = {one.team_id for one in memberships_of(user)}
    return _Facts(user, at, teams, list(near), papers, queues)


def _answer(shift: Any, post: ShiftPost, facts: _Facts) -> Answer:
    at = facts.at
    mine = next((one for one in facts.entries if one.shift_id == shift.pk), None)
    if mine is not None:
        return Answer(Reason.IN, str(mine.get_status_display()), mine)
    if shift.status != ShiftStatus.OPEN or shift.has_begun(at):
        return Answer(Reason.OVER, _over(shift, at))
    if shift.team_id not in facts.teams:
        return Answer(Reason.NOT_MEMBER, _("Join the team first; its page says how."))
    if shift.opens_at is not None and at < shift.opens_at:
        return Answer(
            Reason.TOO_EARLY,
            _("Sign-up opens %(when)s.") % {"when": said_time(shift.opens_at, at)},
        )
    if words := _unqualified(shift, post, facts):
        return Answer(Reason.NOT_QUALIFIED, words)
    if other := _collides(shift, facts.entries):
        return Answer(Reason.COLLIDES, _said_collision(shift, other), other)
    if post.free <= 0:
        turn = facts.queues.get(post.pk, 0) + 1
        words = _("All places are taken. On the waiting list you would be number %(turn)d.")
        return Answer(Reason.FULL, words % {"turn": turn}, turn=turn)
    return Answer(Reason.FREE, _free(post))


def _over(shift: Any, at: datetime) -> str:
    if shift.status == ShiftStatus.CANCELLED:
        return _("It is called off.")
    if shift.is_over(at) or shift.status == ShiftStatus.ENDED:
        return _("It is over.")
    return _("It has begun. Ask the lead, who can still enter you.")


def _free(post: ShiftPost) -> str:
    if post.missing:
        return ngettext(
            "%(n)d more is urgently wanted.", "%(n)d more are urgently wanted.", post.missing
        ) % {"n": post.missing}
    return ngettext("%(n)d place is free.", "%(n)d places are free.", post.free) % {"n": post.free}


def _unqualified(shift: Any, post: ShiftPost, facts: _Facts) -> str:
    if not post.needs:
        return ""
    paper, day = facts.papers.get(post.needs), timezone.localdate(shift.ends_at)
    what = QualificationKind(post.needs).label
    if paper is None:
        return _("It needs a %(what)s. Show yours, and the lead confirms it.") % {"what": what}
    if paper.expires_on < day:
        said = {"what": what, "day": paper.expires_on.isoformat()}
        return _("Your %(what)s is valid until %(day)s only. Show the new one.") % said
    return ""


def _collides(shift: Any, entries: Iterable[Any]) -> Any:
    for one in entries:
        busy = one.status != EntryStatus.WAITLISTED
        if busy and one.starts_at < shift.ends_at and one.ends_at > shift.starts_at:
            return one
    return None


def _said_collision(shift: Any, other: Any) -> str:
    return _("At the same time you are in “%(title)s”, %(begin)s–%(end)s.") % {
        "title": other.shift.title,
        "begin": f"{timezone.localtime(other.starts_at):%H:%M}",
        "end": f"{timezone.localtime(other.ends_at):%H:%M}",
    }
