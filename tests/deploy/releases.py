"""The last release: which commit it is, its code, and databases as some code makes them."""

import io
import re
import subprocess
import tarfile
from pathlib import Path

from tests.servers.app import ROOT, app_environment, manage
from tests.servers.postgres import Postgres

ENTRY = re.compile(r"^\| \d{4}-\d{2}-\d{2} \| ([0-9a-f]{40}) \|", re.MULTILINE)


def last_release() -> str:
    """Return the full hash of the commit that `docs/releases.md` names last.

    Raises ValueError when it names none.
    """
    commits = ENTRY.findall((ROOT / "docs" / "releases.md").read_text())
    if not commits:
        raise ValueError("docs/releases.md has no line such as | 2026-01-31 | <full hash> | …")
    return str(commits[-1])


def has_history() -> bool:
    """Return whether this checkout is a repository with all its commits."""
    if not (ROOT / ".git").exists():
        return False
    asked = ["git", "rev-parse", "--is-shallow-repository"]
    told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True).stdout
    return told.strip() == "false"


def unpack(commit: str, folder: Path) -> Path:
    """Write the code of a commit into a folder, and return the folder.

    Raises RuntimeError with the words of git when it does not have that commit.
    """
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True)
    if packed.returncode:
        raise RuntimeError(
            f"docs/releases.md names {commit}, which this repository can't give: "
            f"{packed.stderr.decode().strip()}\n"
            "A repository that began with a copy of the code names a commit of its own."
        )
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder


def database_of(code: Path, postgres: Postgres, name: str) -> str:
    """Make a database with the release command of some code, and return its URL."""
    url = postgres.create_database(name)
    manage(app_environment(DATABASE_URL=url), "release", code=code)
    return url
