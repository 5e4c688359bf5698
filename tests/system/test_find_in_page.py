"""What the browser's own search finds: folded text, too."""

from playwright.sync_api import expect

from tests.system.conftest import Chat

LONG = "/echo done\n" + "\n".join(f"Line {number}" for number in range(1, 400)) + "\nNeedle"


def test_folded_text_is_found_and_unfolds(chat: Chat) -> None:
    chat.ask(LONG)
    page, message = chat.page, chat.messages.first
    fold = message.get_by_role("button", name="Show all")
    rest = message.locator(".rest").last
    for _time in range(2):  # as it was sent, and as the server shows it
        expect(fold).to_be_visible()
        expect(rest).to_have_css("content-visibility", "hidden")
        assert message.evaluate("message => message.getBoundingClientRect().height") < 800
        page.reload()

    # A link to a text searches as the search does, and a script can't press its keys.
    page.goto(f"{page.url.partition('#')[0]}?at=1#:~:text=Needle")

    expect(message.get_by_role("button", name="Show less")).to_be_visible()
    expect(rest).to_be_in_viewport()
    message.get_by_role("button", name="Show less").click()
    expect(message.get_by_role("button", name="Show all")).to_be_visible()
    expect(rest).to_have_attribute("hidden", "until-found")
    assert message.evaluate("message => message.getBoundingClientRect().height") < 800
