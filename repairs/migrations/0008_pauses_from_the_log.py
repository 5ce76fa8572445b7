from collections import defaultdict

from django.db import migrations
from django.db.models import Q

HOLD, RESUME = "repairs.ticket.hold", "repairs.ticket.resume"


def pauses_from_the_log(apps, schema_editor):
    """The log knows from when to when a ticket was held. Minutes that it does not account for are
    carried over as they are; a ticket on hold waits since `held_at`.
    """
    Ticket = apps.get_model("repairs", "Ticket")
    Pause = apps.get_model("repairs", "Pause")
    held = _held(apps)
    waited = Q(pk__in=list(held)) | Q(paused_minutes__gt=0) | Q(held_at__isnull=False)
    pauses, carried = [], []
    for ticket in Ticket.objects.filter(waited).order_by("pk"):
        over = held[ticket.pk]
        pauses += [Pause(ticket=ticket, began_at=began, ended_at=ended) for began, ended in over]
        if ticket.held_at:
            pauses.append(Pause(ticket=ticket, began_at=ticket.held_at))
        start = ticket.clock_from or ticket.reported_at
        known = sum((e - b).total_seconds() // 60 for b, e in over if b >= start)
        if ticket.paused_minutes > known:
            ticket.carried_minutes = ticket.paused_minutes - known
            carried.append(ticket)
    Pause.objects.bulk_create(pauses, batch_size=1000)
    Ticket.objects.bulk_update(carried, ["carried_minutes"], batch_size=1000)


def _held(apps):
    kind = apps.get_model("contenttypes", "ContentType").objects.filter(
        app_label="repairs", model="ticket"
    )
    entries = apps.get_model("audit", "Entry").objects.filter(
        content_type__in=kind, code__in=[HOLD, RESUME]
    )
    held, began = defaultdict(list), {}
    for pk, code, at in entries.order_by("at", "pk").values_list("object_id", "code", "at"):
        if code == HOLD:
            began[pk] = at
        elif pk in began:
            held[pk].append((began.pop(pk), at))
    return held


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("repairs", "0007_pauses"),
    ]

    operations = [
        migrations.RunPython(pauses_from_the_log, migrations.RunPython.noop),
    ]
