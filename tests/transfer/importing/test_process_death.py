"""An import whose process is killed in the middle."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.bench.harness import in_app
from tests.bench.tabs import TOKEN
from tests.servers.app import app_environment, prepare_database, running_apps
from tests.servers.exports import claude
from tests.servers.imports import upload, wait_for
from tests.support.people import OWNER

CHATS, MESSAGES = 2_000, 6


@pytest.mark.long
@pytest.mark.timeout(240)
def test_a_killed_import_continues_and_loses_and_doubles_nothing(tmp_path: Path) -> None:
    database = tmp_path / "chat.sqlite3"
    environment = app_environment(
        DATABASE_URL=f"sqlite:///{database}", INFERENCE_URL="http://127.0.0.1:9"
    )
    prepare_database(environment, OWNER)
    cookies = {"sessionid": in_app(environment, "cookie", OWNER), "csrftoken": TOKEN}
    with (
        running_apps(tmp_path, 1, environment) as (app,),
        httpx.Client(base_url=app.url, cookies=cookies, headers={"x-csrftoken": TOKEN}) as http,
    ):
        upload(http, "a.json", json.dumps(claude(CHATS, MESSAGES)).encode())
        for reached in (1, CHATS // 2):
            assert 'data-state="running"' in wait_for(http, reached)
            app.kill()
            app.start()
            app.wait_until_ready()
        page = wait_for(http, CHATS + 1)
    assert f"{CHATS} new chats" in page.replace(",", "")
    with closing(sqlite3.connect(database)) as opened:
        for table, count in (
            ("conversations_conversation", CHATS),
            ("conversations_message", CHATS * MESSAGES),
        ):
            assert opened.execute(f"SELECT count(*) FROM {table}").fetchone() == (count,)
