"""Every setting that the code reads is in docs/settings.md, and nothing else is."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
READ = re.compile(r'\benv(?:_[a-z]+)?\(\s*"([A-Z_]+)"')


def test_docs_name_every_variable() -> None:
    sources = (ROOT / "config").rglob("*.py")
    read = {name for path in sources for name in READ.findall(path.read_text())}
    table = [
        line.split("|")[1]
        for line in (ROOT / "docs/settings.md").read_text().splitlines()
        if line.startswith("| `")
    ]
    assert {name for cell in table for name in re.findall(r"`([A-Z_]+)`", cell)} == read
