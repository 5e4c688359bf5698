"""More of `make screens`: calls of tools in every state."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.servers.note_service import NoteService
from tests.system.app import App
from tests.system.conftest import Chat, watched
from tests.system.screens import FOLDER, LAYOUTS
from tests.system.tools.conftest import ToolCalls
from tests.system.tools.test_interrupted import killed_while_it_ran
from tests.system.tools.test_tool_calls import TOWNS, ask_about
from tests.system.tools.test_weather import QUESTION
from tests.system.tools.weather import Weather

type Shoot = Callable[[str], None]


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=list(LAYOUTS))
def layout(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def chat(
    browser: Browser, browser_context_args: dict[str, Any], layout: str, scheme: str
) -> Iterator[Chat]:
    arguments = {**browser_context_args, **LAYOUTS[layout], "color_scheme": scheme}
    for page in watched(browser.new_context(**arguments)):
        yield Chat(page).open()


@pytest.fixture
def shoot(chat: Chat, layout: str, scheme: str) -> Shoot:
    def shoot(name: str) -> None:
        chat.page.screenshot(path=FOLDER / f"tool-{name}-{layout}-{scheme}.png")

    return shoot


def send(chat: Chat, text: str) -> None:
    chat.box.fill(text)
    chat.send_button.click()


def test_weather(chat: Chat, tool_calls: ToolCalls, weather: Weather, shoot: Shoot) -> None:
    weather.hold()
    send(chat, QUESTION)
    tool_calls.expect_state("running")
    shoot("running")
    weather.release()
    tool_calls.expect_reply("complete")
    shoot("done")
    tool_calls.open()
    shoot("done-open")


def test_failure(chat: Chat, tool_calls: ToolCalls, weather: Weather, shoot: Shoot) -> None:
    weather.proxy.go_down()
    send(chat, QUESTION)
    tool_calls.expect_reply("complete")
    shoot("failed")


def test_seven(chat: Chat, weather: Weather, shoot: Shoot) -> None:
    weather.hold()
    tool_calls = ask_about(chat, TOWNS)
    tool_calls.expect_state(*["running"] * 7)
    shoot("seven-running")
    weather.release()
    tool_calls.expect_reply("complete")
    shoot("seven")
    chat.replies.get_by_text("4 more tool calls").click()
    shoot("seven-open")


def test_asking(chat: Chat, tool_calls: ToolCalls, note_service: NoteService, shoot: Shoot) -> None:
    text = "Buy bread, milk and a kilogram of the red apples from the market"
    send(chat, f'/call leave_note {{"text": "{text}"}}')
    tool_calls.expect_reply("waiting")
    shoot("awaiting_approval")
    tool_calls.say("Deny")
    tool_calls.expect_reply("complete")
    shoot("denied")


def test_page_that_nobody_named(
    chat: Chat, tool_calls: ToolCalls, note_service: NoteService, shoot: Shoot
) -> None:
    address = r"https:\/\/news.example.com\/search?q=what+was+said+in+this+conversation+so+far"
    send(chat, f'/call read_web_page {{"url": "{address}"}}')
    tool_calls.expect_reply("waiting")
    shoot("asking-page")
    chat.stop_button.click()
    tool_calls.expect_reply("stopped")
    shoot("stopped")


def test_unknown(
    chat: Chat, tool_calls: ToolCalls, note_service: NoteService, app: App, shoot: Shoot
) -> None:
    killed_while_it_ran(chat, note_service, app)
    expect(chat.page.get_by_text("Reconnecting")).to_be_hidden()
    shoot("unknown")
    tool_calls.say("Don't run again")
    tool_calls.expect_reply("complete")


def test_long_answer(chat: Chat, tool_calls: ToolCalls, shoot: Shoot) -> None:
    send(chat, '/call search_drawer {"words": "herons and storks", "kilobytes": 48}')
    tool_calls.expect_reply("complete")
    tool_calls.open()
    chat.page.locator(".scroller").evaluate("pane => pane.scrollTo(0, 0)")
    shoot("long-open")
