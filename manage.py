#!/usr/bin/env python
"""Banyan's command line."""

import os
import signal
import sys
from types import FrameType

# These look at no table, or (up, test runners) bring their own engines.
WITHOUT_DATABASE = {
    *("up", "help", "--help", "-h", "version", "--version", "check", "collectstatic"),
    *("makemessages", "compilemessages", "spectacular", "diffsettings", "findstatic"),
}


def leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def run(arguments: list[str]) -> None:
    from django.core.management import execute_from_command_line

    from config.engines import running

    if len(arguments) < 2 or arguments[1] in WITHOUT_DATABASE:
        execute_from_command_line(arguments)
        return
    from django.conf import settings

    signal.signal(signal.SIGTERM, leave)
    with running(settings.VAR_DIR):
        execute_from_command_line(arguments)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured

    from config.engines import CannotStart

    try:
        run(sys.argv)
    except (CannotStart, ImproperlyConfigured) as problem:
        sys.exit(f"Banyan cannot start. {problem}")


if __name__ == "__main__":
    main()
