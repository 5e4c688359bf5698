"""Act as a person who uses the app through the router, in a browser."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Page, WebSocket, expect, sync_playwright

from tests.support.people import OWNER, PASSWORD
from tests.system.browser import launch_arguments
from tests.system.conftest import Chat

PATIENCE = 60_000  # ms: the dynos, the browser and all servers share this machine
# Send messages, each in a new conversation, as the page's script does.
SEND_MANY = """async (messages) => {
  const form = document.querySelector("#composer-form");
  const send = async ([conversation, client, text]) => {
    const fields = new FormData(form);
    fields.set("client_id", client);
    fields.set("conversation", conversation);
    fields.set("text", text);
    const answer = await fetch(`/c/${conversation}/messages`, {
      method: "POST", body: fields, headers: { Accept: "application/json" },
    });
    return answer.status;
  };
  return Promise.all(messages.map(send));
}"""

FETCH = """async (url) => [...new Uint8Array(await (await fetch(url)).arrayBuffer())]"""


class Person:
    """Counts the page's sockets, and notes when the page was reloaded."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.chat = Chat(page)
        self.sockets: list[WebSocket] = []
        page.on("websocket", lambda socket: self.sockets.append(socket))
        page.set_default_timeout(PATIENCE)

    def claim(self, code: str) -> None:
        """Create the owner's account, after a wrong code that does nothing."""
        self.page.goto("/")
        for attempt in ("not the code at all", code):
            self.page.get_by_label("Email").fill(OWNER)
            self.page.get_by_label("Password", exact=True).fill(PASSWORD)
            self.page.get_by_label("Setup code").fill(attempt)
            self.page.get_by_role("button", name="Create account").click()
            if attempt != code:
                expect(self.page.get_by_text("This isn't the setup code.")).to_be_visible()
        expect(self.chat.box).to_be_visible()

    def fetch_stylesheet(self, coding: str) -> httpx.Headers:
        """Fetch the stylesheet with one accepted encoding."""
        link = self.page.locator("link[rel=stylesheet]").first.get_attribute("href")
        url = urlsplit(self.page.url)
        asked = {"host": url.netloc, "accept-encoding": coding}
        return httpx.get(f"https://127.0.0.1:{url.port}{link}", headers=asked, verify=False).headers

    def begin(self, text: str) -> None:
        """Send a message in a new chat, and return once the reply runs."""
        self.page.goto("/")
        self.page.evaluate("window.isTheSamePage = true")
        self.chat.send(text)
        expect(self.chat.replies).to_have_attribute("data-status", "streaming")

    def see_the_end(self) -> str:
        """Wait for the end of the last reply, without help; return its text.

        Its model may be silent for a minute.
        """
        reply = self.chat.replies.last
        expect(reply).to_have_attribute("data-status", "complete", timeout=3 * PATIENCE)
        assert self.page.evaluate("window.isTheSamePage"), "the page was loaded anew"
        return reply.locator("[data-part=text]").inner_text()

    def send_many(self, texts: list[str]) -> None:
        """Send messages, each in a conversation of its own."""
        messages = [[str(uuid.uuid4()), str(uuid.uuid4()), text] for text in texts]
        answers = self.page.evaluate(SEND_MANY, messages)
        assert set(answers) == {201}, answers

    def show_image(self, image: Path) -> str:
        self.page.goto("/")
        self.page.locator("input[name=images]").set_input_files(image)
        expect(self.page.locator("[data-chips] > *")).to_have_attribute("data-state", "ready")
        return self.chat.ask("What is in this image?")

    def bytes_of_image(self) -> list[int]:
        """Return all bytes of the first image on the page."""
        link = self.page.locator("article a[data-part=image]").first
        found: list[int] = self.page.evaluate(FETCH, link.get_attribute("href"))
        assert found
        return found


@contextmanager
def visiting(url: str) -> Iterator[Person]:
    """Open a browser that accepts the router's certificate."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_arguments())  # type: ignore[arg-type]
        context = browser.new_context(base_url=url, ignore_https_errors=True)
        yield Person(context.new_page())
        browser.close()
