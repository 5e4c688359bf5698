"""Looking at images: large, one after the other, closer, described and kept."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.system.conftest import Chat, watched
from tests.system.images import attach, saved_many, shown

pytestmark = pytest.mark.long


class Lightbox:
    """What a person finds in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.dialog = page.get_by_role("dialog", name="Image")
        self.pane = self.dialog.locator("zoom-pane")
        self.image = self.pane.locator("img")
        self.edit = self.dialog.get_by_role("button", name="Edit description")
        self.field = self.dialog.get_by_role("textbox", name="Description")

    def button(self, name: str) -> Locator:
        return self.dialog.get_by_role("button", name=name)

    @property
    def scale(self) -> float:
        return self._matrix("a")

    @property
    def moved(self) -> tuple[float, float]:
        return self._matrix("e"), self._matrix("f")

    def _matrix(self, name: str) -> Any:
        return self.image.evaluate(
            f"image => new DOMMatrix(getComputedStyle(image).transform).{name}"
        )

    @property
    def middle(self) -> tuple[float, float]:
        box = self.pane.bounding_box()
        assert box
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.fixture
def three(chat: Chat, tmp_path: Path) -> Chat:
    attach(chat.page, *saved_many(tmp_path, 3))
    chat.ask("What are these?")
    return chat


@pytest.fixture
def box(three: Chat) -> Lightbox:
    """Opened at the second of three."""
    shown(three).nth(1).click()
    box = Lightbox(three.page)
    expect(box.image).to_be_visible()
    return box


def test_an_image_opens_large_and_closes_with_escape(box: Lightbox, three: Chat) -> None:
    expect(box.image).to_have_attribute("alt", "2.png")
    assert box.image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 302

    box.page.keyboard.press("Escape")

    expect(box.dialog).to_be_hidden()
    expect(three.messages.locator("a.image").nth(1)).to_be_focused()


@pytest.mark.parametrize("way", ["key", pytest.param("button", marks=pytest.mark.long)])
def test_keys_and_buttons_lead_to_the_other_images(box: Lightbox, three: Chat, way: str) -> None:
    tool_calls: dict[str, Callable[[], None]] = {
        "next": lambda: box.button("Next image").click(),
        "previous": lambda: box.button("Previous image").click(),
    }
    if way == "key":
        tool_calls["next"] = lambda: box.page.keyboard.press("ArrowRight")
        tool_calls["previous"] = lambda: box.page.keyboard.press("ArrowLeft")

    tool_calls["next"]()
    expect(box.image).to_have_attribute("alt", "3.png")
    expect(box.dialog.get_by_text("3 / 3")).to_be_visible()
    expect(box.button("Next image")).to_be_hidden()
    tool_calls["previous"]()
    tool_calls["previous"]()
    expect(box.image).to_have_attribute("alt", "1.png")
    expect(box.button("Previous image")).to_be_hidden()

    box.button("Close image").click()
    expect(three.messages.locator("a.image").first).to_be_focused()


def test_keys_and_buttons_zoom(box: Lightbox) -> None:
    box.page.keyboard.press("+")
    box.button("Zoom in").click()
    assert box.scale == pytest.approx(2.25)

    box.page.keyboard.press("-")
    assert box.scale == pytest.approx(1.5)
    box.button("Zoom out").click()
    box.button("Zoom out").click()
    assert box.scale == 1
    box.page.keyboard.press("+")
    box.page.keyboard.press("0")
    assert box.scale == 1


def test_the_wheel_zooms_around_the_pointer(box: Lightbox) -> None:
    x, y = box.middle
    box.page.mouse.move(x + 100, y + 60)

    box.page.mouse.wheel(0, -400)

    box.page.wait_for_function("document.querySelector('zoom-pane[data-zoomed]')")
    scale, (right, down) = box.scale, box.moved
    assert scale == pytest.approx(2.718, abs=0.01)
    # What lay under the pointer still does, as far as the image's edges allow.
    assert right == pytest.approx(100 * (1 - scale), abs=1) or abs(right) < 100 * (scale - 1)
    assert right <= 0
    assert down <= 0


def test_a_double_click_zooms_in_and_out(box: Lightbox) -> None:
    box.image.dblclick()
    assert box.scale == pytest.approx(2.5)

    box.image.dblclick()

    assert box.scale == 1


def test_an_enlarged_image_is_dragged_within_its_edges(box: Lightbox) -> None:
    for _ in range(5):
        box.page.keyboard.press("+")
    x, y = box.middle
    box.page.mouse.move(x, y)
    box.page.mouse.down()
    box.page.mouse.move(x + 50, y + 30)
    assert box.moved == (50, 30)

    box.page.mouse.move(x + 4000, y)
    box.page.mouse.up()

    size, pane = box.image.bounding_box(), box.pane.bounding_box()
    assert size
    assert pane
    assert size["x"] == pytest.approx(pane["x"], abs=1)


