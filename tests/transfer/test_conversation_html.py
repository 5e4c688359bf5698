"""One conversation as a page that needs nothing else and runs nothing."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.conversations.models import Attachment, Conversation, Message, ToolCall
from chatapp.images.models import Image
from tests.rendering.test_safety import HOSTILE as HOSTILE_TEXTS
from tests.transfer.kit import PIXEL, body, rich_conversation

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_reply")]

ALLOWED_ADDRESSES = re.compile(r"https?://|mailto:|#|data:image/png;base64,")


class Page(HTMLParser):
    """Collect the tags of a page, its addresses, and the text of its style elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.styles: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "style" and self.cdata_elem == "style":
            self.styles.append(data)

    @property
    def addresses(self) -> list[str]:
        names = ("src", "href", "action", "data", "poster", "srcset")
        return [attrs[name] or "" for _tag, attrs in self.tags for name in names if name in attrs]

    @property
    def policy(self) -> str:
        (found,) = [attrs for _tag, attrs in self.tags if "http-equiv" in attrs]
        return found["content"] or ""


def exported(client: Client, conversation: Conversation) -> str:
    return body(client, f"/c/{conversation.pk}/html").decode()


def test_a_page_has_no_script_and_loads_nothing(owner: Person, owner_client: Client) -> None:
    html = exported(owner_client, rich_conversation(owner, "\n\n".join(HOSTILE_TEXTS)))
    page = Page(html)

    assert not {"script", "iframe", "object", "embed", "form", "link"} & {
        tag for tag, _ in page.tags
    }
    assert not [name for _tag, attrs in page.tags for name in attrs if name.startswith("on")]
    assert all(ALLOWED_ADDRESSES.match(each) for each in page.addresses), page.addresses
    assert page.policy.startswith("default-src 'none'")
    assert "script-src" not in page.policy
    for style in page.styles:
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in page.policy
    assert page.tags[3][1] == {"http-equiv": "Content-Security-Policy", "content": page.policy}


def test_a_page_has_messages_tool_calls_thinking_and_images(
    owner: Person, owner_client: Client
) -> None:
    html = exported(owner_client, rich_conversation(owner))

    for content in (PIXEL, PIXEL * 2):
        assert f"data:image/png;base64,{base64.b64encode(content).decode()}" in html
    for text in (
        "Look at **this**",
        "<strong>this</strong>",
        "&quot;seen&quot;",
        "Thought for 2 s",
    ):
        assert text in html
    assert "Hidden" not in html
    assert "It failed." not in html
    assert "@font-face" not in html


def test_the_font_of_formulas_comes_with_a_formula(owner: Person, owner_client: Client) -> None:
    conversation = rich_conversation(owner)
    Message.objects.filter(role="assistant", on_branch=True).update(text="$x^2$", html_version=0)
    ToolCall.objects.update(text_length=0)

    page = Page(exported(owner_client, conversation))
    assert len(page.styles) == 2
    assert page.styles[1].startswith("@font-face")


def test_no_text_is_taken_for_the_place_of_an_image(owner: Person, owner_client: Client) -> None:
    conversation = rich_conversation(owner)
    secret = Image.objects.first()
    assert secret
    Message.objects.filter(role="user").update(text=f"src={'0' * 32}{secret.pk}")
    Attachment.objects.all().delete()

    assert f"{'0' * 32}{secret.pk}" in exported(owner_client, conversation)


def test_a_lost_image_does_not_end_the_page(owner: Person, owner_client: Client) -> None:
    conversation = rich_conversation(owner)
    for each in Image.objects.all():
        each.data.delete()  # type: ignore[attr-defined]

    html = exported(owner_client, conversation)
    assert html.endswith("</html>")
    assert 'src="data:image/png;base64,"' in html


def test_a_message_that_cannot_be_rendered_is_shown_as_text(
    owner: Person, owner_client: Client, unshown: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = rich_conversation(owner)
    Message.objects.filter(role="assistant", on_branch=True).update(
        notices={"x": "%"}, text="Plain"
    )
    monkeypatch.setattr(
        "chatapp.conversations.models.display.notice_sentence", lambda change, value: 1 / 0
    )

    assert "Plain" in exported(owner_client, conversation)
    assert unshown


def test_images_in_a_page_are_not_compressed_again(owner: Person, owner_client: Client) -> None:
    url = f"/c/{rich_conversation(owner).pk}/html"

    response = owner_client.get(url, headers={"accept-encoding": "gzip"})
    assert "Content-Encoding" not in response
