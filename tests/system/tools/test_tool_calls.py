"""Tool calls as they look: many fold, long content scrolls in its box, an open one stays open."""

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.servers.note_service import NoteService
from tests.system.conftest import Chat
from tests.system.tools.conftest import ToolCalls, is_widened
from tests.system.tools.weather import Weather

TOWNS = [
    "Paris",
    "London",
    "Monaco",
    "Springfield, Ohio",
    "Springfield, Vermont",
    "Monaco",
    "Paris",
]
PAGE_BYTES = 200_000


def ask_about(chat: Chat, towns: list[str]) -> ToolCalls:
    calls = [f'/call current_weather {{"place": "{town}"}}' for town in towns]
    chat.box.fill("\n".join(calls))
    chat.send_button.click()
    return ToolCalls(chat)


def height_of(tool_calls: ToolCalls) -> float:
    box = tool_calls.chat.replies.locator("[data-slot=activity-1]").bounding_box()
    assert box
    return box["height"]


@pytest.mark.long
def test_many_tool_calls_fold_except_for_the_last(chat: Chat, weather: Weather) -> None:
    weather.hold()
    tool_calls = ask_about(chat, TOWNS)
    tool_calls.expect_state(*["running"] * 7)
    expect(tool_calls.all.locator("visible=true").locator("summary:visible")).to_have_count(3)
    fold = chat.replies.get_by_text("4 more tool calls")
    height = height_of(tool_calls)

    weather.release()

    tool_calls.expect_reply("complete")
    assert height_of(tool_calls) == height
    fold.click()
    expect(tool_calls.all.locator("summary:visible")).to_have_count(7)
    expect(tool_calls.lines.nth(3)).to_have_text("Looked up the weather in Springfield, Ohio")


@pytest.mark.long
def test_a_few_tool_calls_do_not_fold(chat: Chat, weather: Weather) -> None:
    tool_calls = ask_about(chat, TOWNS[:4])
    tool_calls.expect_reply("complete")

    expect(tool_calls.all.locator("summary:visible")).to_have_count(4)


@pytest.mark.long
def test_a_call_that_waits_for_approval_is_never_folded(
    chat: Chat, weather: Weather, note_service: NoteService
) -> None:
    calls = ['/call leave_note {"text": "first"}', *['/call calculate {"expression": "1+1"}'] * 5]
    chat.send("\n".join(calls))
    tool_calls = ToolCalls(chat)
    tool_calls.expect_reply("waiting")

    expect(tool_calls.all.first).to_be_visible()
    expect(chat.replies.get_by_text("2 more tool calls")).to_be_visible()
    tool_calls.say("Deny")
    tool_calls.expect_reply("complete")


@pytest.mark.long
def test_only_an_opened_tool_call_stays_open(
    chat: Chat, weather: Weather, note_service: NoteService
) -> None:
    chat.send('/call leave_note {"text": "one"}\n/call calculate {"expression": "1+1"}')
    tool_calls = ToolCalls(chat)
    tool_calls.expect_state("awaiting_approval", "done")
    tool_calls.open(1)

    tool_calls.say("Allow once")

    tool_calls.expect_reply("complete")
    tool_calls.expect_state("done", "done")
    expect(tool_calls.all.nth(0).locator("pre").first).to_be_hidden()
    expect(tool_calls.all.nth(1).locator("pre").first).to_be_visible()


@pytest.mark.long
def test_a_long_answer_scrolls_in_its_box(phone: Page) -> None:
    chat = Chat(phone).open()
    chat.box.fill('/call search_drawer {"words": "heron", "kilobytes": 48}')
    chat.send_button.click()
    tool_calls = ToolCalls(chat)
    tool_calls.expect_reply("complete")

    came = tool_calls.open().last

    assert came.evaluate("pre => pre.scrollHeight > pre.clientHeight && pre.clientHeight < 300")
    assert not is_widened(phone)


def test_a_page_has_the_beginning_of_a_result_and_a_link_to_the_rest(chat: Chat) -> None:
    calls = '/call search_drawer {"words": "heron", "kilobytes": 48}\n' * 5
    chat.send(calls.strip())
    tool_calls = ToolCalls(chat)
    tool_calls.expect_reply("complete")
    cookies = {cookie["name"]: cookie["value"] for cookie in chat.page.context.cookies()}
    assert len(httpx.get(chat.page.url, cookies=cookies).content) < PAGE_BYTES
    tool_calls.open(4)

    with chat.page.expect_popup() as opened:
        tool_calls.all.nth(4).get_by_role("link", name="Show all").click()

    whole = opened.value.inner_text("body")
    assert whole.count("heron") > 8_000
    assert "Input" in whole


@pytest.mark.long
def test_long_words_do_not_widen_a_phone(phone: Page, note_service: NoteService) -> None:
    chat = Chat(phone).open()
    word = "a" * 300
    chat.box.fill(
        f'/call leave_note {{"text": "{word}"}}\n/call search_drawer {{"words": "{word}"}}'
    )
    chat.send_button.click()
    tool_calls = ToolCalls(chat)
    tool_calls.expect_reply("waiting")
    tool_calls.open(1)
    assert not is_widened(phone)

    tool_calls.say("Deny")

    tool_calls.expect_reply("complete")
    tool_calls.open(0)
    assert not is_widened(phone)


@pytest.mark.long
def test_a_line_runs_in_the_direction_of_its_words(chat: Chat, note_service: NoteService) -> None:
    chat.ask('/call search_drawer {"words": "مرحبا"}')

    line = ToolCalls(chat).all.locator("pre").first
    expect(line).to_have_attribute("dir", "auto")
    expect(ToolCalls(chat).lines).to_have_text(re.compile("مرحبا"))


@pytest.mark.long
def test_with_reduced_motion_nothing_pulses(chat: Chat, weather: Weather) -> None:
    chat.page.emulate_media(reduced_motion="reduce")
    weather.hold()
    tool_calls = ask_about(chat, ["Paris"])
    tool_calls.expect_state("running")

    assert (
        tool_calls.all.locator(".tool-call-mark").evaluate("mark => mark.getAnimations().length")
        == 0
    )


@pytest.mark.long
def test_a_fold_that_is_open_stays_open_while_tool_calls_end(chat: Chat, weather: Weather) -> None:
    weather.hold()
    tool_calls = ask_about(chat, TOWNS)
    tool_calls.expect_state(*["running"] * 7)
    chat.replies.get_by_text("4 more tool calls").click()

    weather.release()

    tool_calls.expect_reply("complete")
    expect(tool_calls.all.locator("summary:visible")).to_have_count(7)


@pytest.mark.long
def test_the_approval_does_not_widen_a_phone(phone: Page, note_service: NoteService) -> None:
    chat = Chat(phone).open()
    chat.box.fill('/call leave_note {"text": "hello"}')
    chat.send_button.click()
    tool_calls = ToolCalls(chat)
    tool_calls.expect_reply("waiting")

    for button in phone.locator(".approval button").all():
        assert button.bounding_box()["height"] >= 36
    assert not is_widened(phone)
    tool_calls.say("Deny")
