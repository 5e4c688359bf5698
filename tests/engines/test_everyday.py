"""The everyday path in Firefox and WebKitGTK. Chromium's tests, in tests/system, go into detail."""

from pathlib import Path

import pytest

from tests.engines.chat import ACCOUNT, MESSAGE, REPLIES, SIGN_IN, Chat
from tests.engines.engine import DOWN, ENTER, ESCAPE, SHIFT
from tests.system.images import saved

pytestmark = pytest.mark.timeout(180)  # s; the first test starts an app and a browser

STREAM_STEPS = 5  # a reply that arrives in fewer isn't streamed
ENOUGH = 200  # characters, somewhere in the middle of a long reply
SECRET = "heron"
THINKING = "select[name=thinking].quick"
INSTRUCTIONS = "#setting-instructions"
OPTIONS = "[data-conversation] [data-menu]"
LOOKS = """(selector) => [...document.querySelectorAll(selector)].map(
    (each) => getComputedStyle(each).appearance)"""
COLOUR = "() => getComputedStyle(document.body).backgroundColor"
SAVED = """(path) => performance.getEntriesByType("resource").some(
    ({ name, responseEnd }) => name.endsWith(path) && responseEnd > 0)"""
FOCUSED = "() => document.activeElement.id"
VALUE = "(selector) => document.querySelector(selector).value"


def test_the_first_account_leads_to_an_empty_page_with_the_focus_in_its_box(chat: Chat) -> None:
    assert chat.path == "/"
    assert chat.engine.shows("[data-service=demo]")
    assert chat.engine.evaluate(FOCUSED) == "message"


def test_a_reply_streams_in_as_markdown(chat: Chat) -> None:
    chat.send("/rate 100 Show me what you can do")
    chat.wait_for_text()
    lengths = set()
    while chat.last_status == "streaming":
        lengths.add(len(chat.text))

    assert chat.last_status == "complete"
    assert len(lengths) > STREAM_STEPS
    assert chat.path.startswith("/c/")
    for shown in ("ul li", "table td", "pre code span", "math", "blockquote"):
        assert chat.engine.shows(f"{REPLIES} {shown}"), shown


def test_the_box_grows_and_enter_sends(chat: Chat) -> None:
    height = "() => document.querySelector('#message').offsetHeight"
    before = chat.engine.evaluate(height)
    chat.engine.click(MESSAGE)
    for line in ("one", "two"):
        chat.engine.press(line)
        chat.engine.press(ENTER, held=SHIFT)
    chat.engine.press("three")
    assert chat.engine.evaluate(height) > before * 1.5

    chat.engine.press(ENTER)

    chat.wait_for_reply("complete")
    assert chat.engine.evaluate(VALUE, MESSAGE) == ""


def test_stop_keeps_the_text_and_the_next_reply_comes(chat: Chat) -> None:
    chat.send("/rate 50 /long 5000 stop me")
    chat.wait_for_text()
    chat.engine.click("button", "^Stop$")
    chat.wait_for_reply("stopped")
    kept = chat.text

    assert kept
    assert chat.ask("/echo next") == "next"
    chat.reload()
    assert chat.texts == [kept, "next"]


def test_a_reply_continues_after_a_reload_in_the_middle(chat: Chat) -> None:
    chat.send("/rate 60 /long 300")
    chat.wait_for_text(ENOUGH)

    chat.reload()

    chat.wait_for_text(ENOUGH)
    assert chat.last_status == "streaming"
    chat.wait_for_reply("complete")
    live = chat.text
    chat.reload()
    assert chat.text == live


def test_an_image_is_uploaded_sent_and_enlarged(chat: Chat, tmp_path: Path) -> None:
    image = saved(tmp_path / "heron.jpg", (2400, 1600))
    chat.engine.choose_file("input[type=file][name=images]", image)
    chat.engine.wait_until_shown("[data-attachment][data-state=ready]")

    assert "1568 x 1045" in chat.ask("What is this?")

    loaded = "(selector) => document.querySelector(selector)?.naturalWidth > 0"
    chat.engine.wait_for(loaded, "[data-part=image] img")
    chat.engine.click("[data-part=image] img")
    chat.engine.wait_for(loaded, "dialog[open] img")
    chat.engine.press(ESCAPE)
    chat.engine.wait_until_hidden("dialog[open]")


def test_settings_are_kept(chat: Chat) -> None:
    chat.ask("/echo hello")
    before = chat.engine.evaluate(VALUE, THINKING)
    chat.engine.click(THINKING)
    chat.engine.press(DOWN + ENTER)
    chat.engine.wait_for(f"(before) => ({VALUE})({THINKING!r}) !== before", before)
    chosen = chat.engine.evaluate(VALUE, THINKING)
    chat.engine.click("button", "^Chat settings$")
    chat.engine.click(INSTRUCTIONS)
    chat.engine.press("Answer like a heron.")
    chat.engine.click("#settings [data-save]")
    chat.engine.wait_until_hidden("#settings")

    chat.reload()

    chat.engine.click("button", "^Chat settings$")
    chat.engine.wait_until_shown(INSTRUCTIONS)
    assert chat.engine.evaluate(VALUE, INSTRUCTIONS) == "Answer like a heron."
    assert chat.engine.evaluate(VALUE, THINKING) == chosen


def test_the_tools_page_draws_its_own_selects(chat: Chat) -> None:
    chat.open("/tools/")

    assert set(chat.engine.evaluate(LOOKS, "select")) == {"none"}


def test_a_menu_opens_closes_and_renames(chat: Chat) -> None:
    chat.ask("/echo to be renamed")
    chat.engine.click(OPTIONS)
    chat.engine.wait_until_shown("[role=menuitem]", "^Rename$")
    chat.engine.press(ESCAPE)
    chat.engine.wait_until_hidden("[role=menuitem]", "^Rename$")

    chat.engine.click(OPTIONS)
    chat.engine.click("[role=menuitem]", "^Rename$")
    chat.engine.wait_for("() => document.activeElement.matches('.title-field')")
    chat.engine.press(f"Herons of the Oder{ENTER}")

    chat.engine.wait_until_shown("[data-conversation] a", "Herons of the Oder$")
    assert chat.engine.evaluate("() => document.title") == "Herons of the Oder"


def test_the_account_menu_switches_to_dark(chat: Chat) -> None:
    light = chat.engine.evaluate(COLOUR)
    chat.engine.click(ACCOUNT)
    chat.engine.click("button", "^Dark$")
    chat.engine.wait_for(SAVED, "/theme/")
    dark = chat.engine.evaluate(COLOUR)

    chat.reload()

    assert light != dark == chat.engine.evaluate(COLOUR)


def test_back_after_signing_out_shows_nothing_private(chat: Chat) -> None:
    chat.ask(f"/echo the {SECRET} flies")
    chat.engine.click(ACCOUNT)
    chat.engine.click("button", "^Sign out$")
    chat.engine.wait_until_shown(SIGN_IN)

    chat.engine.evaluate("() => history.back()")

    chat.engine.wait_for("() => location.search.includes('next=')")
    chat.engine.wait_until_shown(SIGN_IN)
    assert SECRET not in chat.engine.evaluate("() => document.documentElement.outerHTML")
    assert not chat.engine.shows(MESSAGE)
