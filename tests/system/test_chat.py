"""The everyday path in a real browser."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.servers.proxy import running_proxy
from tests.system.app import App
from tests.system.conftest import Chat


def test_a_message_shows_at_once_and_the_reply_streams_in(chat: Chat) -> None:
    chat.send("/rate 60 Tell me about herons")

    expect(chat.messages).to_have_text(re.compile("Tell me about herons"))
    expect(chat.replies).to_have_attribute("data-status", "streaming")
    expect(chat.replies.locator(".block").first).to_be_visible()
    expect(chat.stop_button).to_be_visible()
    assert re.search(r"/c/[0-9a-f-]{36}/$", chat.page.url)
    expect(chat.replies).to_have_attribute("data-status", "complete", timeout=20_000)
    expect(chat.send_button).to_be_visible()


def test_markdown_is_rendered(chat: Chat) -> None:
    chat.ask("Show me what you can do")

    text = chat.replies.locator("[data-part=text]")
    for shown in ("h3, h4", "ul li", "table td", "pre code", "math", "blockquote", "li.task"):
        expect(text.locator(shown).first).to_be_visible()
    expect(text.locator("pre code span").first).to_be_visible()


def test_enter_sends_and_shift_enter_breaks_the_line(chat: Chat) -> None:
    chat.box.fill("one")
    chat.box.press("Shift+Enter")
    chat.box.press_sequentially("two")

    assert chat.box.input_value() == "one\ntwo"
    expect(chat.messages).to_have_count(0)
    chat.box.press("Enter")
    expect(chat.messages).to_have_count(1)
    expect(chat.box).to_have_value("")


def test_enter_inside_an_ime_composition_does_not_send(chat: Chat) -> None:
    chat.box.fill("にほん")
    chat.box.evaluate(
        """box => box.dispatchEvent(new KeyboardEvent("keydown",
           {key: "Enter", isComposing: true, bubbles: true, cancelable: true}))"""
    )

    expect(chat.messages).to_have_count(0)
    expect(chat.box).to_have_value("にほん")


def test_the_box_has_the_focus_and_grows_to_a_limit(chat: Chat) -> None:
    expect(chat.box).to_be_focused()
    heights = []
    for lines in (1, 4, 60):
        chat.box.fill("\n".join("line" for _ in range(lines)))
        heights.append(chat.box.bounding_box()["height"])

    assert heights[0] < heights[1] < heights[2] < 400


def test_stop_keeps_the_text_so_far(chat: Chat) -> None:
    chat.send("/rate 50 /long 5000")
    expect(chat.replies.locator(".block").first).to_be_visible()

    chat.stop_button.click()

    expect(chat.replies).to_have_attribute("data-status", "stopped")
    kept = chat.replies.locator("[data-part=text]").inner_text()
    assert kept
    chat.page.reload()
    expect(chat.replies).to_have_attribute("data-status", "stopped")
    assert chat.replies.locator("[data-part=text]").inner_text() == kept


@pytest.mark.long
def test_escape_stops_too(chat: Chat) -> None:
    chat.send("/rate 50 /long 5000")
    expect(chat.replies.locator(".block").first).to_be_visible()

    chat.box.press("Escape")

    expect(chat.replies).to_have_attribute("data-status", "stopped")


def test_a_failure_shows_its_reason_and_retry_works(chat: Chat) -> None:
    chat.send("/error 500")
    expect(chat.replies).to_have_attribute("data-status", "failed")
    expect(chat.replies.locator("[data-part=error]")).to_be_visible()

    failed = chat.replies.get_attribute("data-message")
    chat.page.get_by_role("button", name="Retry").click()

    expect(chat.page.locator(f'[data-message="{failed}"]')).to_have_count(0)
    expect(chat.replies).to_have_count(1)
    expect(chat.replies).to_have_attribute("data-status", "failed")


@pytest.mark.long
def test_an_interrupted_reply_keeps_its_text(chat: Chat) -> None:
    chat.send("/cut 20 /times 3 Tell me about herons")

    expect(chat.replies).to_have_attribute("data-status", "failed")
    assert chat.replies.locator("[data-part=text]").inner_text()


def test_a_reload_during_a_reply_shows_its_text_and_continues(chat: Chat) -> None:
    chat.send("/rate 100 /long 300")
    expect(chat.replies.locator(".block").first).to_be_visible()

    chat.page.reload()

    expect(chat.replies.locator(".block").first).to_be_visible()
    expect(chat.replies).to_have_attribute("data-status", "complete", timeout=20_000)
    live = chat.replies.locator("[data-part=text]").inner_text()
    chat.page.reload()
    assert chat.replies.locator("[data-part=text]").inner_text() == live


def test_a_second_tab_shows_the_same_reply_live(chat: Chat, context: BrowserContext) -> None:
    chat.ask("/echo first")
    second = Chat(context.new_page()).open(chat.page.url)
    expect(second.replies).to_have_count(1)

    chat.send("/rate 80 /long 150")

    expect(second.messages).to_have_count(2)
    expect(second.replies.last).to_have_attribute("data-status", "streaming")
    expect(second.replies.last).to_have_attribute("data-status", "complete", timeout=20_000)
    expect(chat.replies.last).to_have_attribute("data-status", "complete")
    texts = [tab.replies.last.locator("[data-part=text]").inner_text() for tab in (chat, second)]
    assert texts[0] == texts[1]


def test_after_a_lost_connection_the_page_catches_up(page: Page, app: App) -> None:
    with running_proxy(app.port) as proxy:
        chat = Chat(page).open(proxy.url)
        chat.send("/rate 60 /long 400")
        expect(chat.replies.locator(".block").first).to_be_visible()

        proxy.go_down()
        expect(page.get_by_text("Reconnecting")).to_be_visible()
        proxy.come_up()

        expect(page.get_by_text("Reconnecting")).to_be_hidden(timeout=15_000)
        expect(chat.replies).to_have_attribute("data-status", "complete", timeout=20_000)
        live = chat.replies.locator("[data-part=text]").inner_text()
        page.reload()
        assert chat.replies.locator("[data-part=text]").inner_text() == live


@pytest.mark.long
def test_a_page_from_the_browsers_cache_sends_a_new_message(chat: Chat) -> None:
    chat.ask("/echo one")
    chat.page.reload()
    chat.ask("/echo two")
    chat.page.get_by_role("link", name="New chat").first.click()
    expect(chat.messages).to_have_count(0)
    chat.page.go_back()

    expect(chat.messages).to_have_count(2)
    assert chat.ask("/echo three").strip() == "three"
    expect(chat.messages).to_have_count(3)


def test_back_to_the_empty_page_begins_another_conversation(chat: Chat) -> None:
    chat.ask("/echo one")
    first = chat.page.url
    chat.page.go_back()
    expect(chat.messages).to_have_count(0)

    chat.ask("/echo two")

    expect(chat.messages).to_have_count(1)
    assert chat.page.url != first


def test_the_skip_link_leads_to_the_box_without_loading_anything(chat: Chat) -> None:
    chat.page.evaluate("() => { window.stillHere = true; }")
    link = chat.page.get_by_role("link", name="Skip to the message box")
    link.focus()
    link.press("Enter")

    expect(chat.page).to_have_url(re.compile("#message$"))
    assert chat.page.evaluate("() => window.stillHere") is True


@pytest.mark.long
def test_emoji_arrive_whole(chat: Chat) -> None:
    text = chat.ask("/echo 🦩 flamingo 👩‍👩‍👧 family 🇵🇱 flag é")

    assert text.strip() == "🦩 flamingo 👩‍👩‍👧 family 🇵🇱 flag é"
    chat.page.reload()
    assert chat.replies.locator("[data-part=text]").inner_text() == text


def test_a_title_appears_by_itself(chat: Chat) -> None:
    chat.ask("Why do herons stand on one leg in cold water for hours and hours?")

    link = chat.page.get_by_role("navigation", name="Conversations").get_by_role("link").first
    expect(link).to_have_attribute("aria-current", "page")
    expect(link).not_to_have_text(re.compile("…$|^New chat$"))


def test_the_status_region_announces_a_reply(chat: Chat) -> None:
    chat.send("/rate 50 /long 60")
    expect(chat.page.get_by_text("Claude Sonnet 4.6 is answering")).to_be_attached()
    expect(chat.replies).to_have_attribute("data-status", "complete")
    expect(chat.page.get_by_text("Done", exact=True)).to_be_attached()
