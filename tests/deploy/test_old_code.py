"""The code of the last release works on the schema of this one.

A deploy runs both on one database for a while, and a rollback leaves the old code on the new
schema. The old code comes out of git (`released` in conftest.py says what happens where it can't)
and runs with the packages of this checkout.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.deploy.plain_browser import PlainBrowser, Said
from tests.deploy.releases import database_of
from tests.servers.app import ROOT, app_environment, manage, running_apps
from tests.servers.marks import needs_postgres
from tests.servers.model import WORDS, Script, serving_in_thread
from tests.servers.postgres import Postgres
from tests.support.people import OWNER, PASSWORD

pytestmark = needs_postgres


@pytest.fixture(scope="module")
def model() -> Iterator[str]:
    script = Script()
    with serving_in_thread(script):
        yield script.url


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(follow_redirects=True, timeout=20) as http:
        yield http


@pytest.fixture(scope="module")
def built(released: Path) -> Path:
    """Build the code of the last release as a platform does."""
    manage(app_environment(), "collectstatic", "--noinput", code=released)
    return released


@pytest.mark.long
def test_old_and_new_code_continue_one_conversation(
    built: Path, new_database: str, model: str, http: httpx.Client, tmp_path: Path
) -> None:
    environment = app_environment(DATABASE_URL=new_database, INFERENCE_URL=model)
    with serving(tmp_path / "old", environment, built) as old:
        browser = PlainBrowser(http, old)
        browser.fill_in(email=OWNER, password=PASSWORD)
        browser.fill_in(text="Said to old code")
        assert browser.read() == answered("Said to old code")

        with serving(tmp_path / "new", environment, ROOT) as new:
            browser.go_to(new)
            assert browser.read() == answered("Said to old code")
            browser.fill_in(text="Said to new code")
            assert browser.read() == answered("Said to old code", "Said to new code")

        browser.go_to(old)
        assert browser.read() == answered("Said to old code", "Said to new code")
        browser.fill_in(text="Said after a rollback")
        assert browser.read() == answered(
            "Said to old code", "Said to new code", "Said after a rollback"
        )


def test_running_old_code_survives_a_change_of_the_schema(
    built: Path, postgres: Postgres, model: str, http: httpx.Client, tmp_path: Path
) -> None:
    url = database_of(built, postgres, "migrated")
    environment = app_environment(DATABASE_URL=url, INFERENCE_URL=model)
    with serving(tmp_path / "old", environment, built) as old:
        browser = PlainBrowser(http, old)
        browser.fill_in(email=OWNER, password=PASSWORD)
        browser.fill_in(text="Said before")
        assert browser.read() == answered("Said before")

        manage(environment, "release")

        browser.go_to(old)
        assert browser.read() == answered("Said before")
        browser.fill_in(text="Said afterwards")
        assert browser.read() == answered("Said before", "Said afterwards")
        browser.open(old)
        browser.fill_in(text="Said in a new conversation")
        assert browser.read() == answered("Said in a new conversation")


@contextmanager
def serving(folder: Path, environment: dict[str, str], code: Path) -> Iterator[str]:
    """The address of one process; of a test that fails the report shows what it complained of."""
    folder.mkdir()
    try:
        quiet = environment | {"CHAT_LOG_LEVEL": "WARNING"}
        with running_apps(folder, 1, quiet, code) as [app]:
            yield app.url
    finally:
        print((folder / "app-0.log").read_text())


def answered(*messages: str) -> list[Said]:
    """Return a conversation in which the model has answered all these messages."""
    answer = Said("assistant", "complete", "".join(WORDS))
    return [said for text in messages for said in (Said("user", "complete", text), answer)]
