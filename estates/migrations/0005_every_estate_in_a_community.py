import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("estates", "0004_a_community_for_each_estate"),
    ]

    operations = [
        migrations.AlterField(
            model_name="estate",
            name="community",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="estates",
                to="estates.community",
                verbose_name="community",
            ),
        ),
    ]
