"""A draft appears on every device of the person, live and after a reload."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.system.conftest import Chat
from tests.system.drafts import is_save, write
from tests.system.images import Held, alts, attach, chips, saved_many, shown
from tests.system.projects import create, no_projects

__all__ = ["no_projects"]  # a fixture

CARET = "box => box.selectionStart"
LISTEN = """() => {
    window.heard = [];
    document.addEventListener("live:draft.changed", ({detail}) => heard.push(detail.text));
}"""


def test_a_draft_appears_on_another_device_live_and_after_a_reload(chat: Chat, phone: Page) -> None:
    other = Chat(phone).open()

    chat.box.press_sequentially("Herons stand ")

    expect(other.box).to_have_value("Herons stand ")
    other.page.reload()
    expect(other.box).to_have_value("Herons stand ")
    other.box.press_sequentially("still")
    expect(chat.box).to_have_value("Herons stand still")


def test_each_conversation_and_the_empty_page_have_their_own_draft(
    chat: Chat, context: BrowserContext
) -> None:
    write(chat, "for later")
    urls = []
    for name in ("one", "two"):
        tab = Chat(context.new_page()).open()
        tab.ask(f"/echo {name}")
        write(tab, f"more about {name}")
        urls.append(tab.page.url)

    for url, text in zip(["/", *urls], ["", "more about one", "more about two"], strict=True):
        expect(Chat(context.new_page()).open(url).box).to_have_value(text)


@pytest.mark.long
def test_a_send_from_one_device_empties_the_box_of_the_other(chat: Chat, phone: Page) -> None:
    other = Chat(phone).open()
    write(chat, "/echo sent by the phone")
    expect(other.box).to_have_value("/echo sent by the phone")

    other.send_button.tap()

    expect(other.replies).to_have_attribute("data-status", "complete")
    expect(chat.box).to_have_value("")
    chat.ask("/echo something else")  # under an id of its own
    expect(chat.messages).to_have_count(1)


@pytest.mark.long
def test_the_same_draft_sent_from_two_devices_is_one_message(chat: Chat, phone: Page) -> None:
    other = Chat(phone).open()
    chat.ask("/echo begun")
    other.open(chat.page.url)
    write(chat, "/echo once")
    expect(other.box).to_have_value("/echo once")

    for each in (chat, other):
        each.page.evaluate("document.querySelector('[data-composer]').requestSubmit()")

    for each in (chat, other):
        expect(each.replies.last).to_have_attribute("data-status", "complete")
        each.page.reload()
        expect(each.messages).to_have_count(2)
        expect(each.box).to_have_value("")


@pytest.mark.long
def test_text_being_typed_is_not_overwritten_by_another_device(
    chat: Chat, context: BrowserContext
) -> None:
    other = Chat(context.new_page()).open()
    with Held(chat.page, "**/draft") as saves:
        chat.box.fill("mine")
        saves.wait(1)
        write(other, "theirs")
        chat.box.press("End")
        chat.box.press_sequentially(" too")
        expect(chat.box).to_have_value("mine too")
        for route in saves.routes:
            route.continue_()

    # The last edit wins.
    expect(other.box).to_have_value("mine too")
    expect(chat.box).to_have_value("mine too")


@pytest.mark.long
def test_saving_a_draft_leaves_the_cursor_where_it_is(chat: Chat) -> None:
    chat.page.evaluate(LISTEN)
    write(chat, "Herons still")
    chat.box.evaluate("box => box.setSelectionRange(6, 6)")

    with chat.page.expect_response(is_save):
        chat.box.press_sequentially(" stand")

    chat.page.wait_for_function("heard.includes('Herons stand still')")
    assert chat.box.evaluate(CARET) == len("Herons stand")
    chat.box.press_sequentially(" very")
    expect(chat.box).to_have_value("Herons stand very still")


@pytest.mark.long
def test_a_draft_from_another_device_leaves_the_cursor_inside_the_text(
    chat: Chat, context: BrowserContext
) -> None:
    other = Chat(context.new_page()).open()
    write(chat, "Herons")
    expect(other.box).to_have_value("Herons")
    chat.box.evaluate("box => box.setSelectionRange(3, 3)")

    write(other, "Herons and cranes")

    expect(chat.box).to_have_value("Herons and cranes")
    assert chat.box.evaluate(CARET) == 3


@pytest.mark.long
def test_a_save_that_arrives_after_its_message_restores_no_draft(chat: Chat) -> None:
    with Held(chat.page, "**/draft") as saves:
        chat.box.fill("/echo sent")
        saves.wait(1)
        chat.box.press("Enter")
        expect(chat.replies).to_have_attribute("data-status", "complete")
        with chat.page.expect_response(is_save) as answer:
            saves.routes[0].continue_()
        assert answer.value.status == 410

    expect(chat.box).to_have_value("")
    for path in ("/", chat.page.url):
        expect(chat.open(path).box).to_have_value("")


@pytest.mark.long
def test_reconnecting_restores_no_draft_of_a_message_on_its_way(
    chat: Chat, context: BrowserContext
) -> None:
    write(Chat(context.new_page()).open(), "/echo once")
    expect(chat.box).to_have_value("/echo once")
    with Held(chat.page, "**/messages") as sends:
        chat.box.press("Enter")
        sends.wait(1)
        with chat.page.expect_response("**/draft") as asked:
            chat.page.evaluate("document.dispatchEvent(new Event('connection:opened'))")
        assert asked.value.json()["text"] == "/echo once"  # until the message is there
        expect(chat.box).to_have_value("")
        sends.routes[0].continue_()

    expect(chat.replies).to_have_attribute("data-status", "complete")
    expect(chat.box).to_have_value("")


@pytest.mark.long
def test_text_typed_while_the_first_message_is_sent_becomes_the_next_draft(
    chat: Chat, context: BrowserContext
) -> None:
    with Held(chat.page, "**/messages") as sends:
        chat.send("/echo first")
        sends.wait(1)
        write(chat, "and then")
        with chat.page.expect_response(lambda answer: is_save(answer) and "/c/" in answer.url):
            sends.routes[0].continue_()

    expect(chat.box).to_have_value("and then")
    assert "/c/" in chat.page.url
    expect(Chat(context.new_page()).open(chat.page.url).box).to_have_value("and then")
    expect(Chat(context.new_page()).open().box).to_have_value("")


@pytest.mark.long
def test_images_of_a_draft_are_restored_and_sent(chat: Chat, phone: Page, tmp_path: Path) -> None:
    with chat.page.expect_response(is_save):
        attach(chat.page, *saved_many(tmp_path, 2))
    write(chat, "What are these?")
    other = Chat(phone).open()

    for each in (chat, other):
        each.page.reload()
        expect(chips(each.page)).to_have_count(2)
        expect(chips(each.page).locator("img").first).to_have_js_property("complete", True)
        expect(each.page.locator("[data-cost]")).to_contain_text("tokens")
    with chat.page.expect_response(is_save):
        chips(chat.page).first.get_by_role("button", name="Remove").click()
    expect(chips(other.page)).to_have_count(1)

    other.send_button.tap()

    expect(other.replies).to_have_attribute("data-status", "complete")
    assert alts(shown(other)) == ["2.png"]
    expect(chips(chat.page)).to_have_count(0)


def test_without_scripts_the_draft_is_in_the_box(
    chat: Chat, browser: Browser, browser_context_args: dict[str, Any], tmp_path: Path
) -> None:
    with chat.page.expect_response(is_save):
        attach(chat.page, *saved_many(tmp_path, 1))
    write(chat, "/echo begun with scripts")
    context = browser.new_context(**browser_context_args | {"java_script_enabled": False})
    plain = Chat(context.new_page())

    plain.open()

    expect(plain.box).to_have_value("/echo begun with scripts")
    expect(chips(plain.page)).to_be_hidden()  # nor could they be removed
    plain.send_button.click()
    expect(plain.replies).to_have_attribute("data-status", "complete")
    expect(plain.box).to_have_value("")
    expect(chat.box).to_have_value("")
    context.close()


def test_what_is_written_in_a_project_stays_in_it(chat: Chat) -> None:
    page = chat.page
    write(chat, "for any chat")
    path = create(page, "Herons")
    expect(chat.box).to_have_value("")

    chat.box.press_sequentially("for the project")

    page.goto("/")
    expect(chat.box).to_have_value("for any chat")
    page.goto(path)
    expect(chat.box).to_have_value("for the project")
    chat.send_button.click()
    expect(chat.replies).to_have_attribute("data-status", "complete")
    page.goto(path)
    expect(chat.box).to_have_value("")
