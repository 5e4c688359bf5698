"""What tests of releases stand on: the code of the last one, and a database server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.releases import database_of, last_release, unpack
from tests.servers.app import ROOT
from tests.servers.postgres import Postgres, running_postgres


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the code of the last release.

    It comes from git. A copy of the code that came without a repository, such as a tarball, has
    nothing to compare with: its tests are expected to fail, which the report says with the reason
    and which is no failure, also in CI, where a skipped test is one. A repository that lacks the
    commit, such as a shallow clone, makes them fail, and they say what to do.
    """
    if not (ROOT / ".git").exists():
        pytest.xfail("this copy of the code has no git history to take the last release from")
    return unpack(last_release(), tmp_path_factory.mktemp("released"))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with running_postgres(tmp_path_factory.mktemp("postgres")) as postgres:
        yield postgres


@pytest.fixture(scope="session")
def new_database(postgres: Postgres) -> str:
    """The url of a database as the code of this checkout makes it."""
    return database_of(ROOT, postgres, "new")
