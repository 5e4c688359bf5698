"""`make screens`: photographs of every state, desktop and phone, light and dark, into screens/."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.system.app import ROOT
from tests.system.conftest import PHONE, Chat, watched

FOLDER = ROOT / "screens"
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
LAYOUTS = {"desktop": DESKTOP, "phone": PHONE}


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
def shoot(chat: Chat, layout: str, scheme: str) -> Callable[[str], None]:
    def shoot(name: str) -> None:
        chat.page.wait_for_function("document.fonts.ready")
        chat.page.screenshot(path=FOLDER / f"{name}-{layout}-{scheme}.png")

    return shoot


def send(chat: Chat, text: str) -> None:
    chat.box.fill(text)
    chat.send_button.click()


def ask(chat: Chat, text: str) -> None:
    """Enter breaks the line on a phone, so the button sends."""
    send(chat, text)
    expect(chat.replies.last).to_have_attribute("data-status", "complete", timeout=30_000)


def to_top(page: Page) -> None:
    page.locator(".scroller").evaluate("pane => pane.scrollTo(0, 0)")


def test_empty(chat: Chat, shoot: Callable[[str], None]) -> None:
    shoot("empty")


def test_streaming_and_done(chat: Chat, shoot: Callable[[str], None]) -> None:
    send(chat, "/rate 40\n\nShow me what a reply can look like, please.")
    expect(chat.replies.locator(".block").nth(3)).to_be_visible()
    shoot("streaming")
    expect(chat.replies).to_have_attribute("data-status", "complete", timeout=30_000)
    shoot("done")
    to_top(chat.page)
    shoot("done-top")


def test_waiting(chat: Chat, shoot: Callable[[str], None]) -> None:
    send(chat, "/silent 3 Think before you speak")
    expect(chat.replies).to_have_attribute("data-status", "queued")
    shoot("waiting")
    expect(chat.replies).to_have_attribute("data-status", "complete", timeout=30_000)


def test_error(chat: Chat, shoot: Callable[[str], None]) -> None:
    send(chat, "/cut 30 A reply that is cut in the middle")
    expect(chat.replies).to_have_attribute("data-status", "failed")
    shoot("error")


def test_thinking(chat: Chat, shoot: Callable[[str], None]) -> None:
    chat.page.get_by_role("combobox", name="Thinking").select_option("medium")
    send(chat, "/think 4 How do herons sleep?")
    line = chat.replies.locator("[data-part=thinking] summary")
    expect(line).to_contain_text("2")
    shoot("thinking")
    line.click()
    shoot("thinking-open")
    expect(chat.replies).to_have_attribute("data-status", "complete", timeout=30_000)
    to_top(chat.page)
    shoot("thought")


def test_resting_service(chat: Chat, shoot: Callable[[str], None]) -> None:
    send(chat, "/error 429")
    expect(chat.replies.locator("[data-part=notice]")).to_be_visible()
    shoot("resting")
    chat.stop_button.click()
    expect(chat.replies).to_have_attribute("data-status", "stopped")


def test_refused_words(chat: Chat, shoot: Callable[[str], None]) -> None:
    ask(chat, "/firewall What does javascript:alert(1) do in ../page?")
    to_top(chat.page)
    shoot("words-apart")
    send(chat, "/error html Please read this text about herons.")
    problem = chat.replies.last.locator("[data-part=error]")
    expect(problem).to_be_visible()
    shoot("blocked")
    problem.get_by_role("button", name="Leave this message out").click()
    expect(chat.replies.last.locator("[data-part=notice]")).to_be_visible()
    shoot("left-out")


def test_long_reply(chat: Chat, shoot: Callable[[str], None]) -> None:
    ask(chat, "/length /long 80")
    shoot("length")
    chat.page.get_by_role("combobox", name="Model").select_option("claude-4-5-sonnet")
    ask(chat, "/echo Changed")
    shoot("changed")


def test_pictures(chat: Chat, shoot: Callable[[str], None], tmp_path: Path) -> None:
    paths = []
    for number, colour in enumerate(("teal", "orange", "slateblue")):
        paths.append(tmp_path / f"picture-{number}.jpg")
        Image.new("RGB", (1200, 800 + 200 * number), colour).save(paths[-1])
    chat.page.locator("input[type=file][name=images]").set_input_files(paths)
    expect(chat.page.locator("message-composer [data-state=ready]")).to_have_count(3)
    chat.box.fill("What do these show?")
    shoot("pictures-attached")
    chat.send_button.click()
    expect(chat.replies).to_have_attribute("data-status", "complete")
    shoot("pictures-sent")
    chat.messages.locator("[data-part=image]").first.click()
    shoot("picture-large")


def test_sidebar(chat: Chat, shoot: Callable[[str], None], layout: str) -> None:
    if layout == "phone":
        chat.page.get_by_role("button", name="Open conversations").click()
    options = chat.page.get_by_role("navigation", name="Conversations").get_by_role("button")
    options.first.click()
    shoot("menu")
    chat.page.get_by_role("menuitem", name="Delete").click()
    shoot("delete")


def test_sign_in(browser: Browser, app: Any, layout: str, scheme: str) -> None:
    context = browser.new_context(base_url=app.url, **{**LAYOUTS[layout], "color_scheme": scheme})
    page = context.new_page()
    page.goto("/")
    page.screenshot(path=FOLDER / f"sign-in-{layout}-{scheme}.png")
    page.get_by_role("link", name="Forgot your password?").click()
    page.screenshot(path=FOLDER / f"reset-{layout}-{scheme}.png")
    context.close()
