"""What the worker takes from itself before it touches a file."""

from __future__ import annotations

import os
import resource
import signal

# Private memory. With the 16 MB of code that were measured the worker stays under 300 MB; the
# pixel limits of `reading` are chosen so that honest pictures do not get here.
MAX_DATA_BYTES = 272 * 1024 * 1024
MAX_OPEN_FILES = 32
NICE = 5  # a picture may wait for the replies that run

# A worker whose app is gone has nobody to end a hang for it. Longer than the app waits.
MAX_SECONDS = 30


def lower_privileges() -> None:
    """Lower this process's limits for good."""
    # Both go to whole groups of processes; the worker ends when its app does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.nice(NICE)
    for kind, limit in (
        (resource.RLIMIT_DATA, MAX_DATA_BYTES),
        (resource.RLIMIT_NOFILE, MAX_OPEN_FILES),
        (resource.RLIMIT_CORE, 0),  # a core file would hold somebody's picture
    ):
        resource.setrlimit(kind, (limit, limit))
