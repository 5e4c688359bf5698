"""Two processes that share only the database, as during a deploy without Redis: pages of both show
a waiting tool call, and either page can approve it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from chatapp.inference.demo.process import demo_model
from tests.servers.app import AppProcess, app_environment, prepare_database, running_apps
from tests.servers.marks import needs_postgres
from tests.servers.note_service import NoteService
from tests.servers.postgres import running_postgres
from tests.support.people import OWNER
from tests.system.conftest import Chat, sign_in
from tests.system.tools.conftest import ToolCalls, wait_note

pytestmark = needs_postgres


@pytest.fixture
def apps(note_service: NoteService, tmp_path: Path) -> Iterator[Sequence[AppProcess]]:
    with running_postgres(tmp_path) as postgres, demo_model() as model:
        environment = app_environment(
            DATABASE_URL=postgres.create_database("chat"),
            INFERENCE_URL=model,
            TEST_NOTE_SERVICE=note_service.url,
            DJANGO_SETTINGS_MODULE="tests.servers.with_tools",
        )
        prepare_database(environment, OWNER)
        with running_apps(tmp_path, 2, environment) as apps:
            yield apps


def test_each_process_shows_what_the_other_does(
    apps: Sequence[AppProcess], note_service: NoteService, browser: Browser
) -> None:
    context = browser.new_context(base_url=apps[0].url)
    here = Chat(context.new_page())
    sign_in(here.page)  # for both: cookies know no ports
    here.ask("/echo first")
    there = Chat(context.new_page()).open(here.page.url.replace(apps[0].url, apps[1].url))
    expect(there.replies).to_have_count(1)

    wait_note(here)

    seen = ToolCalls(there)
    seen.expect_reply("waiting")
    expect(there.stop_button).to_be_visible()
    seen.say("Deny")
    for tab in (seen, ToolCalls(here)):
        tab.expect_state("denied")
        tab.expect_reply("complete")
    context.close()
