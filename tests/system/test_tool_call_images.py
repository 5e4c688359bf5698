"""Images that tools give, on the page."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.system.app import App, running_app
from tests.system.conftest import PHONE, Chat, cookies_of_owner, watched
from tests.system.test_lightbox import Lightbox

pytestmark = pytest.mark.long

DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
_heights = itertools.count(200)
THREE = '/call draw {"sizes": [[640, 400], [300, 500], [400, 400]]}'


@pytest.fixture(scope="module")
def drawing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An app with tools that draw."""
    tools = {"DJANGO_SETTINGS_MODULE": "tests.servers.with_tools", "CHAT_DEMO_RATE": "400"}
    with running_app(tmp_path_factory.mktemp("drawing"), **tools) as app:
        yield app


@pytest.fixture(params=["desktop", "phone"])
def layout(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {"desktop": DESKTOP, "phone": PHONE}[request.param]


@pytest.fixture(scope="module")
def cookies(drawing: App, browser: Browser) -> Any:
    return cookies_of_owner(browser, drawing.url)


@pytest.fixture
def chat(drawing: App, browser: Browser, cookies: Any, layout: dict[str, Any]) -> Iterator[Chat]:
    arguments = {"base_url": drawing.url, "storage_state": cookies, **layout}
    for page in watched(browser.new_context(**arguments)):
        yield Chat(page).open()


on_a_desktop = pytest.mark.parametrize("layout", ["desktop"], indirect=True)  # alike on a phone


def ask(chat: Chat, text: str) -> None:
    """Enter breaks the line on a phone, so the button sends."""
    chat.box.fill(text)
    chat.send_button.click()


def asked(chat: Chat, text: str) -> None:
    ask(chat, text)
    expect(chat.replies.last).to_have_attribute("data-status", "complete")


def images(chat: Chat) -> Locator:
    return chat.replies.locator("[data-part=image] img")


def is_loaded(image: Locator) -> bool:
    return bool(image.evaluate("image => image.decode().then(() => image.naturalWidth > 0)"))


@on_a_desktop
def test_images_appear_when_the_tool_call_ends_and_stay(chat: Chat) -> None:
    asked(chat, THREE)

    for _ in ("live", "after a reload"):
        expect(images(chat)).to_have_count(3)
        for number in range(3):
            image = images(chat).nth(number)
            alt = f"Image {number + 1} of 3 from draw"
            expect(image).to_have_attribute("alt", alt)
            expect(image).to_be_visible()
            assert is_loaded(image)
        expect(chat.replies.locator("details.tool-call")).not_to_have_attribute("open", "")
        chat.page.reload()


def test_images_take_their_room_before_they_load(chat: Chat) -> None:
    held: list[Route] = []
    chat.page.route("**/thumbnail", lambda route: held.append(route))
    asked(chat, '/call draw {"sizes": [[640, 400]]}')
    expect(images(chat)).to_have_count(1)
    before = images(chat).bounding_box()

    for route in held:
        route.continue_()

    assert is_loaded(images(chat))
    assert before
    assert (before, before["height"] > 100) == (images(chat).bounding_box(), True)


def test_an_image_opens_large_and_leads_to_the_others(chat: Chat) -> None:
    new = next(_heights)  # an image that was described would keep that in other tests
    asked(chat, f'/call draw {{"sizes": [[640, 400], [300, 500], [400, {new}]]}}')

    images(chat).nth(1).click()

    box = Lightbox(chat.page)
    expect(box.dialog.get_by_text("2 / 3")).to_be_visible()
    expect(box.image).to_have_attribute("alt", "Image 2 of 3 from draw")
    assert is_loaded(box.image)
    chat.page.keyboard.press("ArrowRight")
    expect(box.image).to_have_attribute("alt", "Image 3 of 3 from draw")
    box.edit.click()
    box.field.fill("A green disc")
    box.field.press("Enter")
    chat.page.keyboard.press("Escape")
    expect(images(chat).nth(2)).to_have_attribute("alt", "A green disc")


@on_a_desktop
def test_images_that_cannot_be_shown_are_reported(chat: Chat) -> None:
    asked(chat, '/call draw {"sizes": [[64, 48]], "kind": "junk"}')

    note = "1 of 1 images couldn't be shown (not a readable image)."
    expect(chat.replies.get_by_text(note, exact=True)).to_be_visible()
    expect(images(chat)).to_have_count(0)


@on_a_desktop
def test_a_call_that_needs_approval_shows_its_images_afterwards(chat: Chat) -> None:
    ask(chat, '/call paint {"sizes": [[640, 400]]}')
    chat.page.get_by_role("button", name="Allow once").click()

    expect(chat.replies).to_have_attribute("data-status", "complete")
    expect(images(chat)).to_have_attribute("alt", "Image from paint")
    assert is_loaded(images(chat))


@on_a_desktop
def test_without_scripts_images_link_to_their_large_versions(
    chat: Chat, drawing: App, browser: Browser, layout: dict[str, Any]
) -> None:
    asked(chat, THREE)
    state = chat.page.context.storage_state()
    bare: Page = browser.new_context(
        base_url=drawing.url, storage_state=state, java_script_enabled=False, **layout
    ).new_page()
    bare.goto(chat.page.url)

    expect(bare.get_by_role("img", name="Image 2 of 3 from draw")).to_be_visible()
    with bare.context.expect_page() as opened:
        bare.get_by_role("link", name="Image 2 of 3 from draw").click()
    assert "/images/" in opened.value.url
    bare.context.close()
