"""Build the pushed commit as the Python buildpack does."""

import os
import subprocess
import sys
import time
from pathlib import Path


class BuildFailed(Exception):
    """A build failed, with the end of its output."""


class Builder:
    """Keeps the environment between builds, as the buildpack's cache does."""

    def __init__(self, folder: Path, *, anew: bool) -> None:
        """Install from requirements.txt with `anew`, else use the packages of this process."""
        self._folder = folder
        self._anew = anew
        self.programs = folder / "environment" / "bin" if anew else Path(sys.executable).parent
        self.seconds = 0.0  # of the last build

    def build(self, repository: Path, commit: str) -> Path:
        """Build and return the folder of the slug.

        Raises BuildFailed.
        """
        began = time.monotonic()
        slug = self._folder / f"slug-{commit[:12]}"
        slug.mkdir()
        archive = subprocess.run(
            ["git", "-C", repository, "archive", commit], check=True, capture_output=True
        )
        subprocess.run(["tar", "-x", "-C", slug], input=archive.stdout, check=True)
        self._refuse_what_the_buildpack_refuses(slug)
        if self._anew:
            self._install(slug)
        # A first build may have no secrets and no database yet.
        self._run(slug, "python", "manage.py", "collectstatic", "--noinput")
        self.seconds = time.monotonic() - began
        return slug

    def _refuse_what_the_buildpack_refuses(self, slug: Path) -> None:
        managers = ("requirements.txt", "Pipfile.lock", "poetry.lock", "uv.lock")
        if len([name for name in managers if (slug / name).exists()]) != 1:
            raise BuildFailed("there must be exactly one list of packages")
        if (slug / ".venv").exists() or (slug / "venv").exists():
            raise BuildFailed("an environment is part of the commit")

    def _install(self, slug: Path) -> None:
        if not self.programs.exists():
            command = [sys.executable, "-m", "venv", str(self.programs.parent)]
            subprocess.run(command, check=True)
        self._run(slug, "pip", "install", "--quiet", "--disable-pip-version-check",
                  "-r", "requirements.txt")  # fmt: skip

    def _run(self, slug: Path, program: str, *arguments: str) -> None:
        ran = subprocess.run(
            [str(self.programs / program), *arguments],
            cwd=slug,
            env={"PATH": str(self.programs), "HOME": str(self._folder), **_package_index()},
            capture_output=True,
            text=True,
        )
        if ran.returncode:
            raise BuildFailed(ran.stderr[-2000:])


def _package_index() -> dict[str, str]:
    """Return the settings by which this machine reaches packages, if there are any."""
    return {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
