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


if __name__ == "__main__":
    signal.signal(signal.SIGINT, end)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")

    from chatapp.management.running import run

    run(sys.argv)