def test_a_click_beside_the_image_closes_it(box: Lightbox) -> None:
    pane = box.pane.bounding_box()
    assert pane

    box.page.mouse.click(pane["x"] + 100, pane["y"] + 20)

    expect(box.dialog).to_be_hidden()


def test_fingers_pinch_and_swipe(
    browser: Browser, phone: Page, three: Chat, tmp_path: Path
) -> None:
    phone.goto(three.page.url)
    phone.locator("a.image").nth(1).tap()
    box = Lightbox(phone)
    expect(box.image).to_be_visible()
    x, y = box.middle
    touch = phone.context.new_cdp_session(phone)

    def fingers(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": x + right, "y": y + down, "id": i} for i, (right, down) in enumerate(points)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    fingers("touchStart", (-40, 0), (40, 0))
    fingers("touchMove", (-120, 0), (120, 0))
    fingers("touchEnd")
    assert box.scale == pytest.approx(3, abs=0.05)

    phone.locator("[data-zoom=out]").tap()
    phone.locator("[data-zoom=out]").tap()
    phone.locator("[data-zoom=out]").tap()
    assert box.scale == 1
    fingers("touchStart", (80, 0))
    fingers("touchMove", (-80, 4))
    fingers("touchEnd")
    expect(box.image).to_have_attribute("alt", "3.png")


def test_two_clicks_while_it_is_loading_open_the_last_image(three: Chat) -> None:
    page = three.page.context.new_page()
    held: list[Route] = []
    page.route("**/css/images/lightbox*.css", lambda route: held.append(route))
    page.goto(three.page.url)
    images = page.locator("a.image")
    with page.expect_request("**/css/images/lightbox*.css"):
        images.nth(1).focus()
    page.keyboard.press("Enter")
    images.nth(2).click()
    expect(page.get_by_role("dialog", name="Image")).to_be_hidden()
    held[0].continue_()

    box = Lightbox(page)
    expect(box.image).to_have_attribute("alt", "3.png")
    assert len(page.context.pages) == 2
    page.keyboard.press("Escape")
    expect(box.dialog).to_be_hidden()


def test_an_image_whose_lightbox_is_gone_opens_in_a_tab_of_its_own(three: Chat) -> None:
    page = three.page.context.new_page()
    page.route("**/js/**lightbox.*js", lambda route: route.fulfill(status=404))
    page.goto(three.page.url)
    for link in page.locator("a.image").all()[:2]:
        with page.expect_popup() as popup:
            link.click()
        assert popup.value.url == link.evaluate("link => link.href")

    expect(page.get_by_role("dialog", name="Image")).to_be_hidden()
    assert page.url == three.page.url


def test_an_image_is_downloaded(box: Lightbox) -> None:
    with box.page.expect_download() as download:
        box.dialog.get_by_role("link", name="Download").click()

    assert download.value.suggested_filename == "2.jpg"


def test_a_description_is_edited_and_every_tab_follows(
    box: Lightbox, three: Chat, browser: Browser, browser_context_args: dict[str, Any]
) -> None:
    for other in watched(browser.new_context(**browser_context_args)):
        with other.expect_websocket() as socket:
            other.goto(three.page.url)
        socket.value.wait_for_event("framereceived")
        box.edit.click()
        expect(box.field).to_have_value("2.png")
        box.field.fill("A teal field")
        box.page.keyboard.press("ArrowLeft")  # moves in the text, not to another image
        box.page.keyboard.press("Enter")

        expect(box.image).to_have_attribute("alt", "A teal field")
        expect(box.dialog.get_by_text("A teal field")).to_be_visible()
        expect(box.edit).to_be_focused()
        expect(shown(three).nth(1)).to_have_attribute("alt", "A teal field")
        expect(shown(Chat(other)).nth(1)).to_have_attribute("alt", "A teal field")


def test_escape_closes_the_description_field_first(box: Lightbox) -> None:
    box.edit.click()
    box.field.fill("Never mind")

    box.page.keyboard.press("Escape")

    expect(box.dialog).to_be_visible()
    expect(box.field).to_be_hidden()
    expect(box.image).to_have_attribute("alt", "2.png")
    box.page.keyboard.press("Escape")
    expect(box.dialog).to_be_hidden()


def test_a_description_that_is_not_saved_shows_an_error_and_is_kept(box: Lightbox) -> None:
    box.page.route("**/alt", lambda route: route.abort())
    box.edit.click()
    box.field.fill("A teal field")

    box.dialog.get_by_role("button", name="Save").click()

    expect(box.dialog.get_by_role("alert")).to_contain_text("That didn't work")
    expect(box.field).to_have_value("A teal field")
