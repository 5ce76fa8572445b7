import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("estates", "0002_roster_file"),
    ]

    operations = [
        migrations.CreateModel(
            name="Community",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
                ("code", models.SlugField(max_length=30, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "name_en",
                    models.CharField(blank=True, max_length=60, verbose_name="name in English"),
                ),
            ],
            options={
                "verbose_name": "community",
                "verbose_name_plural": "communities",
                "ordering": ["pk"],
            },
        ),
        migrations.AlterModelOptions(
            name="posting",
            options={
                "ordering": ["estate", "community", "duty", "pk"],
                "verbose_name": "posting",
                "verbose_name_plural": "postings",
            },
        ),
        migrations.AlterField(
            model_name="posting",
            name="estate",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="postings",
                to="estates.estate",
                verbose_name="estate",
            ),
        ),
        migrations.AddField(
            model_name="estate",
            name="community",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="estates",
                to="estates.community",
                verbose_name="community",
            ),
        ),
        migrations.AddField(
            model_name="posting",
            name="community",
            field=models.ForeignKey(
                blank=True,
                help_text="For all of its estates.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="postings",
                to="estates.community",
                verbose_name="community",
            ),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.UniqueConstraint(
                condition=models.Q(("to_date__isnull", True)),
                fields=("user", "community", "duty"),
                name="estates_posting_community_once",
                violation_error_message="This person holds this duty already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("estate__isnull", True), ("community__isnull", True), _connector="XOR"
                ),
                name="estates_posting_of_one",
                violation_error_message="A posting is for an estate or for a community.",
            ),
        ),
    ]
