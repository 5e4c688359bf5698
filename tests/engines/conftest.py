"""Each engine with an app of its own, signed in, whose console must stay clean."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.engines.chat import MESSAGE, Chat
from tests.engines.engine import missing
from tests.engines.firefox import PROGRAMS as FIREFOX_PROGRAMS
from tests.engines.firefox import running_firefox
from tests.engines.webkit import PROGRAMS as WEBKIT_PROGRAMS
from tests.engines.webkit import find_browser, running_webkit
from tests.system.app import running_app

ENGINES = {"firefox": running_firefox, "webkit": running_webkit}
PACKAGES = {"firefox": "firefox-esr", "webkit": "webkit2gtk-driver xvfb"}


@pytest.fixture(scope="module", params=ENGINES)
def fresh(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    """Return an engine that shows nothing yet, and an app without an account."""
    name = request.param
    if absent := _absent(name):
        reason = f"{', '.join(absent)} isn't installed (apt install {PACKAGES[name]})"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    folder = tmp_path_factory.mktemp(name)
    (folder / "chat.sqlite3").touch()  # or the app would get a database with an owner
    with running_app(folder, CHAT_DEMO_RATE="400") as app, ENGINES[name](folder) as engine:
        yield Chat(engine, app.url)


@pytest.fixture(scope="module")
def with_owner(fresh: Chat) -> Chat:
    """Create the first account through the page that an empty site shows."""
    fresh.open()
    fresh.engine.wait_until_shown("button", "^Create account$")
    fresh.enter_password()
    return fresh


@pytest.fixture
def chat(with_owner: Chat) -> Iterator[Chat]:
    """Return the empty page of a person who is signed in."""
    chat = with_owner
    chat.open()
    if not chat.engine.shows(MESSAGE):
        chat.enter_password()
    chat.wait_until_ready()
    yield chat
    assert chat.engine.console_errors() == []


def _absent(name: str) -> list[str]:
    if name == "firefox":
        return missing(*FIREFOX_PROGRAMS)
    absent = missing(*WEBKIT_PROGRAMS)
    return absent if find_browser() else [*absent, "MiniBrowser"]
