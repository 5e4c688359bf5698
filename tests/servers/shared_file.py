"""Files that one process of a test run makes for all of them, such as a database with tables."""

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

FOLDER = "TESTS_FOLDER"  # names the folder in the environment of all processes of a run


def shared_folder() -> Path:
    """Return the folder of this run; whichever process asks first makes it, and removes it."""
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="tests-")
        atexit.register(shutil.rmtree, os.environ[FOLDER])
    return Path(os.environ[FOLDER])


def shared_file(name: str, make: Callable[[Path], None]) -> Path:
    """Return a file that nobody changes. The first process to need it makes it; others wait."""
    path = shared_folder() / name
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            new = path.with_suffix(".new")
            make(new)
            new.rename(path)
    return path
