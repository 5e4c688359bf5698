"""Processes that end while a tool call waits or runs: no call runs twice without approval."""

import signal

import pytest
from playwright.sync_api import expect

from tests.servers.note_service import NoteService
from tests.system.app import App
from tests.system.conftest import Chat
from tests.system.tools.conftest import ToolCalls, wait_note

RECOVERY = 60_000  # ms; a lease has to expire first


@pytest.mark.long
def test_a_call_still_waits_for_approval_after_a_restart(
    chat: Chat, note_service: NoteService, app: App
) -> None:
    tool_calls = wait_note(chat)

    app.stop()
    app.start()

    tool_calls.say("Allow once")
    tool_calls.expect_reply("complete")
    assert note_service.notes == ["hello"]


def killed_while_it_ran(chat: Chat, note_service: NoteService, app: App) -> ToolCalls:
    note_service.hold()
    chat.box.fill('/call leave_note {"text": "hello"}')
    chat.send_button.click()
    tool_calls = ToolCalls(chat)
    tool_calls.say("Allow once")
    note_service.arrived.wait(10)
    app.stop(signal.SIGKILL)
    note_service.gate.set()
    app.start()
    expect(chat.replies).to_have_attribute("data-status", "waiting", timeout=RECOVERY)
    tool_calls.expect_state("unknown")
    return tool_calls


@pytest.mark.long
def test_a_call_with_an_unknown_result_can_be_run_again(
    chat: Chat, note_service: NoteService, app: App
) -> None:
    tool_calls = killed_while_it_ran(chat, note_service, app)
    expect(tool_calls.all).to_contain_text("It may or may not have taken effect.")
    assert note_service.notes == ["hello"]

    tool_calls.say("Run again")

    tool_calls.expect_reply("complete")
    assert note_service.notes == ["hello", "hello"]


@pytest.mark.long
def test_a_call_with_an_unknown_result_can_be_left_alone(
    chat: Chat, note_service: NoteService, app: App
) -> None:
    tool_calls = killed_while_it_ran(chat, note_service, app)

    tool_calls.say("Don't run again")

    tool_calls.expect_reply("complete")
    tool_calls.expect_state("denied")
    assert note_service.notes == ["hello"]
