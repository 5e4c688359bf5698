#!/usr/bin/env python
"""Django's command line. What a person can put right is reported in one sentence."""

import os
import signal
import sys
from typing import NoReturn

INTERRUPTED = 130  # what shells report for Ctrl+C


def end(*_signal: object) -> NoReturn:
    """End without a traceback, also while the packages are still being imported."""
    sys.exit(INTERRUPTED)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
    try:
        execute_from_command_line(sys.argv)
    except DatabaseError as error:
        sentence = explain(error)
        if sentence is None:
            raise
        sys.exit(sentence)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, end)

    from django.core.management import execute_from_command_line
    from django.db import DatabaseError

    from chatapp.server.database_errors import explain

    main()
