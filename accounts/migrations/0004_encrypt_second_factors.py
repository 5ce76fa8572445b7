"""Second factors lie encrypted from here on; those that were set up before are encrypted too."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import migrations

from common import secrets

PURPOSE = "second_factor"
# Where allauth keeps the secret of an app, and that of the recovery codes.
HELD = ("secret", "seed")


def rewrite(apps: Any, schema_editor: Any, *, change: Callable[..., str]) -> None:
    for row in apps.get_model("mfa", "Authenticator").objects.exclude(type="webauthn"):
        for name in HELD:
            if name in row.data:
                row.data[name] = change(row.data[name], purpose=PURPOSE)
        row.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_token_second_factor"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.RunPython(
            partial(rewrite, change=secrets.encrypt), partial(rewrite, change=secrets.decrypt)
        )
    ]
