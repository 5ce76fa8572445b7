from django.db import migrations

NOUN = "repairs.ticket"


def move(apps, schema_editor):
    series = apps.get_model("estates", "NumberSeries")
    series.objects.bulk_create(
        series(noun=NOUN, year=row.year, estate_id=row.estate_id, last=row.last)
        for row in apps.get_model("repairs", "NumberSeries").objects.all()
    )
    view = apps.get_model("estates", "SavedView")
    view.objects.bulk_create(
        view(user_id=row.user_id, desk=NOUN, name=row.name, query=row.query)
        for row in apps.get_model("repairs", "SavedView").objects.order_by("pk")
    )


def move_back(apps, schema_editor):
    series = apps.get_model("repairs", "NumberSeries")
    series.objects.bulk_create(
        series(year=row.year, estate_id=row.estate_id, last=row.last)
        for row in apps.get_model("estates", "NumberSeries").objects.filter(noun=NOUN)
    )
    view = apps.get_model("repairs", "SavedView")
    view.objects.bulk_create(
        view(user_id=row.user_id, name=row.name, query=row.query)
        for row in apps.get_model("estates", "SavedView").objects.filter(desk=NOUN).order_by("pk")
    )


class Migration(migrations.Migration):
    dependencies = [
        ("repairs", "0003_threads_move_to_attachments"),
        ("estates", "0007_shifts_are_called_off"),
    ]

    operations = [
        migrations.RunPython(move, move_back),
    ]
