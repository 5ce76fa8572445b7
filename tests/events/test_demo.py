"""What the demo promises of events. `check_events` looks at a demo that is laid already: it runs at
every hour at which tests/portal/test_seed_demo.py lays one."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from django.db.models import F, Q
from django.test import Client

from accounts.models import User
from audit.models import Entry
from estates.models import NumberSeries
from events.demo import content
from events.models import Event, Scan, SeasonalTemplate, Seat, Service, Signup, Slot, Task
from events.services import doors, hall, places, report, seeds, sweeps
from events.states import HELD, EventStatus
from volunteers.models import Entry as ShiftEntry


def check_events(now: datetime) -> None:
    check_year(now)
    check_counts()
    check_open(now)
    check_full(now)
    check_service_day(now)
    check_times(now)
    off = Event.objects.get(status="cancelled")
    assert off.published_at is not None
    assert off.signups.count() == len(content.CALLED_OFF_FAMILIES)
    stranger = User.objects.get(username="stranger")
    assert not Event.objects.visible_to(stranger).exists()


def check_year(now: datetime) -> None:
    templates = SeasonalTemplate.objects.all()
    assert {one.name for one in templates} == set(content.YEAR)
    assert not templates.filter(Q(organiser=None) | Q(team=None) | Q(story="")).exists()
    states = Counter(Event.objects.values_list("status", flat=True))
    assert states["reported"] >= 55
    assert (states["running"], states["published"], states["cancelled"]) == (1, 2, 1)
    assert states["approved"] == len(content.APPROVED)
    assert states["draft"] >= 5
    # What is over waits for its report until the next morning.
    late = Event.objects.filter(status="ended", ends_at__lt=now - timedelta(days=1))
    assert not late.exists()
    reported = Event.objects.filter(status="reported")
    assert not reported.filter(Q(people=None) | Q(cost=None) | Q(report="")).exists()
    assert Event.objects.filter(ends_at__lte=now, status__in=("draft", "approved")).count() == 0
    rated = [report.figures(one) for one in reported.filter(taken__gt=0)]
    assert len(rated) >= 5
    assert all(one.stars and one.came and one.rated for one in rated)
    numbers = Event.objects.values_list("number", flat=True)
    for series in NumberSeries.objects.filter(noun="events.event"):
        given = [one for one in numbers if one.startswith(f"E{series.year}-")]
        assert len(given) == series.last


def check_counts() -> None:
    """Places taken are the seats that stand; of them, those by telephone."""
    for event in Event.objects.all():
        seats = Seat.objects.filter(event=event, signup__status__in=HELD).standing()
        assert event.taken == seats.count()
        assert event.phone_taken == seats.filter(signup__by_staff=True).count()
    for signup in Signup.objects.standing():
        assert signup.size == signup.seats.standing().count()


def check_open(now: datetime) -> None:
    """Three places are left; the resident comes with one, and may bring more."""
    event = Event.objects.get(title=content.OPEN.title)
    standing = places.standing(event, now)
    assert (standing.door, standing.free) == (places.Door.OPEN, content.OPEN_LEFT)
    assert (event.phone_places, event.phone_taken) == (6, 4)
    assert event.title_en
    assert event.agenda[0] == ("10:30", "生火，摆桌")
    [question] = event.questions.all()
    assert question.ticks == ["花生", "蛋黄", "猪肉"]
    own = Signup.objects.get(event=event, user__username="resident")
    assert (own.status, own.size) == ("confirmed", 2)
    assert own.answers == {str(question.pk): "花生"}
    assert own.seats.exclude(occupant=None).count() == 2
    limits = {"user": own.user, "unit_id": own.unit_id}
    assert not places.over_limits(event, size=2, **limits)
    assert places.over_limits(event, size=3, **limits)


def check_full(now: datetime) -> None:
    event = Event.objects.get(title=content.FULL.title)
    assert places.standing(event, now).door == places.Door.FULL
    offer = Signup.objects.get(status="offered")
    assert (offer.event, offer.user and offer.user.username) == (event, "neighbour")
    assert offer.offered_until is not None
    assert offer.offered_until > now
    waiting = list(Signup.objects.filter(event=event).waiting())
    assert len(waiting) == 1 + len(content.FULL_WAITING)
    assert waiting[0].user is not None
    assert waiting[0].user.username == "resident"
    assert places.turn_of(waiting[0]) == 1


def check_service_day(now: datetime) -> None:
    event = Event.objects.get(status=EventStatus.RUNNING)
    assert event.starts_at < now < event.ends_at
    cards = hall.board(event)
    assert [card.service.letter for card in cards] == ["A", "B", "C"]
    for card in cards:
        assert (len(card.called), len(card.passed)) == (1, 1)
        assert card.now == card.called[0]
        assert card.served
        assert len(card.waiting) >= 3
        assert card.minutes
        assert card.free
    assert sum(card.is_latest for card in cards) == 1
    page = Client().get(f"/events/{event.number}/hall/")
    assert page.status_code == 200
    shown = page.content.decode()
    assert all(card.called[0].label in shown for card in cards)
    assert Slot.objects.filter(user__username="resident", status="booked").count() == 1
    came, refused = doors.total(doors.counts(event))
    assert (came, refused) == (sum(content.TODAY_FAMILIES[: content.TODAY_CAME]), 2)
    reasons = set(Scan.objects.filter(let_in=0).values_list("reason", flat=True))
    assert len(reasons) == 2
    entry = ShiftEntry.objects.get(
        user__username="volunteer", shift__origin_id=event.pk, shift__title=content.SHIFT_TITLE
    )
    assert entry.status == "checked_in"
    for name in ("volunteer", "team_lead"):
        user = User.objects.get(username=name)
        assert event in Event.objects.helped_by(user)


def check_times(now: datetime) -> None:
    """Nothing happened later than now, and nothing is left for the portal to do."""
    for model in (Event, SeasonalTemplate, Service, Signup, Seat, Slot, Scan, Task):
        assert not model.objects.filter(created_at__gt=now).exists()
        assert not model.objects.filter(updated_at__lt=F("created_at")).exists()
    moments = (
        (Signup, "queued_at"),
        (Seat, "arrived_at"),
        (Slot, "called_at"),
        (Slot, "booked_at"),
        (Task, "done_at"),
        (Scan, "at"),
        (Event, "published_at"),
    )
    for table, moment in moments:
        assert not table.objects.filter(**{f"{moment}__gt": now}).exists()
    assert not Slot.objects.filter(called_at__lt=F("booked_at")).exists()
    for verb in (sweeps.draft, sweeps.begin, sweeps.end, sweeps.remind, sweeps.run_out):
        swept = verb(now)
        assert (swept.done, swept.errors) == (0, [])
    logged = Entry.objects.filter(code__in=("events.event.make", "events.event.draft"))
    assert logged.count() == Event.objects.count()


def test_three_places_are_left_as_they_are_told() -> None:
    online = sum(size for size, _ticks in content.OPEN_FAMILIES) + content.OPEN_RESIDENT
    aside = max(content.OPEN_ASIDE - sum(content.OPEN_RANG), 0)
    assert content.OPEN.places is not None
    left = content.OPEN.places - online - sum(content.OPEN_RANG) - aside
    assert left == content.OPEN_LEFT
    assert content.FULL.places == sum(content.FULL_FAMILIES)


def test_every_template_is_told_of_in_both_languages() -> None:
    names = {row["name"] for row in seeds.rows(date(2026, 1, 1))}
    assert names == set(content.YEAR)
    plans = (content.OPEN, content.FULL, content.CALLED_OFF, content.DRAFT, content.SENT_BACK)
    assert all(plan.english for plan in (*plans, *content.APPROVED))
