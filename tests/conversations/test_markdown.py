"""A conversation as Markdown: everything in its order, however long it is."""

from urllib.parse import urljoin

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient
from PIL import Image as Pillow

from chatapp.accounts.models import Person
from chatapp.conversations import markdown
from chatapp.conversations.markdown import conversation_markdown
from chatapp.conversations.models import (
    Attachment,
    Conversation,
    Exchange,
    Message,
    ToolCall,
    add_exchange,
)
from chatapp.images.models import Image
from chatapp.images.processing import prepare
from tests.images.samples import encoded
from tests.support.replies import complete, new_message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_reply")]

BEFORE, AFTER = "I look it up.\n\n", "It is **42**.\n"


def written(conversation: Conversation) -> str:
    async def collect() -> str:
        pieces = conversation_markdown(
            conversation, lambda path: urljoin("https://chat.example.com", path)
        )
        return "".join([piece async for piece in pieces])

    return async_to_sync(collect)()


def add_call(reply: Message, index: int, summary: str, **more: str) -> None:
    ToolCall.objects.create(
        reply=reply,
        round=0,
        index=index,
        text_length=len(BEFORE),
        call_id=f"call{index}",
        name="calculate",
        summary=summary,
        **{"state": "done"} | more,
    )


def test_messages_images_and_tool_calls_are_in_their_order(owner: Person) -> None:
    exchange = add_exchange(owner, new_message())
    image = Image.objects.store(owner, prepare(encoded(Pillow.new("RGB", (9, 9)), "PNG"), "a.png"))
    Attachment.objects.create(message=exchange.message, position=0, image=image)
    Attachment.objects.create(message=exchange.message, position=1, link="https://example.com/b")
    add_call(exchange.reply, 0, "6*7 = 42")
    add_call(exchange.reply, 1, "Looked it\nup", state="failed", error="No connection")
    complete(exchange.reply, BEFORE + AFTER)

    assert written(exchange.conversation) == (
        "# Hello\n\n"
        "## You\n\n"
        f"![a.png](<https://chat.example.com/images/{image.pk}/>)\n"
        "![https://example.com/b](<https://example.com/b>)\n\n"
        "Hello\n\n"
        "## Claude Sonnet 4.6\n\n"
        "I look it up.\n\n"
        "> 6\\*7 = 42\n>\n> Looked it up: No connection\n\n"
        "It is **42**.\n"
    )


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"status": "failed", "error": "The service is busy."}, "> The service is busy."),
        ({"status": "stopped"}, "> You stopped this reply."),
    ],
)
def test_a_reply_that_ended_early_ends_with_the_reason(
    exchange: Exchange, values: dict[str, str], line: str
) -> None:
    Message.objects.filter(pk=exchange.reply.pk).update(**values)

    assert written(exchange.conversation).endswith(f"A reply.\n\n{line}\n")


def test_only_the_shown_branch_is_written(exchange: Exchange) -> None:
    Message.objects.filter(pk=exchange.reply.pk).update(on_branch=False)

    assert "A reply." not in written(exchange.conversation)


def test_a_long_conversation_is_read_in_parts(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(markdown, "MESSAGES_PER_READ", 3)
    conversation = add_exchange(owner, new_message()).conversation
    Message.objects.bulk_create(
        Message(
            conversation=conversation,
            position=number,
            role="user",
            status="complete",
            text=f"{number}.",
        )
        for number in range(2, 12)
    )

    text = written(conversation)

    assert [int(line[:-1]) for line in text.split("\n") if line[:1].isdigit()] == [*range(2, 12)]


async def test_the_file_has_the_title_as_its_name(
    async_owner_client: AsyncClient, exchange: Exchange
) -> None:
    exchange.conversation.title = "Either/or: größer"
    await exchange.conversation.asave()

    response = await async_owner_client.get(f"/c/{exchange.conversation.pk}/markdown")

    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''Either-or-%20gr%C3%B6%C3%9Fer.md"
    )
    text = "".join([piece.decode() async for piece in response.streaming_content])
    assert text.startswith("# Either/or: größer\n\n## You\n\nHello\n\n## Claude")


def test_no_message_swallows_the_headings_behind_it(exchange: Exchange) -> None:
    Message.objects.filter(pk=exchange.message.pk).update(text="Fix this:\n\n```python\nprint(")
    Message.objects.filter(pk=exchange.reply.pk).update(text="<!-- so")

    lines = written(exchange.conversation).splitlines()

    assert lines[lines.index("print(") + 1] == "```"
    assert lines[-1] == "-->"
