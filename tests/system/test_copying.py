"""Copying and quoting: what other programs get, and how a hand on keys or glass gets there."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.system.conftest import Chat

pytestmark = pytest.mark.long

MARKDOWN = r"""# Herons

Some **bold** words, [a link](https://example.com/a) and \(x^2\).

| Name | Size |
|---|--:|
| *Grey* heron | 1 \| 2 |
| Egret | \(y\) |

```python
print("heron")
```"""
HTML = (
    '<h3>Herons</h3><p>Some <strong>bold</strong> words, <a href="https://example.com/a">a link</a>'
    " and $x^2$.</p>"
)
READ = """async () => {
  const [item] = await navigator.clipboard.read();
  const texts = item.types.map(async (type) => [type, await (await item.getType(type)).text()]);
  return Object.fromEntries(await Promise.all(texts));
}"""
SELECT = """(element) => {
  getSelection().selectAllChildren(element);
}"""
TABLE = "Name\tSize\nGrey heron\t1 | 2\nEgret\t$y$"
TABLE_MARKDOWN = "| Name | Size |\n| --- | --: |\n| *Grey* heron | 1 \\| 2 |\n| Egret | $y$ |"


@pytest.fixture
def clipboard(chat: Chat) -> Any:
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return lambda: chat.page.evaluate(READ)


def bar(page: Page) -> Any:
    return page.get_by_role("group", name="Copy or quote")


def copied(page: Page) -> None:
    expect(page.locator("[data-toast]")).to_be_visible()
    expect(page.locator("[data-toast]")).to_be_hidden()


def test_other_programs_get_rich_text_tables_formulas_and_links(chat: Chat, clipboard: Any) -> None:
    page = chat.page
    chat.ask(f"/echo {MARKDOWN}")
    reply = chat.replies
    reply.get_by_role("button", name="Copy", exact=True).last.click()
    expect(reply.locator(".copied")).to_be_visible()
    parts = clipboard()
    assert parts["text/plain"] == MARKDOWN
    assert parts["text/html"].startswith(HTML)
    assert '<table border="1"' in parts["text/html"]
    assert '<td align="right">$y$</td>' in parts["text/html"]
    assert '<pre><code>print("heron")' in parts["text/html"]
    assert not re.search(r"class|style|<button|<div|<math|tabindex|aria-", parts["text/html"])

    reply.locator("td").first.hover()
    bar(page).get_by_role("button", name="Copy table").click()
    copied(page)
    parts = clipboard()
    assert parts["text/plain"] == TABLE
    assert parts["text/html"].count("<tr") == 3
    reply.locator(".table-scroll").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(bar(page).get_by_role("button", name="Copy as Markdown")).to_be_focused()
    page.keyboard.press("Enter")
    copied(page)
    assert clipboard() == {"text/plain": TABLE_MARKDOWN}
    expect(reply.locator(".table-scroll")).to_be_focused()

    reply.locator("math").first.click()
    bar(page).get_by_role("button", name="Copy LaTeX").click()
    copied(page)
    assert clipboard() == {"text/plain": "x^2"}
    reply.locator("summary[aria-label=Details]").click()
    reply.get_by_role("button", name="Copy link").click()
    copied(page)
    link = clipboard()["text/plain"]
    assert link == f"{page.url}#message-{reply.get_attribute('data-message')}"


def test_a_selection_is_quoted_below_the_text_in_the_box(chat: Chat, clipboard: Any) -> None:
    page = chat.page
    chat.ask(f"/echo {MARKDOWN}")
    chat.box.fill("About this:")
    chat.replies.locator("p").first.evaluate(SELECT)
    quote = bar(page).get_by_role("button", name="Quote in message")
    quote.click()
    text = "About this:\n\n> Some bold words, a link and $x^2$.\n\n"
    expect(chat.box).to_have_value(text)
    expect(chat.box).to_be_focused()
    page.keyboard.type("Why?")
    expect(chat.box).to_have_value(f"{text}Why?")

    page.get_by_role("log").focus()
    code = chat.replies.locator("pre code").first
    code.evaluate(SELECT)
    code.scroll_into_view_if_needed()
    expect(quote).to_be_visible()
    page.keyboard.press("Tab")
    expect(quote).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    copied(page)
    assert clipboard()["text/plain"].strip() == 'print("heron")'
    page.get_by_role("log").focus()
    chat.messages.locator(".bubble").evaluate(SELECT)
    expect(bar(page)).to_be_hidden()
    chat.replies.locator("h3").evaluate(SELECT)
    expect(bar(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(bar(page)).to_be_hidden()


def test_on_a_phone_the_bar_leaves_the_selection_to_the_system(phone: Page) -> None:
    chat = Chat(phone).open()
    chat.box.fill("/echo A grey heron stands still.")
    chat.send_button.tap()
    expect(chat.replies).to_have_attribute("data-status", "complete")
    words = chat.replies.locator("p").first
    words.evaluate(SELECT)
    expect(bar(phone)).to_be_visible()
    place, selected = bar(phone).bounding_box(), words.bounding_box()
    composer = phone.locator(".composer").bounding_box()
    assert place
    assert selected
    assert composer
    assert place["y"] > selected["y"] + selected["height"] + 60
    assert place["y"] + place["height"] <= composer["y"]
    bar(phone).get_by_role("button", name="Quote in message").tap()
    expect(chat.box).to_have_value("> A grey heron stands still.\n\n")
    expect(chat.box).to_be_focused()
