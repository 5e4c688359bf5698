"""A question about the weather, from the box to the answer, against a stand-in of Open-Meteo."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.system.conftest import Chat
from tests.system.tools.conftest import ToolCalls, other_tab, without_scripts
from tests.system.tools.weather import Weather

pytestmark = pytest.mark.long

QUESTION = "What's the weather like in Portland, Oregon right now?"
# The answer names the state, too: two lines on a phone, if it were allowed to.
LONG_QUESTION = "What's the weather like in Springfield today?"
DONE = re.compile(r"^Looked up the weather in Portland, Oregon\s*· \d+\.\d s$")
DONE_AT_ONCE = re.compile(r"^Looked up the weather in Portland, Oregon")  # no time worth showing
UNSEEN = 0.001  # of layout shift: the end of the line itself moves
ANSWER = "In Portland, Oregon, United States, it is 7.3 °C, slight rain."


def test_a_weather_lookup_is_shown_live(
    chat: Chat, tool_calls: ToolCalls, weather: Weather
) -> None:
    weather.hold()
    chat.send(QUESTION)
    expect(tool_calls.lines).to_have_text("Looking up the weather in Portland, Oregon…")
    tool_calls.expect_state("running")
    second = other_tab(chat)
    second.expect_state("running")

    weather.release()

    for tab in (tool_calls, second):
        tab.expect_state("done")
        expect(tab.all.locator("summary")).to_have_text(DONE)
        tab.expect_reply("complete")
        expect(tab.chat.replies.locator("[data-part=text]")).to_contain_text(ANSWER)


def test_an_opened_tool_call_shows_its_input_and_result(
    chat: Chat, tool_calls: ToolCalls, weather: Weather
) -> None:
    chat.ask(QUESTION)
    expect(tool_calls.all.locator("pre").first).to_be_hidden()

    given, came = tool_calls.open().all()

    expect(given).to_have_text(re.compile('"place": "Portland, Oregon"'))
    expect(came).to_have_text(re.compile('"temperature": "7.3 °C"'))
    expect(tool_calls.all.get_by_text("Input")).to_be_visible()
    expect(tool_calls.all.get_by_text("Output")).to_be_visible()


def test_a_tool_call_is_shown_after_a_reload_and_without_scripts(
    chat: Chat, tool_calls: ToolCalls, weather: Weather, browser: Browser, browser_context_args: Any
) -> None:
    chat.ask(QUESTION)
    chat.page.reload()
    expect(tool_calls.all.locator("summary")).to_have_text(DONE_AT_ONCE)
    expect(chat.replies).to_contain_text(ANSWER)

    plain = Chat(without_scripts(browser, browser_context_args).new_page()).open(chat.page.url)

    expect(plain.replies).to_contain_text(ANSWER)
    expect(ToolCalls(plain).all.locator("summary")).to_have_text(DONE_AT_ONCE)
    expect(ToolCalls(plain).open().first).to_be_visible()
    plain.page.context.close()


def break_it(weather: Weather) -> None:
    weather.is_broken = True


ERRORS = {
    "slow": (Weather.hold, "Open-Meteo took too long to answer."),
    "failing": (break_it, "Open-Meteo didn't answer (HTTP 500)."),
    "down": (lambda weather: weather.proxy.go_down(), "Open-Meteo can't be reached."),
}


@pytest.mark.parametrize(
    "error",
    ["failing", *(pytest.param(name, marks=pytest.mark.long) for name in ("slow", "down"))],
)
def test_an_error_is_shown_in_the_tool_call_and_the_reply_still_ends(
    chat: Chat, tool_calls: ToolCalls, weather: Weather, error: str
) -> None:
    cause, sentence = ERRORS[error]
    cause(weather)

    answer = chat.ask(QUESTION)

    tool_calls.expect_state("failed")
    expect(tool_calls.lines).to_have_text(f"Weather: {sentence}")
    expect(tool_calls.lines).to_be_visible()
    assert f"The tool call failed: {sentence}" in answer


def test_stop_ends_a_running_tool_call(chat: Chat, tool_calls: ToolCalls, weather: Weather) -> None:
    weather.hold()
    chat.send(QUESTION)
    tool_calls.expect_state("running")

    chat.stop_button.click()

    tool_calls.expect_reply("stopped")
    expect(tool_calls.all).to_contain_text("Interrupted")
    assert (
        tool_calls.all.locator(".tool-call-mark").evaluate("mark => mark.getAnimations().length")
        == 0
    )


def test_tool_calls_are_announced_by_their_lines_without_data(
    chat: Chat, tool_calls: ToolCalls, weather: Weather
) -> None:
    chat.page.evaluate(
        """() => { window.said = []; new MutationObserver(() =>
           said.push(document.querySelector('[data-spoken]').textContent)).observe(
           document.querySelector('[data-spoken]'), {childList: true}); }"""
    )
    chat.ask(QUESTION)
    expect(tool_calls.spoken).to_have_text("Done")

    said = chat.page.evaluate("said")

    looked_up = "Looked up the weather in Portland, Oregon"
    assert any(words.startswith("Looking up the weather in Portland, Oregon") for words in said)
    assert looked_up in said
    assert not any("{" in words for words in said)


@pytest.mark.parametrize("device", ["page", "phone"])
def test_nothing_moves_while_a_tool_call_ends(
    device: str, weather: Weather, request: pytest.FixtureRequest
) -> None:
    chat = Chat(request.getfixturevalue(device)).open()
    tool_calls = ToolCalls(chat)
    weather.hold()
    chat.box.fill(LONG_QUESTION)
    chat.send_button.click()
    tool_calls.expect_state("running")
    height = tool_calls.all.bounding_box()
    chat.page.evaluate(
        """() => { window.shift = 0; new PerformanceObserver(list =>
           list.getEntries().forEach(entry => shift += entry.value)).observe(
           {type: 'layout-shift'}); }"""
    )

    weather.release()

    tool_calls.expect_reply("complete")
    assert tool_calls.all.bounding_box() == height
    assert chat.page.evaluate("shift") < UNSEEN
