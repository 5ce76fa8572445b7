from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("repairs", "0004_series_and_views_move_to_estates"),
    ]

    operations = [
        migrations.DeleteModel(
            name="NumberSeries",
        ),
        migrations.DeleteModel(
            name="SavedView",
        ),
    ]
