"""Pictures: attached by button, paste, drop and link; sent, shown, opened large."""

import base64
import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.system.conftest import Chat


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "heron.jpg"
    Image.new("RGB", (2400, 1600), "teal").save(path)
    return path


def png() -> str:
    content = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(content, "PNG")
    return base64.b64encode(content.getvalue()).decode()


GIVE_FILE = """(target, [type, data, name]) => {
    const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], name, {type: "image/png"}));
    const event = type === "paste"
        ? new ClipboardEvent("paste", {clipboardData: files, bubbles: true, cancelable: true})
        : new DragEvent(type, {dataTransfer: files, bubbles: true, cancelable: true});
    target.dispatchEvent(event);
}"""


def chips(page: Page) -> Locator:
    return page.locator("message-composer [data-attachment]")


def test_a_picture_is_uploaded_sent_and_described(chat: Chat, photo: Path) -> None:
    chat.page.locator("input[type=file][name=images]").set_input_files(photo)
    expect(chips(chat.page)).to_have_attribute("data-state", "ready")

    text = chat.ask("What is this?")

    assert "1568 × 1045" in text or "1568×1045" in text or "1568 x 1045" in text
    expect(chips(chat.page)).to_have_count(0)
    picture = chat.messages.locator("[data-part=image] img")
    expect(picture).to_have_attribute("width", "1568")
    chat.page.reload()
    expect(chat.messages.locator("[data-part=image] img")).to_be_visible()


def test_a_picture_opens_large(chat: Chat, photo: Path) -> None:
    chat.page.locator("input[type=file][name=images]").set_input_files(photo)
    expect(chips(chat.page)).to_have_attribute("data-state", "ready")
    chat.ask("What is this?")

    chat.messages.locator("[data-part=image]").click()

    large = chat.page.get_by_role("dialog").locator("img")
    expect(large).to_be_visible()
    chat.page.keyboard.press("Escape")
    expect(large).to_be_hidden()


@pytest.mark.parametrize("way", ["paste", "drop"])
def test_a_picture_comes_in_by(chat: Chat, way: str) -> None:
    chat.box.evaluate(GIVE_FILE, [way, png(), "clip.png"])

    expect(chips(chat.page)).to_have_attribute("data-state", "ready")


def test_a_veil_shows_where_to_drop(chat: Chat) -> None:
    chat.box.evaluate(GIVE_FILE, ["dragenter", png(), "clip.png"])
    expect(chat.page.get_by_text("Drop pictures here")).to_be_visible()

    chat.box.evaluate(GIVE_FILE, ["drop", png(), "clip.png"])
    expect(chat.page.get_by_text("Drop pictures here")).to_be_hidden()


def test_a_picture_can_be_removed_and_sent_without_text(chat: Chat, photo: Path) -> None:
    field = chat.page.locator("input[type=file][name=images]")
    field.set_input_files(photo)
    field.set_input_files(photo)
    expect(chips(chat.page)).to_have_count(2)
    chips(chat.page).first.get_by_role("button", name="Remove").click()
    expect(chips(chat.page)).to_have_count(1)
    expect(chips(chat.page)).to_have_attribute("data-state", "ready")

    chat.send_button.click()

    expect(chat.replies).to_have_attribute("data-status", "complete")
    expect(chat.messages.locator("[data-part=image] img")).to_have_count(1)


def test_a_file_that_is_no_picture_says_so_and_stays_out(chat: Chat, tmp_path: Path) -> None:
    fake = tmp_path / "photo.png"
    fake.write_text("not a picture")

    chat.page.locator("input[type=file][name=images]").set_input_files(fake)

    expect(chips(chat.page)).to_have_attribute("data-state", "failed")
    expect(chips(chat.page)).to_contain_text("JPEG, PNG, WebP or GIF")
    chat.send("Look at this")
    expect(chat.messages).to_have_count(0)
    expect(chat.box).to_have_value("Look at this")


def test_an_eleventh_picture_is_refused(chat: Chat, photo: Path) -> None:
    chat.page.locator("input[type=file][name=images]").set_input_files([photo] * 11)

    expect(chips(chat.page)).to_have_count(10)
    expect(chat.page.get_by_text("at most 10 pictures")).to_be_visible()


def test_a_link_goes_along_as_a_chip(chat: Chat) -> None:
    chat.page.get_by_role("button", name="Attach image link").click()
    chat.page.get_by_role("textbox", name="Image link").fill("https://example.com/heron.jpg")
    chat.page.get_by_role("button", name="Attach", exact=True).click()
    expect(chips(chat.page)).to_have_attribute("data-state", "ready")

    chat.ask("What is this?")

    link = chat.messages.get_by_role("link", name="example.com/heron.jpg")
    expect(link).to_have_attribute("href", "https://example.com/heron.jpg")


def test_an_http_link_is_not_taken(chat: Chat) -> None:
    chat.page.get_by_role("button", name="Attach image link").click()
    chat.page.get_by_role("textbox", name="Image link").fill("http://example.com/heron.jpg")
    chat.page.get_by_role("button", name="Attach", exact=True).click()

    expect(chips(chat.page)).to_have_count(0)
