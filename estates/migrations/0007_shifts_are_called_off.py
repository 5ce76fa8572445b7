import django.contrib.postgres.constraints
from django.db import migrations, models

import estates.models


class Migration(migrations.Migration):
    dependencies = [
        ("estates", "0006_number_series_and_saved_views"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="dutyshift",
            name="estates_shift_no_overlap",
        ),
        migrations.AddField(
            model_name="dutyshift",
            name="called_off_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="called off"
            ),
        ),
        migrations.AddConstraint(
            model_name="dutyshift",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("called_off_at__isnull", True)),
                expressions=[
                    ("posting", "="),
                    (estates.models.TsTzRange("starts_at", "ends_at"), "&&"),
                ],
                name="estates_shift_no_overlap",
                violation_error_message="This person has a shift at that time already.",
            ),
        ),
    ]
