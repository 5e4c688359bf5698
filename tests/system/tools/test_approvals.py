"""A tool that acts waits for the person's approval, which can be given once, from any tab."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.servers.note_service import NoteService
from tests.system.conftest import Chat
from tests.system.tools.conftest import ToolCalls, other_tab, wait_note, without_scripts

pytestmark = pytest.mark.long

NOT_ALLOWED = "The person did not allow this call."


def test_a_call_waits_and_shows_what_it_would_do(chat: Chat, note_service: NoteService) -> None:
    tool_calls = wait_note(chat)

    tool_calls.expect_state("awaiting_approval")
    box = chat.page.get_by_role("group", name="Allow this tool call?")
    expect(box).to_contain_text("Leaving the note hello")
    expect(box.locator("pre")).to_have_text(re.compile('"text": "hello"'))
    spoken = "Claude Sonnet 4.6 is waiting for your approval. Leaving the note hello"
    expect(tool_calls.spoken).to_have_text(spoken)
    expect(chat.box).to_be_focused()
    assert note_service.notes == []


def test_a_call_allowed_once_runs_once_and_the_next_one_asks(
    chat: Chat, note_service: NoteService
) -> None:
    tool_calls = wait_note(chat)

    tool_calls.say("Allow once")

    tool_calls.expect_reply("complete")
    expect(tool_calls.all.locator("summary")).to_have_text(re.compile(r"^Left the note hello"))
    expect(tool_calls.all.locator("pre").first).to_be_hidden()
    assert note_service.notes == ["hello"]
    wait_note(chat, "again").expect_state("done", "awaiting_approval")


def test_an_always_allowed_tool_asks_no_more(chat: Chat, note_service: NoteService) -> None:
    wait_note(chat).say("Always allow in this conversation")
    ToolCalls(chat).expect_reply("complete")

    chat.ask('/call leave_note {"text": "again"}')

    assert note_service.notes == ["hello", "again"]


def test_always_allowing_a_tool_allows_its_other_waiting_calls(
    chat: Chat, note_service: NoteService
) -> None:
    chat.send('/call leave_note {"text": "one"}\n/call leave_note {"text": "two"}')
    tool_calls = ToolCalls(chat)
    tool_calls.expect_state("awaiting_approval", "awaiting_approval")

    tool_calls.say("Always allow in this conversation")

    tool_calls.expect_reply("complete")
    assert sorted(note_service.notes) == ["one", "two"]


def test_a_denied_call_does_not_run_and_the_model_is_informed(
    chat: Chat, note_service: NoteService
) -> None:
    tool_calls = wait_note(chat)

    tool_calls.say("Deny")

    tool_calls.expect_reply("complete")
    expect(tool_calls.all).to_contain_text("Denied")
    expect(chat.replies).to_contain_text(NOT_ALLOWED)
    chat.page.reload()
    expect(tool_calls.all).to_contain_text("Denied")
    assert note_service.notes == []


def test_calls_are_decided_one_by_one(chat: Chat, note_service: NoteService) -> None:
    chat.send('/call leave_note {"text": "one"}\n/call leave_note {"text": "two"}')
    tool_calls = ToolCalls(chat)
    tool_calls.expect_state("awaiting_approval", "awaiting_approval")

    tool_calls.say("Deny")
    tool_calls.expect_state("denied", "awaiting_approval")
    tool_calls.expect_reply("waiting")
    tool_calls.say("Allow once")

    tool_calls.expect_reply("complete")
    tool_calls.expect_state("denied", "done")
    assert note_service.notes == ["two"]


def test_a_decision_in_another_tab_is_shown_in_both(chat: Chat, note_service: NoteService) -> None:
    tool_calls = wait_note(chat)
    second = other_tab(chat)

    second.say("Allow once")

    for tab in (tool_calls, second):
        tab.expect_reply("complete")
        tab.expect_state("done")
        expect(tab.chat.stop_button).to_be_hidden()
    assert note_service.notes == ["hello"]


def test_the_first_of_two_decisions_counts(chat: Chat, note_service: NoteService) -> None:
    tool_calls = wait_note(chat)
    second = other_tab(chat)
    # Nothing of what the first tab does reaches the second.
    second.chat.page.evaluate("document.querySelector('live-socket').remove()")

    tool_calls.say("Deny")
    tool_calls.expect_reply("complete")
    second.say("Allow once")

    second.expect_reply("complete")
    second.expect_state("denied")
    assert note_service.notes == []


def test_a_call_can_be_allowed_with_the_keyboard(chat: Chat, note_service: NoteService) -> None:
    wait_note(chat)
    focused = "document.activeElement.textContent"

    for _ in range(20):
        chat.page.keyboard.press("Shift+Tab")
        if chat.page.evaluate(focused) == "Allow once":
            break
    chat.page.keyboard.press("Enter")

    ToolCalls(chat).expect_reply("complete")
    assert note_service.notes == ["hello"]
    # The keyboard continues at the message whose button was pressed.
    expect(chat.replies).to_be_focused()


def test_a_call_can_be_allowed_without_scripts(
    chat: Chat, note_service: NoteService, browser: Browser, browser_context_args: dict[str, Any]
) -> None:
    wait_note(chat)
    plain = Chat(without_scripts(browser, browser_context_args).new_page()).open(chat.page.url)
    expect(plain.stop_button).to_be_visible()

    ToolCalls(plain).say("Allow once")

    ToolCalls(chat).expect_reply("complete")
    plain.open(chat.page.url)
    ToolCalls(plain).expect_state("done")
    assert note_service.notes == ["hello"]
    plain.page.context.close()


@pytest.mark.parametrize("way", ["button", pytest.param("Escape", marks=pytest.mark.long)])
def test_stop_ends_a_waiting_call(chat: Chat, note_service: NoteService, way: str) -> None:
    tool_calls = wait_note(chat)
    expect(chat.stop_button).to_be_visible()

    if way == "button":
        chat.stop_button.click()
    else:
        chat.box.press("Escape")

    tool_calls.expect_reply("stopped")
    expect(tool_calls.all).to_contain_text("Not run")
    expect(chat.stop_button).to_be_hidden()
    assert note_service.notes == []


def test_a_page_opened_while_a_call_waits_can_stop_it(
    chat: Chat, note_service: NoteService
) -> None:
    tool_calls = wait_note(chat)
    chat.page.reload()

    chat.stop_button.click()

    tool_calls.expect_reply("stopped")


def test_a_message_sent_while_a_call_waits_stays_in_the_box(
    chat: Chat, note_service: NoteService
) -> None:
    wait_note(chat)

    chat.send("And another thing")

    expect(chat.page.locator("[data-hint]")).to_contain_text(
        "Approve or deny the tool call above first"
    )
    expect(chat.box).to_have_value("And another thing")
    expect(chat.messages).to_have_count(1)


def test_a_message_queued_before_a_call_asks_is_sent_after_the_decision(
    chat: Chat, note_service: NoteService
) -> None:
    chat.send('/silent 2 /call leave_note {"text": "hello"}'.replace(" /call", "\n/call"))
    expect(chat.stop_button).to_be_visible()
    chat.send("/echo And another thing")
    tool_calls = ToolCalls(chat)
    expect(chat.replies.first).to_have_attribute("data-status", "waiting")
    expect(chat.messages.last).to_have_attribute("data-status", "sending")

    tool_calls.say("Allow once")

    expect(chat.replies).to_have_count(2)
    tool_calls.expect_reply("complete")
    expect(chat.replies.last).to_contain_text("And another thing")


def test_reading_an_unmentioned_page_asks_with_its_whole_address(
    chat: Chat, note_service: NoteService
) -> None:
    query = "word+" * 60 + "end"
    # Written so that it is an address to the model only.
    chat.send(rf'/call read_web_page {{"url": "https:\/\/evil.example.com\/?q={query}"}}')
    tool_calls = ToolCalls(chat)

    tool_calls.expect_state("awaiting_approval")

    expect(tool_calls.lines).to_have_text(f"Reading https://evil.example.com/?q={query}")
    expect(tool_calls.all).to_contain_text("The site sees every word of this address.")
    tool_calls.say("Deny")
    tool_calls.expect_reply("complete")
