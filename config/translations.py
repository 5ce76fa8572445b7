"""Compiles .po files without gettext's tools, which a machine with only Python lacks."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import polib
from django.utils import translation
from django.utils.translation.reloader import translation_file_changed

from config.engines import CannotStart

OURS = Path(__file__).resolve().parent.parent / "locale"


def compile_translations(folders: Iterable[Path]) -> None:
    for source, target in _outdated(folders):
        try:
            _compile(source, target)
        except OSError as error:
            if target.exists():
                # The words of the last version are better than no start.
                continue
            raise CannotStart(
                f"{source} cannot be compiled ({error.strerror}): run .venv/bin/python -m"
                " config.translations once as the user who owns it."
            ) from error
        _read_anew(target)


def _outdated(folders: Iterable[Path]) -> Iterator[tuple[Path, Path]]:
    for folder in folders:
        for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
                yield source, target


def _compile(source: Path, target: Path) -> None:
    """Renamed when whole: another process may be reading the old one, or compiling as well."""
    draft = target.with_suffix(f".{os.getpid()}.mo")
    polib.pofile(str(source)).save_as_mofile(str(draft))
    draft.replace(target)


def _read_anew(target: Path) -> None:
    """Django keeps what it has read, also that there was nothing: this process would go on in
    English. Whoever speaks a language now goes on in it."""
    with translation.override(None):
        translation_file_changed(None, file_path=target)


if __name__ == "__main__":
    for pair in _outdated([OURS]):
        _compile(*pair)
