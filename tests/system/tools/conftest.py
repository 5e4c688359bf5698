"""An app of its own for tests of tools: with weather, and with a tool that acts."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.servers.note_service import NoteService, running_note_service
from tests.system.app import App, running_app
from tests.system.conftest import Chat, cookies_of_owner
from tests.system.tools.weather import Weather, running_weather


@pytest.fixture(scope="session")
def running_services() -> Iterator[tuple[Weather, NoteService]]:
    with running_weather() as weather, running_note_service() as note_service:
        yield weather, note_service


@pytest.fixture(scope="session")
def app(
    running_services: tuple[Weather, NoteService], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[App]:
    weather, note_service = running_services
    environment = {
        "CHAT_DEMO_RATE": "400",
        "CHAT_WEATHER_URL": weather.proxy.url,
        "CHAT_GEOCODING_URL": weather.proxy.url,
        "TEST_NOTE_SERVICE": note_service.url,
        "DJANGO_SETTINGS_MODULE": "tests.servers.with_tools",
    }
    with running_app(tmp_path_factory.mktemp("tools"), **environment) as app:
        yield app


@pytest.fixture(scope="session")
def signed_in(app: App, browser: Browser) -> Any:
    return cookies_of_owner(browser, app.url)


@pytest.fixture
def weather(running_services: tuple[Weather, NoteService]) -> Iterator[Weather]:
    running_services[0].fix()
    yield running_services[0]
    running_services[0].fix()


@pytest.fixture
def note_service(running_services: tuple[Weather, NoteService]) -> Iterator[NoteService]:
    running_services[1].clear()
    yield running_services[1]
    running_services[1].clear()


class ToolCalls:
    """What a person finds of calls of tools in the last reply of a page."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.all = chat.page.locator("[data-part=tool]")
        self.lines = self.all.locator(".tool-call-line")
        self.spoken = chat.page.locator("[data-spoken]")

    def expect_state(self, *states: str) -> None:
        expect(self.all).to_have_count(len(states))
        for number, state in enumerate(states):
            expect(self.all.nth(number)).to_have_attribute("data-state", state)

    def expect_reply(self, status: str) -> None:
        expect(self.chat.replies.last).to_have_attribute("data-status", status)

    def say(self, word: str) -> None:
        """Presses a button of the first call that waits."""
        self.chat.page.get_by_role("button", name=word).first.click()

    def open(self, number: int = 0) -> Locator:
        tool_call = self.all.nth(number)
        tool_call.locator("summary").click()
        return tool_call.locator("pre")


@pytest.fixture
def tool_calls(chat: Chat) -> ToolCalls:
    return ToolCalls(chat)


def other_tab(chat: Chat) -> ToolCalls:
    """The same conversation in another tab."""
    page = chat.page.context.new_page()
    tab = Chat(page).open(chat.page.url)
    # Once its socket is open, the tab gets the events of the first one.
    page.wait_for_function("document.querySelector('live-socket')")
    return ToolCalls(tab)


def without_scripts(browser: Browser, arguments: dict[str, Any]) -> BrowserContext:
    return browser.new_context(**arguments, java_script_enabled=False)


def wait_note(chat: Chat, text: str = "hello") -> ToolCalls:
    """Has the model ask whether it may leave a note."""
    chat.send(f'/call leave_note {{"text": "{text}"}}')
    tool_calls = ToolCalls(chat)
    tool_calls.expect_reply("waiting")
    return tool_calls


def is_widened(page: Page) -> bool:
    """Return whether something makes the page wider than its window."""
    return bool(
        page.evaluate(
            """() => [document.documentElement, document.querySelector('.scroller')]
               .some(pane => pane.scrollWidth > pane.clientWidth)"""
        )
    )
