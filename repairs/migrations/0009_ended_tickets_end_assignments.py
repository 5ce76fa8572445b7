from django.db import migrations
from django.db.models import OuterRef, Subquery


def end_assignments(apps, schema_editor):
    """A job ended with its ticket; those that were confirmed or closed were not told so."""
    Ticket = apps.get_model("repairs", "Ticket")
    running = apps.get_model("repairs", "Assignment").objects.filter(ended_at__isnull=True)
    closed_at = Ticket.objects.filter(pk=OuterRef("ticket")).values("closed_at")
    running.filter(ticket__closed_at__isnull=False).update(ended_at=Subquery(closed_at))


class Migration(migrations.Migration):
    dependencies = [
        ("repairs", "0008_pauses_from_the_log"),
    ]

    operations = [
        migrations.RunPython(end_assignments, migrations.RunPython.noop),
    ]
