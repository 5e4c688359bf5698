"""A chat with everything that a share may show, and its share."""

from typing import Any

import pytest
from django.urls import reverse

from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, Message, ToolCall, ToolCallImage
from chatapp.images.models import Image
from chatapp.sharing.models import Share
from chatapp.sharing.publishing import Choices, publish
from tests.images.conftest import made

CHOICES = Choices(
    ends_at=None,
    password=None,
    with_images=True,
    with_thinking=True,
    with_tool_calls=True,
    author_name="Ada",
)


@pytest.fixture
def rich(owner: Person, exchange: Exchange) -> Exchange:
    """Add an image, thinking, and a tool call with an image to the exchange."""
    image = Image.objects.store(owner, made())
    exchange.message.attachments.create(position=0, image=image)
    Message.objects.filter(pk=exchange.reply.pk).update(reasoning="Deep", thought_seconds=3)
    call = ToolCall.objects.create(
        reply=exchange.reply,
        round=0,
        index=0,
        text_length=0,
        call_id="1",
        name="look",
        arguments='{"at": "sky"}',
        state="done",
        summary="Looked up",
        content='{"seen": "clouds"}',
    )
    ToolCallImage.objects.create(tool_call=call, position=0, image=image)
    exchange.reply.refresh_from_db()
    return exchange


@pytest.fixture
def share(rich: Exchange) -> Share:
    return publish(rich.conversation, CHOICES)


@pytest.fixture
def url(share: Share) -> str:
    return reverse("shared", args=[share.token])


def change(share: Share, **values: Any) -> None:
    Share.objects.filter(pk=share.pk).update(**values)
