"""Chinese is complete at every commit: every marked string is in locale/ and none is fuzzy."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
LEFT_OUT = {"var", ".venv", ".git", "static", "tests", "benchmarks", "docs"}


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="GNU gettext is not installed")
def test_every_string_is_translated_to_chinese(tmp_path: Path) -> None:
    """Collect into a copy, so that a test never changes the checkout."""
    copy = tmp_path / "copy"
    shutil.copytree(
        ROOT,
        copy,
        ignore=lambda folder, names: LEFT_OUT & set(names) if Path(folder) == ROOT else (),
    )
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "zh_Hans", "--no-obsolete", "-v0"],
        cwd=copy,
        check=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": str(copy)},
    )
    catalogue = polib.pofile(str(copy / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"))
    missing = [entry.msgid for entry in catalogue if not entry.translated() or entry.fuzzy]
    assert missing == []


def test_no_string_is_marked_by_a_name_that_nobody_collects() -> None:
    """xgettext knows the functions by their names, and `_`; what has another is left out."""
    import re

    renamed = re.compile(r"import [np]*gettext(?:_lazy|_noop)? as (?!_\n)")
    here = [path for path in ROOT.rglob("*.py") if not LEFT_OUT & set(path.relative_to(ROOT).parts)]
    assert [str(path) for path in here if renamed.search(path.read_text())] == []


def test_placeholders_survive_translation() -> None:
    """A lost %(name)s would break the page in one language only."""
    import re

    catalogue = polib.pofile(str(ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"))
    names = re.compile(r"%\((\w+)\)[sd]")
    wrong = [
        entry.msgid
        for entry in catalogue
        if not entry.msgid_plural
        and set(names.findall(entry.msgid)) != set(names.findall(entry.msgstr))
    ]
    assert wrong == []
