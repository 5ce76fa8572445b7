"""Until here an address was taken for proven unless allauth knew it as unproven."""

from typing import Any

from django.db import migrations
from django.db.models import Exists, OuterRef


def trust(apps: Any, schema_editor: Any) -> None:
    addresses = apps.get_model("account", "EmailAddress").objects
    unproven = addresses.filter(user=OuterRef("pk"), email=OuterRef("email"), verified=False)
    users = apps.get_model("accounts", "User").objects.exclude(email=None)
    users.filter(~Exists(unproven)).update(email_verified=True)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_proven_contacts"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunPython(trust, migrations.RunPython.noop)]
