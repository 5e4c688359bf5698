"""An export survives the death of the process that makes it, and a download that of the sender."""

import io
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.bench.harness import in_app
from tests.bench.tabs import TOKEN
from tests.servers.app import AppProcess, app_environment, prepare_database, running_apps
from tests.support.people import OWNER

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]

CONVERSATIONS, MESSAGES, IMAGES = 150, 200, 20
ARCHIVE = re.compile(r'href="([^"]+/archive)"')
LOOK_SECONDS = 0.2
PATIENCE = 90  # seconds; a lease ends after 10


@pytest.fixture
def apps(tmp_path: Path) -> Iterator[tuple[list[AppProcess], dict[str, str]]]:
    """Serve one database from two processes; return the cookies of a person with many chats."""
    environment = app_environment(
        DATABASE_URL=f"sqlite:///{tmp_path}/chat.sqlite3", INFERENCE_URL="http://127.0.0.1:9"
    )
    prepare_database(environment, OWNER)
    path = in_app(environment, "conversation", OWNER, MESSAGES)
    in_app(environment, "images", path, IMAGES, 1_000)
    in_app(environment, "conversations", OWNER, CONVERSATIONS)
    cookie = in_app(environment, "cookie", OWNER)
    with running_apps(tmp_path, 2, environment) as processes:
        yield list(processes), {"sessionid": cookie, "csrftoken": TOKEN}


def state(app: AppProcess, cookies: dict[str, str], wanted: re.Pattern[str]) -> str:
    """Wait until the page has this; return what it names."""
    until = time.monotonic() + PATIENCE
    with httpx.Client(base_url=app.url, cookies=cookies, verify=False) as http:
        while time.monotonic() < until:
            if found := wanted.search(http.get("/transfer/exports/").text):
                return found[1]
            time.sleep(LOOK_SECONDS)
    raise TimeoutError(wanted.pattern)


def test_another_process_continues_an_export(
    apps: tuple[list[AppProcess], dict[str, str]],
) -> None:
    (first, second), cookies = apps
    headers = {"x-csrftoken": TOKEN}
    httpx.post(f"{first.url}/transfer/exports/", cookies=cookies, headers=headers)
    assert int(state(first, cookies, re.compile(r'value="([1-9]\d*)"'))) < CONVERSATIONS * 2
    first.kill()

    url = state(second, cookies, ARCHIVE)
    with httpx.stream("GET", second.url + url, cookies=cookies) as answer:
        pieces = answer.iter_bytes()
        begin = next(pieces)
        size, tag = int(answer.headers["content-length"]), answer.headers["etag"]
        second.kill()
    first.start()
    first.wait_until_ready()
    resumed = {"range": f"bytes={len(begin)}-", "if-range": tag}
    rest = httpx.get(first.url + url, cookies=cookies, headers=resumed)

    assert rest.status_code == 206
    whole = begin + rest.content
    assert len(whole) == size
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert sum(name.startswith("pages/") for name in names) == CONVERSATIONS + 1 + 2
    assert sum(name.startswith("images/") for name in names) == IMAGES
