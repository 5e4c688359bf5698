"""Images from the web: asked for in the dialog, or offered when their address is pasted."""

from pathlib import Path

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Page, expect

from chatapp.conversations.models import Attachment
from tests.system.conftest import Chat
from tests.system.images import LINKS, attach, chips, saved, shown

pytestmark = pytest.mark.long

LINK = "https://images.example.com/heron.jpg"


def paste_text(page: Page, text: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+V")


def answer_links(page: Page, status: int, answer: dict[str, object]) -> None:
    """The app has no way to the web here; `tests/chat` has its answers."""
    page.route(LINKS, lambda route: route.fulfill(status=status, json=answer))


def passed_on(link: str) -> dict[str, object]:
    html = render_to_string("messages/_attachment.html", {"attachment": Attachment(link=link)})
    note = "The site took too long to answer. The link itself is sent to the model."
    return {"link": link, "note": note, "tokens": 1568, "html": html}


def link_dialog(page: Page, link: str) -> None:
    page.get_by_role("button", name="Attach image link").click()
    page.get_by_role("textbox", name="Image link").fill(link)
    page.get_by_role("button", name="Attach", exact=True).click()


def test_a_link_becomes_a_copy(chat: Chat, tmp_path: Path) -> None:
    with chat.page.expect_response("**/documents/") as upload:
        attach(chat.page, saved(tmp_path / "heron.jpg", (2400, 1600)))
    answer_links(chat.page, 201, upload.value.json())
    chips(chat.page).get_by_role("button", name="Remove").click()

    link_dialog(chat.page, LINK)

    expect(chips(chat.page)).to_have_attribute("data-state", "ready")
    expect(chips(chat.page)).to_have_attribute("data-kind", "image")
    chat.ask("What is this?")
    expect(shown(chat)).to_have_attribute("alt", "heron.jpg")


def test_a_link_without_a_copy_is_sent_as_a_link(chat: Chat) -> None:
    answer_links(chat.page, 200, passed_on(LINK))

    link_dialog(chat.page, LINK)

    expect(chips(chat.page)).to_have_attribute("data-state", "ready")
    expect(chips(chat.page)).to_contain_text("images.example.com/heron.jpg")
    expect(chips(chat.page)).to_contain_text("The link itself is sent to the model")
    expect(chat.box).to_be_focused()
    chat.ask("What is this?")
    link = chat.messages.get_by_role("link", name="images.example.com/heron.jpg")
    expect(link).to_have_attribute("href", LINK)


def test_a_link_into_a_private_network_is_refused(chat: Chat) -> None:
    link_dialog(chat.page, "https://127.0.0.1/heron.jpg")

    expect(chips(chat.page)).to_have_attribute("data-state", "failed")
    expect(chips(chat.page)).to_contain_text("doesn't lead to a public web page")
    expect(chips(chat.page).get_by_role("button", name="Retry")).to_be_hidden()


def test_the_dialog_accepts_web_links_only(chat: Chat) -> None:
    link_dialog(chat.page, "ftp://images.example.com/heron.jpg")

    expect(chips(chat.page)).to_have_count(0)


def test_a_pasted_address_of_an_image_is_offered(chat: Chat) -> None:
    answer_links(chat.page, 200, passed_on(LINK))
    chat.box.focus()
    paste_text(chat.page, LINK)
    expect(chat.box).to_have_value(LINK)
    expect(chat.page.get_by_text("Attach this image?")).to_be_visible()

    chat.page.get_by_role("button", name="Attach", exact=True).click()

    expect(chips(chat.page)).to_have_attribute("data-state", "ready")
    expect(chat.box).to_have_value("")
    expect(chat.page.get_by_text("Attach this image?")).to_be_hidden()
    chat.page.keyboard.press("Control+z")
    expect(chat.box).to_have_value(LINK)


def test_an_offered_address_can_stay_text(chat: Chat) -> None:
    chat.box.focus()
    paste_text(chat.page, LINK)

    chat.page.get_by_role("button", name="Keep as text").click()

    expect(chat.page.get_by_text("Attach this image?")).to_be_hidden()
    expect(chat.box).to_have_value(LINK)
    expect(chat.box).to_be_focused()
    expect(chips(chat.page)).to_have_count(0)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("https://example.com/page", marks=pytest.mark.long),
        f"See {LINK}",
        pytest.param("heron.jpg", marks=pytest.mark.long),
    ],
)
def test_other_text_is_just_pasted(chat: Chat, text: str) -> None:
    chat.box.focus()
    paste_text(chat.page, text)

    expect(chat.box).to_have_value(text)
    expect(chat.page.get_by_text("Attach this image?")).to_be_hidden()
