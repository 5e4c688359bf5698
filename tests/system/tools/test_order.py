"""Thinking and tool calls are where they happened: while a reply streams, and ever after."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.system.conftest import PHONE, Chat, watched
from tests.system.tools.conftest import ToolCalls, is_widened
from tests.system.tools.weather import Weather

TOWNS = ("Paris", "Monaco")
QUESTION = "\n".join(
    ["/think 0.2", *(f'/call current_weather {{"place": "{town}"}}' for town in TOWNS)]
)
# What the last reply shows, from top to bottom: the kind of each piece and its text.
PIECES = """article => {
  const found = article.querySelectorAll("[data-part=thinking], [data-part=tool], .block > p");
  const pieces = [...found].map(piece =>
    [piece.getBoundingClientRect().top, piece.dataset.part ?? "text", piece.innerText.trim()]);
  return pieces.sort(([one], [other]) => one - other).map(([, kind, text]) => [kind, text]);
}"""
HTML = """article =>
  [...article.querySelectorAll(".activity, [data-part=text]")].map(part => part.innerHTML)"""
COPIED = """async () => {
  const [item] = await navigator.clipboard.read();
  const html = await (await item.getType("text/html")).text();
  return new DOMParser().parseFromString(html, "text/html").body.innerHTML;
}"""
ORDER = ["thinking", "text", "tool", "tool", "text", "text"]


@pytest.fixture(params=["desktop", "phone"])
def any_chat(
    request: pytest.FixtureRequest, browser: Browser, browser_context_args: dict[str, Any]
) -> Iterator[Chat]:
    layout = PHONE if request.param == "phone" else {}
    for page in watched(browser.new_context(**browser_context_args | layout)):
        yield Chat(page).open()


def test_each_part_is_where_it_happened(any_chat: Chat, weather: Weather) -> None:
    chat, tool_calls = any_chat, ToolCalls(any_chat)
    chat.page.get_by_role("combobox", name="Thinking").select_option("low")
    weather.hold()
    chat.box.fill(QUESTION)
    chat.send_button.click()
    tool_calls.expect_state("running", "running")

    assert [kind for kind, _text in pieces(chat)] == ORDER[:4]
    weather.release()
    tool_calls.expect_reply("complete")

    live = chat.replies.last.evaluate(HTML)
    assert [kind for kind, _text in pieces(chat)] == ORDER
    assert "Let me look that up." in pieces(chat)[1][1]
    assert "In Monaco" in pieces(chat)[5][1]
    tool_calls.open(1)
    assert not is_widened(chat.page)
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat.replies.last.get_by_role("button", name="Copy", exact=True).click()
    expect(tool_calls.spoken).to_have_text("Copied")
    assert chat.page.evaluate(COPIED).startswith("<p>Let me look that up.</p><p>In Paris")
    copied = chat.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Let me look that up.\n\nIn Paris")
    chat.page.reload()
    assert chat.replies.last.evaluate(HTML) == live


def pieces(chat: Chat) -> list[list[str]]:
    shown: list[list[str]] = chat.replies.last.evaluate(PIECES)
    return shown
