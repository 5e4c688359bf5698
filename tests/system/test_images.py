"""Images: attached by button, camera, paste and drop; sent and shown."""

from pathlib import Path

import pillow_heif
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.system.conftest import Chat
from tests.system.images import (
    GIVE_FILE,
    Held,
    alts,
    attach,
    chips,
    choose,
    png,
    saved,
    saved_many,
    shown,
)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return saved(tmp_path / "heron.jpg", (2400, 1600))


def test_an_image_is_uploaded_sent_and_described(chat: Chat, photo: Path) -> None:
    attach(chat.page, photo)

    text = chat.ask("What is this?")

    assert "1568 x 1045" in text
    expect(chips(chat.page)).to_have_count(0)
    expect(shown(chat)).to_have_attribute("width", "1568")
    expect(shown(chat)).to_have_attribute("alt", "heron.jpg")
    chat.page.reload()
    expect(shown(chat)).to_be_visible()


@pytest.mark.long
def test_an_image_takes_its_room_before_it_loads(chat: Chat, photo: Path) -> None:
    attach(chat.page, photo)
    chat.ask("What is this?")
    chat.page.route("**/thumbnail", lambda route: route.abort())
    chat.page.reload()
    before = shown(chat).bounding_box()

    chat.page.unroute("**/thumbnail")
    chat.page.reload()
    chat.page.wait_for_function("document.querySelector('a.image img')?.naturalWidth > 0")

    assert before
    assert before == pytest.approx(shown(chat).bounding_box(), abs=0.5)
    assert before["width"] / before["height"] == pytest.approx(1.5, abs=0.02)


@pytest.mark.long
def test_the_images_of_a_pending_message_are_not_replaced(chat: Chat, photo: Path) -> None:
    attach(chat.page, photo)
    with Held(chat.page, "**/messages") as sends:
        chat.send("What is this?")
        sends.wait(1)
        expect(chat.messages).to_have_attribute("data-status", "sending")
        pending = shown(chat).evaluate("image => image.parentElement.outerHTML")

        sends.routes[0].continue_()

    expect(chat.replies).to_have_attribute("data-status", "complete")
    assert shown(chat).evaluate("image => image.parentElement.outerHTML") == pending


def test_the_cost_of_images_is_shown(chat: Chat, tmp_path: Path) -> None:
    first, second = saved(tmp_path / "a.png", (300, 200)), saved(tmp_path / "b.png", (1500, 1000))
    attach(chat.page, first)
    expect(chat.page.get_by_text("about 80 tokens")).to_be_visible()

    choose(chat.page, second)

    expect(chat.page.get_by_text("about 1,600 tokens")).to_be_visible()
    chat.ask("What are these?")
    expect(chat.page.locator(".cost")).to_be_empty()


@pytest.mark.parametrize("way", ["paste", pytest.param("drop", marks=pytest.mark.long)])
def test_an_image_is_attached_by(chat: Chat, way: str) -> None:
    chat.box.evaluate(GIVE_FILE, [way, png(), "clip.png"])

    expect(chips(chat.page)).to_have_attribute("data-state", "ready")


def test_an_image_may_be_dropped_anywhere(chat: Chat) -> None:
    place = chat.page.get_by_role("navigation", name="Conversations")

    place.evaluate(GIVE_FILE, ["dragenter", png(), "clip.png"])
    expect(chat.page.get_by_text("Drop images or files here")).to_be_visible()

    place.evaluate(GIVE_FILE, ["drop", png(), "clip.png"])
    expect(chat.page.get_by_text("Drop images or files here")).to_be_hidden()
    expect(chips(chat.page)).to_have_attribute("data-state", "ready")


def test_a_phone_takes_a_photo(phone: Page, photo: Path) -> None:
    phone.goto("/")

    phone.get_by_role("button", name="Attach", exact=True).tap()
    with phone.expect_file_chooser() as chosen:
        phone.get_by_role("button", name="Take a photo").click()

    assert chosen.value.element.get_attribute("capture") == "environment"
    chosen.value.set_files(photo)
    expect(chips(phone)).to_have_attribute("data-state", "ready")


def test_a_computer_offers_no_camera(chat: Chat) -> None:
    expect(chat.page.get_by_role("button", name="Take a photo")).to_be_hidden()


@pytest.mark.long
def test_a_format_unknown_to_the_browser_is_shown_once_it_is_stored(
    chat: Chat, tmp_path: Path
) -> None:
    pillow_heif.register_heif_opener()
    path = tmp_path / "IMG_0001.HEIC"
    Image.new("RGB", (640, 480), "teal").save(path, "HEIF")

    attach(chat.page, path)

    expect(chips(chat.page)).to_have_attribute("data-has-preview", "")
    assert "640 x 480" in chat.ask("What is this?")


def test_the_chip_of_an_animation_explains_what_is_sent(chat: Chat, tmp_path: Path) -> None:
    path = tmp_path / "wave.gif"
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("red", "blue")]
    frames[0].save(path, save_all=True, append_images=frames[1:])

    attach(chat.page, path)

    expect(chips(chat.page)).to_contain_text("Only the first frame")


def test_an_eleventh_image_is_refused(chat: Chat, tmp_path: Path) -> None:
    choose(chat.page, *saved_many(tmp_path, 11))

    expect(chips(chat.page)).to_have_count(10)
    expect(chat.page.get_by_text("up to 10 images")).to_be_visible()


@pytest.mark.long
def test_images_are_sent_in_their_order_and_without_text(chat: Chat, tmp_path: Path) -> None:
    attach(chat.page, *saved_many(tmp_path, 3))

    chat.send_button.click()

    expect(chat.replies).to_have_attribute("data-status", "complete")
    assert alts(shown(chat)) == ["1.png", "2.png", "3.png"]
