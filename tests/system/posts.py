"""Messages that are sent by a request: a page for each would take a third of a second."""

import re
import uuid
from dataclasses import dataclass

from playwright.sync_api import Page

JSON = {"Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Post:
    conversation: str  # its path
    reply: str  # its id


def send(page: Page, text: str, last: Post | None = None) -> Post:
    """Send a message after the last one, or begin another conversation with it."""
    conversation = last.conversation if last else f"/c/{uuid.uuid4()}/"
    form: dict[str, str | float | bool] = {
        "csrfmiddlewaretoken": page.locator("[name=csrfmiddlewaretoken]").first.input_value(),
        "client_id": str(uuid.uuid4()),
        "parent": last.reply if last else "",
        "text": text,
    }
    answer = page.request.post(f"{conversation}messages", form=form, headers=JSON)
    assert answer.status == 201
    _message, reply = re.findall(r'<article[^>]* data-message="([^"]+)"', answer.json()["messages"])
    return Post(conversation, reply)


def wait_until_complete(page: Page, post: Post) -> None:
    state = f"{post.conversation}replies/{post.reply}/state"
    while page.request.get(state, headers=JSON).json()["status"] != "complete":
        page.evaluate("new Promise(requestAnimationFrame)")
