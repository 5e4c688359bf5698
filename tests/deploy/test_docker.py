"""The container holds what the documents say, and none of this machine's secrets."""

import re
from pathlib import Path

from django.conf import settings

ROOT: Path = settings.ROOT
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_no_secret_and_no_data_is_copied_into_the_image() -> None:
    excluded = (ROOT / ".dockerignore").read_text().split()

    secrets, data = {".secret_key", "*.env"}, {"db.sqlite3*"}
    assert secrets | data | {".git", ".venv", "staticfiles"} <= set(excluded)


def test_it_has_the_python_of_the_platform_and_the_pinned_packages() -> None:
    version = (ROOT / ".python-version").read_text().strip()

    assert f"FROM python:{version}-slim" in DOCKERFILE
    assert "--require-hashes -r requirements.txt" in DOCKERFILE


def test_its_commands_exist_and_it_does_not_run_as_root() -> None:
    commands = set(re.findall(r"manage\.py (\w+)", DOCKERFILE))
    own = {path.stem for path in ROOT.glob("chatapp/management/commands/*.py")}

    assert commands - {"collectstatic"} <= own
    assert DOCKERFILE.index("USER chat") < DOCKERFILE.index("CMD")
