"""axe finds nothing on the main pages and in their states, best practices included."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.support.people import OWNER
from tests.system.conftest import Chat
from tests.system.sheet import Sheet

INNER_PAGES = (
    "/storage/",
    "/shares/",
    "/transfer/",
    "/trash/",
    "/projects/",
    "/archive/",
    "/tools/",
    "/diagnostics/",
    "/account/",
    "/account/password/",
    "/people/log/",
    "/usage/",
    "/usage/everybody/",
)

MARKUP = """### A heading of the third level

- [x] done
- [ ] not yet

| Bird | Legs |
|---|---:|
| Heron | 2 |

```python
@cached  # a comment
def sleep(legs: int = 1) -> str:
    return f"on {legs} leg" + " and on" * 40
```

> A quote with `code`, $x^2$ and a note[^1].

$$\\int_0^1 x^2\\,dx$$

[^1]: The note, with a [link](https://example.com/).
"""


def check(page: Page, part: str = "html") -> None:
    found = Axe().run(page, context={"include": [[part]]}, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


def test_a_new_chat_and_its_settings(chat: Chat) -> None:
    page = chat.page
    check(page)
    sheet = Sheet(page).open()
    sheet.temperature.fill("7")
    sheet.temperature.blur()
    expect(sheet.panel.get_by_text("Enter a number from 0 to 1.", exact=True)).to_be_visible()
    check(page, "#settings")
    page.keyboard.press("Escape")
    page.locator(".account-button").click()
    check(page, "#account-menu")


def test_a_conversation(chat: Chat) -> None:
    page = chat.page
    chat.ask("/rate 0 Show me **everything**")
    chat.ask(f"/echo {MARKUP}")
    chat.ask('/tool calculate {"expression": "6*7"}')
    chat.send(f"/echo {'a long line of a message ' * 90}")
    expect(page.get_by_role("button", name="Show all")).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        check(page)
    page.get_by_role("button", name="Options for").first.click()
    check(page, ".chat-menu")
    page.get_by_role("menuitem", name="Select chats").click()
    check(page, "#sidebar")


def test_a_shared_chat(chat: Chat) -> None:
    page = chat.page
    chat.ask(f"/echo {MARKUP}")
    chat.ask('/tool calculate {"expression": "6*7"}')
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog", name="Share")
    dialog.get_by_label("Tool calls").check()
    dialog.get_by_text("Time limit, password, name").click()
    check(page, "dialog[open]")
    dialog.get_by_role("button", name="Create link").click()
    link = dialog.get_by_label("Link", exact=True)
    expect(link).to_be_visible()
    check(page, "dialog[open]")
    shared = link.input_value()
    page.goto(shared)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        check(page)
    page.get_by_role("link", name="Continue this chat").click()
    check(page)
    page.goto("/shares/")
    check(page)
    page.get_by_role("link", name="Change").first.click()
    check(page)
    page.get_by_text("Time limit, password, name").click()
    page.get_by_label("Password", exact=True).fill("open sesame")
    page.get_by_role("button", name="Save changes").click()
    page.goto(shared)
    check(page)


def test_a_phone_in_the_dark(phone: Page) -> None:
    phone.emulate_media(color_scheme="dark")
    Chat(phone).open().box.fill("/echo hello")
    check(phone)
    phone.get_by_role("button", name="Attach", exact=True).tap()
    check(phone, "#attach")
    phone.keyboard.press("Escape")
    phone.get_by_role("button", name="Open conversations").tap()
    check(phone, "#sidebar")


@pytest.mark.parametrize("path", INNER_PAGES)
def test_inner_pages(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=30_000)
    check(page)


def test_people_and_an_invitation(page: Page) -> None:
    page.goto("/people/")
    page.get_by_text("Invite someone").click()
    page.get_by_role("radio", name=re.compile("^Guest")).check()
    check(page)
    page.get_by_role("button", name="Make invitation").click()
    link = page.get_by_label("Link", exact=True).input_value()
    check(page)
    page.get_by_role("link", name=OWNER).click()
    check(page)
    page.context.clear_cookies()
    page.goto(link)
    check(page)


def test_pages_before_signing_in(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/")
    check(page)
    page.get_by_role("link", name="Forgot your password?").click()
    check(page)
