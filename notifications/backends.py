"""E-mail written to files, where no mail server is configured: a trial can read what was sent."""

import os
import re
from collections.abc import Sequence
from email.message import Message
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class FileMailBackend(BaseEmailBackend):
    """One file per Message-ID, whole or not at all; the same e-mail written twice is one file."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for email in email_messages:
            self._write(folder, email.message())
        return len(email_messages)

    def _write(self, folder: Path, message: Message) -> None:
        name = re.sub(r"[^\w.@+-]", "_", str(message["Message-ID"]).strip("<>"))
        with NamedTemporaryFile(dir=folder, prefix=".", delete=False) as draft:
            draft.write(message.as_bytes())
        os.replace(draft.name, folder / f"{name}.eml")
