"""A real browser on a real server, signed in, whose console must stay clean."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect
from playwright.sync_api import Error as PlaywrightError

from tests.servers.proxy import Proxy, running_proxy
from tests.support.people import MEMBER, OWNER, PASSWORD
from tests.system.app import App, running_app
from tests.system.browser import find_browser, launch_arguments

HERE = Path(__file__).parent
SIGN_IN = "/account/sign-in/"
LONGEST = ("test_process_deaths.py",)
LEFT_OUT = """
The browser tests in tests/system were left out: no browser was found and none could be fetched.
Install Chromium (Debian and Ubuntu: apt install chromium) or set CHROMIUM to the path of one, then
run `make test` again.
"""
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}

expect.set_options(timeout=10_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Each worker takes whole files, so that each app is started once. The longest come first, or
    # one worker would still be at them when the others have ended.
    counts = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path.name not in LONGEST, -counts[item.path]))
    if any(HERE in item.path.parents for item in items) and not find_browser():
        for item in items:
            if HERE in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="no browser on this machine"))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if terminalreporter.stats.get("skipped") and not find_browser():
        terminalreporter.write_line(LEFT_OUT, red=True, bold=True)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return launch_arguments()


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    environment = {
        "CHAT_DEMO_RATE": "400",
        "DJANGO_SETTINGS_MODULE": "tests.servers.quick_sign_in",
    }
    with running_app(tmp_path_factory.mktemp("app"), **environment) as app:
        yield app


@pytest.fixture(scope="session")
def member(app: App) -> str:
    """The address of somebody who is not the owner and has the same password."""
    app.add_person(MEMBER)
    return MEMBER


@pytest.fixture(scope="session")
def signed_in(app: App, browser: Browser) -> Any:
    return cookies_of_owner(browser, app.url)


def cookies_of_owner(browser: Browser, url: str) -> Any:
    """Sign in with two requests, for which no page is shown, and return the cookies."""
    context = browser.new_context(base_url=url)
    context.request.get(SIGN_IN)
    [token] = [cookie["value"] for cookie in context.cookies() if cookie["name"] == "csrftoken"]
    form = {"login": OWNER, "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert context.request.post(SIGN_IN, form=form, headers={"Referer": url}).ok
    state = context.storage_state()
    context.close()
    return state


def sign_in(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Email").fill(OWNER)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()


@pytest.fixture
def browser_context_args(app: App, signed_in: Any) -> dict[str, Any]:
    app.forget_drafts()  # what an earlier test has left in a box
    return {
        "base_url": app.url,
        "storage_state": signed_in,
        "viewport": {"width": 1280, "height": 800},
    }


@pytest.fixture
def phone(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    context = browser.new_context(**{**browser_context_args, **PHONE})
    yield from watched(context)


REMOVE_DRAFT = "document.querySelector('message-draft')?.remove()"


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    yield from watched(context)


def watched(context: BrowserContext) -> Iterator[Page]:
    """A page; an error on its console, thrown or from the CSP, fails the test at its end."""
    problems: list[str] = []

    def console(message: ConsoleMessage) -> None:
        if message.type == "error" and not expected(message.text):
            problems.append(message.text)

    context.on("console", console)
    context.on("weberror", lambda error: problems.append(str(error.error)))
    page = context.new_page()
    yield page
    for each in context.pages:  # or a box that is left with text in it would save that for the next
        _remove_draft(each)
    context.close()
    assert not problems


def _remove_draft(page: Page) -> None:
    try:
        page.evaluate(REMOVE_DRAFT)
    except PlaywrightError:  # it was on its way to another page
        page.wait_for_load_state()
        page.evaluate(REMOVE_DRAFT)


def expected(text: str) -> bool:
    """What the browser itself notes about an answer that a test provokes."""
    return "Failed to load resource" in text or "WebSocket connection" in text


class Chat:
    """What a person does on the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.box = page.get_by_role("textbox", name="Message")
        self.send_button = page.get_by_role("button", name="Send message")
        self.stop_button = page.get_by_role("button", name="Stop")
        self.replies = page.locator("article[data-role=assistant]")
        self.messages = page.locator("article[data-role=user]")

    @property
    def said(self) -> list[str]:
        """Everything that was said, in the order of the page."""
        texts = self.page.locator("article .bubble, article .prose").all_text_contents()
        return [text.strip() for text in texts]

    def open(self, path: str = "/") -> "Chat":
        self.page.goto(path)
        return self

    def send(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")

    def ask(self, text: str) -> str:
        """Send and wait for the end of the reply; return its text."""
        count = self.replies.count()
        self.send(text)
        reply = self.replies.nth(count)
        expect(reply).to_have_attribute("data-status", "complete")
        return reply.locator("[data-part=text]").inner_text()


@pytest.fixture
def chat(page: Page) -> Chat:
    return Chat(page).open()


@pytest.fixture
def proxy(app: App) -> Iterator[Proxy]:
    with running_proxy(app.port) as proxy:
        yield proxy


@pytest.fixture
def far(page: Page, proxy: Proxy) -> Chat:
    """Open a conversation behind a proxy that can go down."""
    chat = Chat(page).open(proxy.url)
    chat.ask("/echo first")
    return chat
