"""A connection that is lost in the middle of an answer, after its first bytes."""

from playwright.sync_api import Page, expect

from tests.system.conftest import Chat

CUT_FIRST_ANSWER = """() => {
    const send = window.fetch;
    window.fetch = async (url, options) => {
        const answer = await send(url, options);
        if (window.isCut || options.method !== "POST" || !url.endsWith("/messages")) return answer;
        window.isCut = true;
        const body = new ReadableStream({ start: (end) => end.error(new TypeError("cut off")) });
        return new Response(body, answer);
    };
}"""


def test_a_send_whose_answer_is_cut_off_is_repeated_and_added_once(page: Page) -> None:
    page.add_init_script(f"({CUT_FIRST_ANSWER})()")
    chat = Chat(page).open()

    chat.ask("/echo one")
    chat.ask("/echo two")

    assert page.evaluate("window.isCut") is True
    expect(chat.messages).to_have_count(2)
    expect(chat.replies).to_have_count(2)
