"""The images of a message that is edited: removed, added, put into another order, and kept."""

import base64
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.system.conftest import Chat
from tests.system.images import GIVE_FILE, attach, chips, saved_many
from tests.system.test_versions import press, versions

pytestmark = pytest.mark.long


def names(images: Locator) -> list[str]:
    return [name.strip() for name in images.locator("[data-name]").all_text_contents()]


def sent_names(chat: Chat) -> list[str]:
    """Return the names of the images of the last message, in their order."""
    last = chat.messages.last.locator("[data-part=image] img")
    return [image.get_attribute("alt") or "" for image in last.all()]


def test_images_are_put_into_another_order_and_survive_a_reload(chat: Chat, tmp_path: Path) -> None:
    page = chat.page
    attach(page, *saved_many(tmp_path, 3))
    chat.ask("/echo first")
    press(chat.messages.first, "Edit")
    images = page.locator("message-editor [data-attachment]")
    expect(images).to_have_count(3)

    images.nth(2).get_by_role("button", name="Move earlier").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft")
    assert names(images) == ["3.png", "1.png", "2.png"]
    expect(images.first.get_by_role("button", name="Move earlier")).to_be_focused()
    expect(page.locator("[data-spoken]")).to_have_text("File 1 of 3")
    images.nth(2).drag_to(images.nth(1))
    assert names(images) == ["3.png", "2.png", "1.png"]
    images.nth(1).get_by_role("button", name="Remove").click()
    for given, file in zip(("paste", "drop"), saved_many(tmp_path, 2), strict=True):
        data = base64.b64encode(file.read_bytes()).decode()
        box = page.get_by_role("textbox", name="Edit message")
        box.evaluate(GIVE_FILE, [given, data, f"{given}.png"])
    expect(page.locator("message-editor [data-state=ready]")).to_have_count(4)
    expect(chips(page)).to_have_count(0)  # the composer took none of them
    expect(page.locator("[data-veil]")).to_be_hidden()
    wanted = ["3.png", "1.png", "paste.png", "drop.png"]
    assert names(images) == wanted

    page.reload()
    expect(images).to_have_count(4)
    assert names(images) == wanted
    images.nth(1).get_by_role("button", name="Move later").click()
    page.locator("message-editor").get_by_role("button", name="Send").click()

    expect(versions(page)).to_have_text(["2 / 2"])
    assert sent_names(chat) == ["3.png", "paste.png", "1.png", "drop.png"]


def test_an_edit_waits_for_its_uploads(chat: Chat, tmp_path: Path) -> None:
    page = chat.page
    chat.ask("/echo first")
    press(chat.messages.first, "Edit")
    editor = page.locator("message-editor")
    page.route("**/documents/", lambda route: route.abort())
    page.get_by_label("Add images").set_input_files(saved_many(tmp_path, 1))
    expect(editor.locator("[data-state=failed]")).to_be_visible()
    editor.get_by_role("button", name="Send").click()
    expect(editor.get_by_role("alert")).to_have_text(
        "Some files weren't uploaded. Remove them, or try again."
    )
    page.unroute("**/documents/")
    held: list[Any] = []
    page.route("**/documents/", lambda route: held.append(route))
    editor.get_by_role("button", name="Retry").click()
    expect(editor.locator("[data-state=uploading]")).to_be_visible()
    editor.get_by_role("button", name="Send").click()
    expect(editor.get_by_role("alert")).to_contain_text("as soon as the files are uploaded")
    held[0].continue_()

    expect(versions(page)).to_have_text(["2 / 2"])
    expect(chat.messages.locator("[data-part=image]")).to_have_count(1)


def test_on_a_phone_images_are_ordered_by_buttons(phone: Page, tmp_path: Path) -> None:
    chat = Chat(phone).open()
    attach(phone, *saved_many(tmp_path, 2))
    chat.box.fill("/echo first")
    chat.send_button.tap()
    expect(chat.replies).to_have_attribute("data-status", "complete")
    chat.messages.get_by_role("button", name="More").tap()
    phone.locator("message-menu").get_by_role("button", name="Edit").tap()
    images = phone.locator("message-editor [data-attachment]")
    images.first.get_by_role("button", name="Move later").tap()
    assert names(images) == ["2.png", "1.png"]
    box = images.first.get_by_role("button", name="Move later").bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 32
    phone.locator("message-editor").get_by_role("button", name="Send").tap()

    expect(versions(phone)).to_have_text(["2 / 2"])
    assert sent_names(chat) == ["2.png", "1.png"]


def test_without_scripts_images_are_kept_and_ordered(
    browser: Browser, browser_context_args: dict[str, Any], tmp_path: Path
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    chat = Chat(page).open()
    page.locator("input[type=file][name=images]").set_input_files(saved_many(tmp_path, 3))
    chat.box.fill("/echo first")
    chat.send_button.click()
    press(chat.messages.first, "Edit")
    page.get_by_role("textbox", name="Edit message").fill("/echo edited")
    kept = page.get_by_role("group", name="Files to keep")
    kept.get_by_role("checkbox").nth(1).uncheck()
    expect(kept.locator("img").nth(1)).to_have_css("opacity", "0.35")
    kept.get_by_role("button", name="Move earlier").last.click()
    expect(page.get_by_role("textbox", name="Edit message")).to_have_value("/echo edited")
    expect(kept.get_by_role("checkbox", checked=True)).to_have_count(2)
    page.get_by_role("button", name="Send").last.click()

    expect(versions(page)).to_have_text(["2 / 2"])
    assert sent_names(chat) == ["3.png", "1.png"]
    context.close()
