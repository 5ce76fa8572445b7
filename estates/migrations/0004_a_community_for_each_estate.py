from django.db import migrations


def make_communities(apps, schema_editor):
    """An estate that was alone is the only one of a community of its name."""
    Community = apps.get_model("estates", "Community")
    for estate in apps.get_model("estates", "Estate").objects.filter(community=None):
        names = {"name": estate.name, "name_en": estate.name_en}
        estate.community = Community.objects.create(code=estate.code, **names)
        estate.save(update_fields=["community"])


class Migration(migrations.Migration):
    dependencies = [
        ("estates", "0003_communities"),
    ]

    operations = [
        migrations.RunPython(make_communities, migrations.RunPython.noop),
    ]
