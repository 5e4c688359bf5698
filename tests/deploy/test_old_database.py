"""A database from before the migrations were reset is refused with one sentence."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.releases import has_history, unpack
from tests.servers.app import ROOT, app_environment, manage

BEFORE_THE_RESET = "b3cc98556b0c9e4fdb83909491b5757e7e48eb42"


@pytest.mark.skipif(not has_history(), reason="needs the code of an earlier commit")
def test_a_database_from_before_the_reset_gets_one_sentence(tmp_path: Path) -> None:
    environment = app_environment(DATABASE_URL=f"sqlite:///{tmp_path / 'db.sqlite3'}")
    (tmp_path / "code").mkdir()
    manage(environment, "release", code=unpack(BEFORE_THE_RESET, tmp_path / "code"))

    release = subprocess.run(
        [sys.executable, "manage.py", "release"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )

    assert release.returncode == 1
    assert "made before the first release" in release.stderr
    assert "Traceback" not in release.stderr


@pytest.mark.long
def test_a_new_database_is_not_refused(tmp_path: Path) -> None:
    environment = app_environment(DATABASE_URL=f"sqlite:///{tmp_path / 'db.sqlite3'}")

    manage(environment, "release", code=ROOT)
    manage(environment, "release", code=ROOT)
