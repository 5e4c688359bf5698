"""`make screens`: photographs of every state, desktop and phone, light and dark, into screens/."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from tests.system.app import ROOT
from tests.system.conftest import PHONE, Chat, watched
from tests.system.drafts import write
from tests.system.images import GIVE_FILE, Held, attach, chips, choose, png

FOLDER = ROOT / "screens"
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
SIZES = ((1200, 800), (800, 1200), (1600, 700), (900, 900))
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


def test_draft(chat: Chat, shoot: Callable[[str], None], tmp_path: Path) -> None:
    """A draft and its images after a reload."""
    for number, size in enumerate(SIZES[:3]):
        Image.new("RGB", size, ("teal", "salmon", "olive")[number]).save(tmp_path / f"{number}.png")
    attach(chat.page, *sorted(tmp_path.glob("*.png")))
    write(chat, "Which of these three would you hang on a wall?\n\nAnd why not the green one?")
    chat.page.reload()
    expect(chips(chat.page)).to_have_count(3)
    shoot("draft")


def test_waiting(chat: Chat, shoot: Callable[[str], None]) -> None:
    send(chat, "/silent 3 Think before you speak")
    expect(chat.replies).to_have_attribute("data-status", "queued")
    shoot("waiting")
    expect(chat.replies).to_have_attribute("data-status", "complete", timeout=30_000)


def test_error(chat: Chat, shoot: Callable[[str], None]) -> None:
    send(chat, "/cut 30 /times 3 A reply that is cut in the middle")
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
    shoot("excluded")


def test_refused_image(chat: Chat, shoot: Callable[[str], None], tmp_path: Path) -> None:
    Image.new("RGB", (13, 13), "teal").save(tmp_path / "unlucky.png")
    chat.page.locator("input[type=file][name=images]").set_input_files(tmp_path / "unlucky.png")
    expect(chat.page.locator("message-composer [data-state=ready]")).to_have_count(1)
    ask(chat, "What does this show?")
    to_top(chat.page)
    shoot("refused-image")


def test_long_reply(chat: Chat, shoot: Callable[[str], None]) -> None:
    ask(chat, "/length /long 80")
    shoot("length")
    chat.page.get_by_role("combobox", name="Model").select_option("claude-4-5-sonnet")
    ask(chat, "/echo Changed")
    shoot("changed")


def test_waiting_messages(chat: Chat, shoot: Callable[[str], None]) -> None:
    send(chat, "/rate 30 /long 400 Tell me about herons")
    expect(chat.stop_button).to_be_visible()
    send(chat, "And where do they sleep in winter, when the lakes are frozen?")
    send(chat, "Thank you!")
    chat.box.fill("Something else that I am still writing")
    expect(chat.messages).to_have_count(3)
    shoot("queued")
    chat.stop_button.click()
    expect(chat.page.locator("article[data-status=unsent]")).to_have_count(2)
    shoot("held-back")


def test_waiting_for_the_line(chat: Chat, shoot: Callable[[str], None]) -> None:
    ask(chat, "/echo Herons stand on one leg to keep warm.")
    chat.page.route("**/messages", lambda route: route.abort())
    send(chat, "Does that work for people, too?")
    send(chat, "I am in a tunnel and write on.")
    expect(chat.page.locator(".outgoing[data-part=notice]:visible")).to_have_count(2)
    shoot("offline")


def test_signing_in_again(chat: Chat, shoot: Callable[[str], None]) -> None:
    ask(chat, "/echo Herons stand on one leg to keep warm.")
    chat.page.route("**/messages", lambda route: route.fulfill(status=401, json={}))
    send(chat, "Does that work for people, too?")
    dialog = chat.page.get_by_role("dialog", name="Sign in again")
    dialog.get_by_label("Password").fill("wrong wrong wrong")
    chat.page.context.clear_cookies()
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    shoot("sign-in-again")


def hills(folder: Path, count: int) -> list[Path]:
    """Images in which one sees what is cut off and how far one is zoomed in."""
    paths = []
    for number in range(count):
        size = SIZES[number % len(SIZES)]
        image = Image.new("HSV", size, (number * 25, 60, 235))
        draw = ImageDraw.Draw(image)
        draw.circle((size[0] * 0.7, size[1] * 0.25), min(size) * 0.1, (30, 40, 255))
        for layer in range(4):
            top = size[1] * (0.45 + 0.14 * layer)
            peaks = [(size[0] * x / 12, top + (x * 7919 % 5) * size[1] / 30) for x in range(13)]
            colour = (number * 25 + 90, 120, 190 - 45 * layer)
            draw.polygon([*peaks, size, (0, size[1])], fill=colour)
        paths.append(folder / f"hills {number + 1}.jpg")
        image.convert("RGB").save(paths[-1])
    return paths


def test_attaching(chat: Chat, shoot: Callable[[str], None], tmp_path: Path) -> None:
    images = hills(tmp_path, 4)
    attach(chat.page, *images[:2])
    fake = tmp_path / "notes.png"
    fake.write_text("not an image")
    choose(chat.page, fake)
    expect(chips(chat.page).nth(2)).to_have_attribute("data-state", "failed")
    with Held(chat.page) as uploads:
        choose(chat.page, *images[2:])
        uploads.wait(2)
        chat.box.fill("What do these show?")
        shoot("images-attached")
        chat.box.evaluate(GIVE_FILE, ["dragenter", png(), "clip.png"])
        shoot("images-dropped")
        for route in uploads.routes:
            route.continue_()
    expect(chat.page.locator("message-composer [data-state=ready]")).to_have_count(4)


@pytest.mark.parametrize("count", [1, 2, 5, 10])
def test_images(chat: Chat, shoot: Callable[[str], None], tmp_path: Path, count: int) -> None:
    attach(chat.page, *hills(tmp_path, count))
    ask(chat, "What do these show?")
    to_top(chat.page)
    shoot(f"images-sent-{count}")


def test_lightbox(chat: Chat, shoot: Callable[[str], None], tmp_path: Path) -> None:
    attach(chat.page, *hills(tmp_path, 3))
    ask(chat, "What do these show?")
    chat.messages.locator("[data-part=image]").nth(1).click()
    image = chat.page.locator("zoom-pane img")
    image.evaluate("image => image.decode()")
    shoot("image-large")
    image.dblclick()
    shoot("image-closer")
    chat.page.get_by_role("button", name="Edit description").click()
    shoot("image-described")


def test_sidebar(chat: Chat, shoot: Callable[[str], None], layout: str) -> None:
    ask(chat, "/echo hello")
    chat.open()
    if layout == "phone":
        chat.page.get_by_role("button", name="Open conversations").click()
    options = chat.page.get_by_role("navigation", name="Conversations").get_by_role("button")
    options.first.click()
    shoot("menu")
    chat.page.get_by_role("menuitem", name="Select chats").click()
    shoot("select")
    chat.page.keyboard.press("Escape")
    options.first.click()
    chat.page.get_by_role("menuitem", name="Delete").click()
    expect(chat.page.locator("undo-toast")).to_be_visible()
    shoot("undo")
    chat.page.goto("/trash/")
    shoot("trash")
    chat.page.get_by_role("button", name="Empty trash").click()
    shoot("empty-trash")
    chat.page.get_by_role("dialog").get_by_role("button", name="Delete for good").click()
    expect(chat.page.get_by_text("The trash is empty.")).to_be_visible()
    shoot("trash-emptied")


def test_diagnostics(chat: Chat, shoot: Callable[[str], None]) -> None:
    chat.page.goto("/diagnostics/")
    expect(chat.page.get_by_text("Checking…")).to_be_hidden(timeout=20_000)
    shoot("diagnostics")


def test_usage(chat: Chat, shoot: Callable[[str], None]) -> None:
    chat.ask("/echo What does this cost?")
    chat.page.goto("/usage/")
    shoot("usage")
    chat.page.goto("/usage/everybody/")
    shoot("usage-everybody")


def test_sign_in(browser: Browser, app: Any, layout: str, scheme: str) -> None:
    context = browser.new_context(base_url=app.url, **{**LAYOUTS[layout], "color_scheme": scheme})
    page = context.new_page()
    page.goto("/")
    page.screenshot(path=FOLDER / f"sign-in-{layout}-{scheme}.png")
    page.get_by_role("link", name="Forgot your password?").click()
    page.screenshot(path=FOLDER / f"reset-{layout}-{scheme}.png")
    context.close()
