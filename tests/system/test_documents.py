"""Documents: attached like images, by every way in; a long text becomes a file when asked."""

import base64
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.documents.phrases import FILES
from tests.system.conftest import Chat
from tests.system.images import GIVE_FILE, chips, choose, saved

PDF = "application/pdf"
PASTE_TEXT = """(target, text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const options = {clipboardData: data, bubbles: true, cancelable: true};
    const event = new ClipboardEvent("paste", options);
    target.focus();
    if (target.dispatchEvent(event)) target.setRangeText(text, 4, 4, "end");
    target.dispatchEvent(new Event("input", {bubbles: true}));
}"""


def content(name: str) -> str:
    return base64.b64encode((FILES / name).read_bytes()).decode()


def check_prices(page: Page, book: Locator) -> None:
    """A document and all of them have a price, which follows the model; the demo's has none."""
    money, cost = book.locator("[data-money]"), page.locator(".cost")
    expect(cost).to_have_text(re.compile(r"^about [\d,]+ tokens$"))
    models = page.get_by_role("combobox", name="Model")
    for index, dollars, shown in ((1, 3, r"about \$0\.\d\d"), (0, 300, r"about \$[1-9]\d*\.\d\d")):
        option = models.locator("option").nth(index)
        option.evaluate("(option, dollars) => (option.dataset.price = dollars)", dollars)
        models.select_option(index=index)
        expect(money).to_have_text(re.compile(rf"^{shown}$"))
        expect(cost).to_have_text(re.compile(rf"^about [\d,]+ tokens, {shown}$"))


def choose_pages(page: Page, book: Locator) -> None:
    book.get_by_role("button", name="Choose pages").click()
    field = book.get_by_role("textbox", name="Choose pages")
    field.fill("1-3, 17")
    with page.expect_response("**/draft"):
        field.press("Enter")
    expect(book).to_contain_text("Pages 1–3, 17 of 301 go to the model, about ")


def test_documents_are_attached_by_button_drop_and_paste_and_are_sent(
    chat: Chat, tmp_path: Path
) -> None:
    page = chat.page
    photo = saved(tmp_path / "photo.png").rename(tmp_path / "photo.pdf")
    choose(page, FILES / "data.xlsx", photo)
    page.get_by_role("navigation", name="Conversations").evaluate(
        GIVE_FILE, ["drop", content("book.pdf"), "book.pdf", PDF]
    )
    chat.box.evaluate(GIVE_FILE, ["paste", content("report.docx"), "report.jpg", "image/jpeg"])
    broken = tmp_path / "film.pdf"
    broken.write_bytes(bytes(range(256)) * 9)
    choose(page, broken)

    documents = page.locator("message-composer [data-attachment][data-kind=document]")
    expect(page.locator("message-composer [data-state=ready]")).to_have_count(4)
    expect(documents.filter(has_text="data.xlsx")).to_contain_text("Excel, ")
    expect(documents.filter(has_text="book.pdf")).to_contain_text("pages, about ")
    expect(documents.filter(has_text="report.jpg")).to_contain_text("Word, about ")
    expect(page.locator("message-composer [data-kind=image]")).to_have_count(1)
    failed = page.locator("message-composer [data-state=failed]")
    expect(failed).to_contain_text("This kind of file can't be read here.")
    failed.get_by_role("button", name="Remove").click()
    book = documents.filter(has_text="book.pdf")
    check_prices(page, book)
    choose_pages(page, book)

    page.reload()
    expect(page.locator("message-composer [data-state=ready]")).to_have_count(4)
    chat.send("/echo Read these")
    expect(chat.replies).to_have_attribute("data-status", "complete")
    cards = chat.messages.locator("[data-part=document]")
    expect(cards).to_have_count(3)
    expect(chat.messages.locator("[data-images] > *")).to_have_count(1)
    image, card = (part.bounding_box() for part in (chat.messages.locator(".image"), cards.first))
    assert image
    assert card
    assert card["y"] >= image["y"] + image["height"]
    expect(cards.first).to_contain_text("data.xlsx")
    expect(cards.filter(has_text="book.pdf")).to_contain_text("PDF, p. 1–3, 17 of 301")
    expect(chips(page)).to_have_count(0)


@pytest.mark.long
def test_a_long_pasted_text_becomes_a_file_and_a_text_again(chat: Chat) -> None:
    page = chat.page
    text = "A line of a log.\n" * 600
    chat.box.fill("See: and tell me.")

    chat.box.evaluate(PASTE_TEXT, "too short to ask")
    expect(page.get_by_role("button", name="Attach as a file instead")).to_be_hidden()
    chat.box.fill("See: and tell me.")
    chat.box.evaluate(PASTE_TEXT, text.replace("\n", "\r\n"))
    page.get_by_role("button", name="Attach as a file instead").click()

    expect(chat.box).to_have_value("See: and tell me.")
    expect(chips(page)).to_have_attribute("data-state", "ready")
    expect(chips(page)).to_contain_text("Pasted text.txt")
    page.get_by_role("button", name="Undo").click()
    expect(chat.box).to_have_value(f"See:{text} and tell me.")
    expect(chips(page)).to_have_count(0)
    expect(chat.box).to_be_focused()


@pytest.mark.long
def test_an_upload_that_fails_is_sent_again(phone: Page) -> None:
    phone.goto("/")
    phone.route("**/documents/", lambda route: route.abort())
    choose(phone, FILES / "two.pdf")
    expect(chips(phone)).to_have_attribute("data-state", "failed")
    phone.unroute("**/documents/")

    phone.get_by_role("button", name="Retry").click()

    expect(chips(phone)).to_have_attribute("data-state", "ready")
    expect(chips(phone)).to_contain_text("PDF, 1 page, about ")
